#!/usr/bin/env node
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `slipway needs Node 20.19 or newer; this is ${process.versions.node} (${process.execPath})\n`,
  );
  process.exit(1);
}

// In a checkout the sources may be newer than what was built of them; in the package there is only what was built.
const prepare = new URL('../scripts/prepare.mjs', import.meta.url);
if (existsSync(prepare)) {
  try {
    await (await import(prepare.href)).prepare();
  } catch (error) {
    process.stderr.write(`slipway cannot be built: ${error.message}\n`);
    process.exit(1);
  }
}
await import('../dist/client/cli/main.js');
