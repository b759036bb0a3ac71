// `npm run check`: runs every check, also after one has failed, and says at the end which did.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { programOf, ROOT, runInFront } from './run.mjs';

const CHECKS = [
  ['types', programOf('typescript', 'tsc'), ['--noEmit', '-p', '.']],
  ['lint', programOf('oxlint'), ['--deny-warnings']],
  ['format', programOf('@biomejs/biome', 'biome'), ['format']],
  ['dead code', programOf('knip'), []],
  ['generated files', join(ROOT, 'scripts', 'generate.mjs'), ['--check']],
];

const failed = [];
for (const [name, script, args] of CHECKS.filter(([, script]) => existsSync(script))) {
  const started = Date.now();
  const code = await runInFront(process.execPath, [script, ...args]);
  process.stdout.write(
    `${name}: ${code === 0 ? 'ok' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`,
  );
  if (code !== 0) failed.push(name);
}
if (failed.length > 0) {
  process.stdout.write(`failed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
