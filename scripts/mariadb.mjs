import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runQuietly, say } from './run.mjs';

/** Debian keeps servers in `sbin`, which is on the PATH of root only. */
const FOLDERS = ['/usr/sbin', '/usr/libexec', '/usr/local/sbin', '/usr/local/bin'];

/**
 * The programs of a MariaDB server: `SLIPWAY_MARIADBD`, or those on the PATH. Only tests and benches of MariaDB sources
 * need them.
 */
export function findMariadb() {
  const given = process.env['SLIPWAY_MARIADBD'];
  const server = given ? (isProgram(given) ? given : undefined) : find('mariadbd');
  const installer = find('mariadb-install-db');
  return server === undefined || installer === undefined ? undefined : { server, installer };
}

/** Installs Debian's MariaDB server where there is none and we may; otherwise its tests say what they need. */
export async function ensureMariadb() {
  if (findMariadb() !== undefined) return;
  const mayInstall = process.getuid?.() === 0 && isProgram('/usr/bin/apt-get');
  if (!mayInstall) {
    say(
      'No MariaDB server was found: the tests of MariaDB sources will fail. Install mariadb-server, or name mariadbd in SLIPWAY_MARIADBD.',
    );
    return;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runQuietly('Refreshing the package lists', 'apt-get', ['update', '-q'], { env });
  // `runlevel` keeps the package from starting a service: tests start servers of their own.
  const args = ['install', '-q', '-y', '--no-install-recommends', 'mariadb-server'];
  const options = { env: { ...env, RUNLEVEL: '1' } };
  await runQuietly('Installing MariaDB for the tests of its sources', 'apt-get', args, options);
}

function find(program) {
  return [...(process.env['PATH'] ?? '').split(delimiter), ...FOLDERS]
    .filter(Boolean)
    .map((folder) => join(folder, program))
    .find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureMariadb();
