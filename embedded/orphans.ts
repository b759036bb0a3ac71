import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from './home.ts';
import { isRunning, listProcesses, type RunningProcess } from './process-table.ts';

/** A server of this home that runs without a supervisor, because that was killed. */
export interface Orphan {
  readonly service: 'worker' | 'api' | 'temporal' | 'postgres' | 'initdb';
  readonly process: RunningProcess;
}

/** The argument by which a worker or API process is known to belong to a home; the process itself ignores it. */
export function homeMark(home: Home, service: 'worker' | 'api'): string {
  return `--slipway-${service}-of=${home.folder}`;
}

/** Every server of this home that runs, told by the data folder in its command line, in the order to stop them. */
export function findOrphans(home: Home): Orphan[] {
  const running = listProcesses();
  const found = (service: Orphan['service'], test: (one: RunningProcess) => boolean): Orphan[] =>
    running.filter((one) => test(one)).map((process) => ({ service, process }));
  return [
    ...found('api', (one) => one.has(homeMark(home, 'api'))),
    ...found('worker', (one) => one.has(homeMark(home, 'worker'))),
    ...found('temporal', (one) => one.has('--db-filename', home.temporalDatabase)),
    ...found('postgres', (one) => one.program === 'postgres' && one.has('-D', home.postgres)),
    // It goes on writing into a folder that is about to be removed.
    ...found(
      'initdb',
      (one) =>
        one.program === 'initdb' &&
        draftFolders(home).some((draft) => one.has(`--pgdata=${draft}`)),
    ),
  ];
}

/** Half-made data folders, and what lies beside them, that a killed start has left; absolute. */
export function draftFolders(home: Home): string[] {
  if (!existsSync(home.folder)) return [];
  return readdirSync(home.folder)
    .filter((name) => name.startsWith('postgres.new-'))
    .map((name) => join(home.folder, name));
}

/** PostgreSQL: SIGINT disconnects its clients, where SIGTERM would wait for them. */
const STOP = {
  worker: 'SIGTERM',
  api: 'SIGTERM',
  temporal: 'SIGTERM',
  postgres: 'SIGINT',
  initdb: 'SIGKILL',
} as const;
const GRACE_MS = { worker: 10_000, api: 5000, temporal: 15_000, postgres: 30_000, initdb: 5000 };

/** Stops one orphan; kills it when it takes too long. Resolves when it has ended. */
export async function stopOrphan({ service, process: orphan }: Orphan): Promise<void> {
  signal(orphan, STOP[service]);
  if (await hasEnded(orphan, GRACE_MS[service])) return;
  signal(orphan, 'SIGKILL');
  await hasEnded(orphan, 5000);
}

function signal(orphan: RunningProcess, name: NodeJS.Signals): void {
  if (!isRunning(orphan)) return;
  try {
    process.kill(orphan.pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Waits until this very process is gone; false when it still runs after `timeoutMs`. */
export async function hasEnded(
  orphan: Parameters<typeof isRunning>[0],
  timeoutMs: number,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isRunning(orphan)) {
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
