import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { SlipwayError } from '../domain/errors.ts';
import { isReachableByAll } from './reachable.ts';

/** How to run a program that refuses to run as root. */
export interface ServerAccount {
  /** Who has to own the server's data folder. */
  readonly uid: number;
  readonly gid: number;
  /** Command to put in front of the server's; empty where starting it under `uid` and `gid` is enough. */
  readonly prefix: readonly string[];
}

const ACCOUNT = 'postgres';

/**
 * The account for PostgreSQL when we are root (in a container, mostly); undefined when we are not. The account
 * `postgres` is created where it does not exist.
 * @param folder where its data are. Below a folder that is closed to others, as /root is, the server is started with the
 *   one capability that lets it pass (CAP_DAC_OVERRIDE): it still is not root.
 * @throws SlipwayError `postgres/failed` when there is no way to run it
 */
export function serverAccount(folder: string): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = accountIds() ?? createAccount();
  if (isReachableByAll(folder)) return { uid, gid, prefix: [] };
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  if (setpriv === undefined) {
    throw new SlipwayError(
      'postgres/failed',
      `PostgreSQL does not run as root, and the account "${ACCOUNT}" cannot reach ${folder}: run Slipway as an ordinary user, or in a folder that is open to others`,
    );
  }
  const ids = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const capability = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return { uid, gid, prefix: [setpriv, ...ids, ...capability] };
}

/** The command line that runs a program under the account, and the ids to spawn it with. */
export function asAccount(
  account: ServerAccount | undefined,
  program: string,
  args: readonly string[],
): { command: string; args: string[]; ids: { uid?: number; gid?: number } } {
  const [prefix, ...rest] = account?.prefix ?? [];
  if (prefix !== undefined) return { command: prefix, args: [...rest, program, ...args], ids: {} };
  const ids = account === undefined ? {} : { uid: account.uid, gid: account.gid };
  return { command: program, args: [...args], ids };
}

function accountIds(): { uid: number; gid: number } | undefined {
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    return undefined;
  }
}

function idOf(flag: '-u' | '-g'): number {
  const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
  return Number(execFileSync('id', [flag, ACCOUNT], { encoding: 'utf8', stdio }));
}

function createAccount(): { uid: number; gid: number } {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--shell', '/usr/sbin/nologin', ACCOUNT], {
      stdio: 'ignore',
    });
  } catch (cause) {
    const ids = accountIds(); // another start may have created it at the same moment
    if (ids !== undefined) return ids;
    throw new SlipwayError(
      'postgres/failed',
      `PostgreSQL does not run as root, and an account "${ACCOUNT}" cannot be created: create it, or run Slipway as an ordinary user`,
      { cause },
    );
  }
  return { uid: idOf('-u'), gid: idOf('-g') };
}
