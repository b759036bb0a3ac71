import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { manifestSchema } from '../../domain/manifest.ts';

const folder = fileURLToPath(new URL('../../examples', import.meta.url));
const manifests = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

test('there are two manifests written by hand', () => {
  expect(manifests).toEqual(['employees.yaml', 'ministry-of-justice.yaml']);
});

test.each(manifests)('%s is valid', (name) => {
  const { error } = manifestSchema.safeParse(parse(readFileSync(join(folder, name), 'utf8')));
  expect(error).toBeUndefined();
});
