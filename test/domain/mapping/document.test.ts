import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mappingDocument } from '../../../domain/mapping/document.ts';

it('docs/mapping.md shows the examples as they are', () => {
  const file = new URL('../../../docs/mapping.md', import.meta.url);
  const text = readFileSync(file, 'utf8');
  expect(mappingDocument(text), 'run node scripts/generate.mjs').toBe(text);
});
