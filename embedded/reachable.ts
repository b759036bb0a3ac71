import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Can every account of this machine pass through this folder and all above it? A missing one counts by its parents. */
export function isReachableByAll(path: string): boolean {
  const folder = resolve(path);
  const passable = !existsSync(folder) || (statSync(folder).mode & 0o001) !== 0;
  const parent = dirname(folder);
  return passable && (parent === folder || isReachableByAll(parent));
}
