import { existsSync } from 'node:fs';
import { cleanHome } from './clean-home.ts';
import type { Home } from './home.ts';
import { lockHolder, lockHome } from './home-lock.ts';
import { hasEnded } from './orphans.ts';
import { type Progress, withHeartbeat } from './progress.ts';

/** Longer than all services together may take. */
const STOP_TIMEOUT_MS = 120_000;

/**
 * Stops whatever runs in a home: its supervisor with all services, and servers that a killed one left.
 * @returns false when nothing ran
 */
export async function stopHome(home: Home, say: Progress): Promise<boolean> {
  if (!existsSync(home.run)) return false;
  const holder = lockHolder(home);
  if (holder !== undefined) {
    process.kill(holder.pid, 'SIGTERM');
    const ended = await withHeartbeat(say, 'Stopping Slipway', () =>
      hasEnded(holder, STOP_TIMEOUT_MS),
    );
    if (!ended) {
      say(`Process ${holder.pid} does not stop: it is killed`);
      process.kill(holder.pid, 'SIGKILL');
      await hasEnded(holder, 5000);
    }
  }
  const lock = lockHome(home);
  if (typeof lock !== 'function') return true; // started anew in the meantime: what runs now is not what we stopped
  try {
    const orphans = await cleanHome(home, say);
    return holder !== undefined || orphans > 0;
  } finally {
    lock();
  }
}
