import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * A process as it can be recognised later: a pid alone may have gone to another program since. `start` is when it
 * started, in the system's own words, to be compared for equality only.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly start: string;
}

/** A running process with its command line. */
export interface RunningProcess extends ProcessIdentity {
  /** File name of its program. */
  readonly program: string;
  /** Do these arguments stand side by side in its command line? */
  has(...args: readonly string[]): boolean;
}

const HAS_PROC = existsSync('/proc/self/stat');

/** The identity of a running process; undefined when there is none of this pid, or it has ended. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const start = HAS_PROC ? startInProc(pid) : startByPs(pid);
  return start === undefined ? undefined : { pid, start };
}

/** Is this very process still running? */
export function isRunning(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.start === identity.start;
}

/** Every process of this machine whose command line we may read. */
export function listProcesses(): RunningProcess[] {
  return HAS_PROC ? listProc() : listPs();
}

function listProc(): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const start = startInProc(Number(name));
      const line = readOrUndefined(`/proc/${name}/cmdline`);
      if (start === undefined || line === undefined) return [];
      return [describe({ pid: Number(name), start }, line, '\0')];
    });
}

/** Field 22 of `stat` is the start time in clock ticks since the machine started, field 3 the state: Z has ended. */
function startInProc(pid: number): string | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  // The second field, the program's name in brackets, may itself hold spaces and brackets.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // it ended while we looked
  }
}

function listPs(): RunningProcess[] {
  return ps(['-axww', '-o', 'pid=,lstart=,command=']).flatMap((line) => {
    const match = /^\s*(\d+)\s+(\w{3} \w{3}\s+\d+ [\d:]+ \d{4})\s+(.*)$/.exec(line);
    const [, pid, start, command] = match ?? [];
    if (pid === undefined || start === undefined || command === undefined) return [];
    return [describe({ pid: Number(pid), start: oneSpaced(start) }, command, ' ')];
  });
}

function describe(identity: ProcessIdentity, line: string, separator: string): RunningProcess {
  const program = basename(line.split(separator, 1)[0] ?? '');
  const has = (...args: readonly string[]): boolean =>
    `${line}${separator}`.includes(
      [separator, ...args.flatMap((arg) => [arg, separator])].join(''),
    );
  return { ...identity, program, has };
}

function startByPs(pid: number): string | undefined {
  const line = oneSpaced(ps(['-o', 'stat=,lstart=', '-p', String(pid)])[0] ?? '');
  return line === '' || line.startsWith('Z') ? undefined : line.slice(line.indexOf(' ') + 1);
}

function oneSpaced(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

function ps(args: readonly string[]): string[] {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', env: { LC_ALL: 'C' } })
      .split('\n')
      .filter(Boolean);
  } catch {
    return []; // ps ends with 1 when it found none
  }
}
