import { existsSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runQuietly } from './run.mjs';

/**
 * Installs the dependencies of the lockfile where `node_modules` is missing or older than it. Not by `npm ci`: that
 * removes `node_modules` first, under the feet of a Slipway that runs, and refuses a lockfile that lacks a package of
 * another platform.
 */
export async function install() {
  const lockfile = join(ROOT, 'package-lock.json');
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs) return;
  const npm = process.env['npm_execpath'];
  const [command, ...first] = npm === undefined ? ['npm'] : [process.execPath, npm];
  const args = [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--include=dev',
    '--include=optional',
  ];
  await runQuietly('Installing the dependencies', command, [...first, ...args]);
  const now = new Date();
  utimesSync(installed, now, now);
}
