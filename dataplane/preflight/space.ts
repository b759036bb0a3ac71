import { statfs } from 'node:fs/promises';
import type pg from 'pg';
import type { PreflightProblem } from './problem.ts';

/** Rows, their indexes, and the log of writing both. */
const TIMES_SOURCE = 3;
const MB = 1024 * 1024;

/** Space for a load, in MB. */
export interface Space {
  readonly neededMb: number;
  /** Null where nobody can say: a server elsewhere does not tell what its disks have left. */
  readonly freeMb: number | null;
  readonly knownFrom: 'policy' | 'disk' | null;
}

/**
 * Compares what the rows take in the sources with what the platform has left: as `policy.freeSpaceMb` declares it, or as
 * the disk says where the platform is on this machine.
 * @param declaredMb what the platform's administrators promise
 */
export async function spaceFor(
  target: pg.Client,
  url: string,
  sourceBytes: number,
  declaredMb: number | undefined,
): Promise<{ readonly space: Space; readonly problems: readonly PreflightProblem[] }> {
  const neededMb = Math.ceil((sourceBytes * TIMES_SOURCE) / MB);
  const onDisk = declaredMb === undefined ? await freeOnDisk(target, url) : undefined;
  const freeMb = declaredMb ?? onDisk ?? null;
  const knownFrom = declaredMb !== undefined ? 'policy' : onDisk === undefined ? null : 'disk';
  const space = { neededMb, freeMb, knownFrom } as const;
  if (freeMb === null || freeMb >= neededMb) return { space, problems: [] };
  const message = `the load needs about ${neededMb} MB, ${freeMb} MB are free`;
  const advice = 'make room, or correct policy.freeSpaceMb when it says less than there is';
  return { space, problems: [{ check: 'space', subject: 'platform', message, advice }] };
}

async function freeOnDisk(target: pg.Client, url: string): Promise<number | undefined> {
  const { hostname } = new URL(url);
  if (!['127.0.0.1', 'localhost', '[::1]', ''].includes(hostname)) return undefined;
  const { rows } = await target.query<{ folder: string | null }>(
    "select setting as folder from pg_settings where name = 'data_directory'",
  );
  const folder = rows[0]?.folder ?? null;
  if (folder === null) return undefined;
  try {
    const { bavail, bsize } = await statfs(folder);
    return Math.floor((bavail * bsize) / MB);
  } catch {
    return undefined; // In a container of its own, or not for us to look at.
  }
}
