import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from './home.ts';
import { identityOf, isRunning, type ProcessIdentity } from './process-table.ts';

/** The process that runs this home, where one does. */
export function lockHolder(home: Home): ProcessIdentity | undefined {
  const holder = readLock(lockFile(home));
  return holder !== undefined && isRunning(holder) ? holder : undefined;
}

/**
 * Makes this process the one that runs the home. The lock of a process that has ended is taken over.
 * @returns the function that gives the lock back, or the process that has it
 */
export function lockHome(home: Home): (() => void) | ProcessIdentity {
  const file = lockFile(home);
  const own = identityOf(process.pid);
  if (own === undefined) throw new Error('this process is not in the process table');
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    for (;;) {
      // A link appears with its content, and only where there is none: no other process sees half a lock.
      if (tryLink(draft, file)) return () => rmSync(file, { force: true });
      const holder = lockHolder(home);
      if (holder !== undefined) return holder;
      takeAway(file);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes a stale lock; puts it back when another process has replaced it by its own in the meantime. */
function takeAway(file: string): void {
  const aside = `${file}.stale-${randomBytes(4).toString('hex')}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // somebody else took it away
  }
  const holder = readLock(aside);
  if (holder !== undefined && isRunning(holder)) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function lockFile(home: Home): string {
  return join(home.run, 'supervisor.json');
}

function readLock(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined; // there is none, or it was damaged: nobody holds it
  }
}
