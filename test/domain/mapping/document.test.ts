import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { mappingDocument } from '../../../domain/mapping/document.ts';
import { manifestShape } from '../../../domain/manifest-shape.ts';

const text = readFileSync(new URL('../../../docs/mapping.md', import.meta.url), 'utf8');

it('docs/mapping.md shows the examples as they are', () => {
  expect(mappingDocument(text), 'run node scripts/generate.mjs').toBe(text);
});

const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);
const { datasets, codeLists } = manifestShape.shape;

it.each(blocks.map((yaml) => [yaml.split('\n')[0] ?? '', yaml]))(
  'the block "%s" is valid',
  (_, yaml) => {
    const given = parse(yaml) as Record<string, unknown>;
    if ('codeLists' in given) expect(codeLists.safeParse(given['codeLists']).error).toBeUndefined();
    else if ('datasets' in given)
      expect(datasets.safeParse(given['datasets']).error).toBeUndefined();
    else expect(datasets.element.partial().safeParse(given).error).toBeUndefined();
  },
);

it('there are blocks to look at', () => {
  expect(blocks.length).toBeGreaterThan(4);
});
