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

/** What the schema has against a block: a whole list, or members of one dataset. */
function errorOf(yaml: string): Error | undefined {
  const given = parse(yaml) as Record<string, unknown>;
  if ('codeLists' in given) return codeLists.safeParse(given['codeLists']).error;
  if ('datasets' in given) return datasets.safeParse(given['datasets']).error;
  return datasets.element.partial().safeParse(given).error;
}

it.each(blocks.map((yaml) => [yaml.split('\n')[0] ?? '', yaml]))(
  'the block "%s" is valid',
  (_, yaml) => {
    expect(errorOf(yaml)).toBeUndefined();
  },
);

it('there are blocks to look at', () => {
  expect(blocks.length).toBeGreaterThan(4);
});
