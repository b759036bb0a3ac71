// Writes the documents that are generated from the schemas. `--check` changes nothing and says which are out of date.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tsImport } from 'tsx/esm/api';
import { programOf, ROOT } from './run.mjs';

const check = process.argv.includes('--check');
const { generatedDocs } = await tsImport('../client/generated-docs.ts', import.meta.url);

const { mappingDocument } = await tsImport('../domain/mapping/document.ts', import.meta.url);
const MAPPING = 'docs/mapping.md';
const { controlsDocument } = await tsImport('../domain/controls/document.ts', import.meta.url);

const documents = Object.entries(await generatedDocs()).map(([path, content]) => [
  path,
  formatted(path, JSON.stringify(content)),
]);
documents.push([MAPPING, mappingDocument(read(join(ROOT, MAPPING)) ?? '')]);
documents.push(['docs/controls.md', controlsDocument()]);

let stale = 0;
for (const [path, text] of documents) {
  const file = join(ROOT, path);
  if (text === read(file)) continue;
  if (check) {
    process.stderr.write(`${path} is out of date: run node scripts/generate.mjs\n`);
    stale += 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    process.stdout.write(`${path} written\n`);
  }
}
process.exitCode = stale === 0 ? 0 : 1;

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** As the format check wants it. */
function formatted(path, input) {
  const args = [programOf('@biomejs/biome', 'biome'), 'format', `--stdin-file-path=${path}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${path} cannot be formatted: ${stderr}`);
  return stdout;
}
