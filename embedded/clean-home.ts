import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from './home.ts';
import { draftFolders, findOrphans, stopOrphan } from './orphans.ts';
import { type Progress, withHeartbeat } from './progress.ts';
import { removeServices } from './services.ts';

const LARGEST_LOG = 10 * 1024 * 1024;

/**
 * Clears away what a killed supervisor left behind: servers of this home that still run, half-made folders, and the
 * record of its services. Call it only while holding the home's lock, or when nobody does.
 * @returns how many servers were stopped
 */
export async function cleanHome(home: Home, say: Progress): Promise<number> {
  removeServices(home);
  const orphans = findOrphans(home);
  for (const orphan of orphans) {
    const what = `Stopping ${orphan.service} (process ${orphan.process.pid}), left over by a start that was killed`;
    await withHeartbeat(say, what, () => stopOrphan(orphan));
  }
  removeDrafts(home);
  setAsideLongLogs(home);
  return orphans.length;
}

/** Removes half-made data folders. Call it only when no data folder is being made. */
export function removeDrafts(home: Home): void {
  for (const draft of draftFolders(home))
    rmSync(draft, { recursive: true, force: true, maxRetries: 10 });
}

function setAsideLongLogs(home: Home): void {
  if (!existsSync(home.logs)) return;
  for (const name of readdirSync(home.logs).filter((file) => file.endsWith('.log'))) {
    const path = join(home.logs, name);
    if (statSync(path).size > LARGEST_LOG) renameSync(path, `${path}.old`);
  }
}
