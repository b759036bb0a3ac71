import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generatedDocs } from '../../client/generated-docs.ts';

test('what is generated from the schemas is as they are now: otherwise run `node scripts/generate.mjs`', async () => {
  const generated = Object.entries(await generatedDocs());
  expect(generated.map(([path]) => path)).toEqual([
    'docs/openapi.json',
    'docs/manifest.schema.json',
  ]);
  for (const [path, content] of generated) {
    const committed = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
    expect(JSON.parse(JSON.stringify(content))).toEqual(JSON.parse(committed));
  }
});
