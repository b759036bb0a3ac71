import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Absolute path of a folder of the real data that lies beside the project; undefined when it is not on this machine. In
 * continuous integration its absence is an error: a skipped acceptance test proves nothing.
 */
export function sharedData(name: string): string | undefined {
  const folder = resolve(import.meta.dirname, '../../../shared/data', name);
  if (existsSync(folder)) return folder;
  if (process.env['CI'] === 'true') throw new Error(`the acceptance data are missing: ${folder}`);
  process.stderr.write(`Skipped: the acceptance data are missing (${folder}).\n`);
  return undefined;
}
