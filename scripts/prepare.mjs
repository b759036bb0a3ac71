import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { install } from './install.mjs';

/**
 * Makes a checkout ready to run: dependencies installed and `dist/` built, each only where it is missing or old.
 * Needs nothing but Node itself.
 */
export async function prepare() {
  await install();
  await build();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await prepare();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
