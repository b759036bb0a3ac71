import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { SlipwayError } from '../domain/errors.ts';

/** Format of the state folder that this version reads and writes. */
const HOME_FORMAT = 1;
/** Major version of the PostgreSQL that comes with this version. */
const POSTGRES_MAJOR = '18';

const MIB = 1024 * 1024;
/** Free space a new home needs, in bytes. */
export const SPACE_FOR_NEW = 300 * MIB;
const SPACE_FOR_KNOWN = 100 * MIB;

/** The places in a state folder, all absolute. */
export interface Home {
  readonly folder: string;
  readonly postgres: string;
  readonly temporalDatabase: string;
  readonly run: string;
  readonly logs: string;
  readonly secrets: string;
  readonly evidence: string;
}

/** The places in a state folder, whether it exists or not. */
export function homeAt(folder: string): Home {
  const root = resolve(folder);
  return {
    folder: root,
    postgres: join(root, 'postgres'),
    temporalDatabase: join(root, 'temporal', 'temporal.db'),
    run: join(root, 'run'),
    logs: join(root, 'logs'),
    secrets: join(root, 'secrets'),
    evidence: join(root, 'evidence'),
  };
}

/** What is found where a state folder is expected. */
export type HomeState = 'absent' | 'ready';

/**
 * Looks at a state folder without changing anything.
 * @throws SlipwayError `home/newer`, `home/corrupt`
 */
export function inspectHome(home: Home): HomeState {
  const entries = existsSync(home.folder) ? readEntries(home) : [];
  if (entries.filter((name) => !name.startsWith('home.json.')).length === 0) return 'absent';
  if (!entries.includes('home.json')) {
    throw corrupt(home, 'it has files, but no home.json: it is not a state folder of Slipway');
  }
  const format = readFormat(home);
  if (format > HOME_FORMAT) {
    throw new SlipwayError(
      'home/newer',
      `${home.folder} has format ${format}; this version of Slipway reads format ${HOME_FORMAT}`,
    );
  }
  inspectPostgres(home);
  return 'ready';
}

/**
 * Makes the state folder where there is none, and its parts.
 * @throws SlipwayError `home/newer`, `home/corrupt`, `home/no-space`; nothing is changed then
 */
export function openHome(home: Home): void {
  const state = inspectHome(home);
  try {
    mkdirSync(home.folder, { recursive: true });
    requireSpace(home, state === 'absent' ? SPACE_FOR_NEW : SPACE_FOR_KNOWN);
    if (state === 'absent')
      writeWhole(join(home.folder, 'home.json'), JSON.stringify({ format: HOME_FORMAT }));
    for (const folder of [home.run, home.logs, home.evidence])
      mkdirSync(folder, { recursive: true });
    mkdirSync(home.secrets, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw translate(home, error);
  }
}

/** Writes a file so that it is there whole or not at all. */
export function writeWhole(path: string, content: string, mode = 0o644): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, content, { mode });
  renameSync(draft, path);
}

function readEntries(home: Home): string[] {
  try {
    return readdirSync(home.folder);
  } catch (error) {
    throw translate(home, error);
  }
}

function readFormat(home: Home): number {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(join(home.folder, 'home.json'), 'utf8'));
  } catch (cause) {
    throw corrupt(home, 'home.json cannot be read', cause);
  }
  const format =
    typeof content === 'object' && content !== null && 'format' in content
      ? content.format
      : undefined;
  if (typeof format === 'number' && Number.isInteger(format) && format >= 1) return format;
  throw corrupt(home, 'home.json names no format');
}

function inspectPostgres(home: Home): void {
  if (!existsSync(home.postgres)) {
    // PostgreSQL is always made first. Without it the workflows would go on with an empty store.
    if (existsSync(home.temporalDatabase)) throw corrupt(home, 'the folder postgres is missing');
    return;
  }
  let version: string;
  try {
    version = readFileSync(join(home.postgres, 'PG_VERSION'), 'utf8').trim();
  } catch (cause) {
    throw corrupt(home, 'the folder postgres has no PG_VERSION', cause);
  }
  if (version !== POSTGRES_MAJOR) {
    throw new SlipwayError(
      'home/newer',
      `${home.postgres} was made by PostgreSQL ${version}; this version of Slipway has ${POSTGRES_MAJOR}`,
    );
  }
  if (!existsSync(join(home.secrets, 'postgres-password'))) {
    throw corrupt(home, 'secrets/postgres-password is missing');
  }
}

function requireSpace(home: Home, needed: number): void {
  const { bavail, bsize } = statfsSync(home.folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new SlipwayError(
    'home/no-space',
    `${home.folder} is on a disk with ${Math.floor(free / MIB)} MiB free; ${needed / MIB} MiB are needed`,
  );
}

function corrupt(home: Home, what: string, cause?: unknown): SlipwayError {
  return new SlipwayError('home/corrupt', `${home.folder}: ${what}`, { cause });
}

function translate(home: Home, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC') {
    return new SlipwayError('home/no-space', `${home.folder}: there is no space left on the disk`, {
      cause: error,
    });
  }
  if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'EACCES' || code === 'EROFS') {
    const why = error instanceof Error ? error.message : String(error);
    return new SlipwayError(
      'home/unusable',
      `${home.folder} cannot be used as the state folder: ${why}`,
      { cause: error },
    );
  }
  return error;
}
