// `npm run check`: runs every check, also after one has failed, and says at the end which did.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { programOf, ROOT, runInFront } from './run.mjs';

/** What it is, the program, its arguments. @type {[string, string, string[]][]} */
const CHECKS = [
  ['types', programOf('typescript', 'tsc'), ['--noEmit', '-p', '.']],
  ['lint', programOf('oxlint'), ['--deny-warnings']],
  ['format', programOf('@biomejs/biome', 'biome'), ['format']],
  ['dead code', programOf('knip'), []],
  ['generated files', join(ROOT, 'scripts', 'generate.mjs'), ['--check']],
];

const failed = [];
for (const [name, program, args] of CHECKS.filter(([, path]) => existsSync(path))) {
  const started = Date.now();
  const code = await runInFront(process.execPath, [program, ...args]);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${name}: ${code === 0 ? 'ok' : 'FAILED'} (${seconds} s)\n`);
  if (code !== 0) failed.push(name);
}
if (failed.length > 0) {
  process.stdout.write(`failed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
