import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sketchValues } from '../../../dataplane/matching/sketch-values.ts';

test('the same values have the same hashes however they are written', () => {
  const hashes = (...values: string[]) => sketchValues('c', values).hashes;
  expect(hashes('£1,234.50', ' 17 ')).toEqual(hashes('1234.5', '17.00'));
  expect(hashes('Leeds  North', 'YORK')).toEqual(hashes('leeds north', 'York'));
  expect(hashes('2024-01-31', '2023-12-01')).toEqual(hashes('31/01/2024', '01/12/2023'));
  expect(hashes('31-JAN-2024', '01-Dec-2023')).toEqual(hashes('20240131', '20231201'));
  expect(hashes('007')).not.toEqual(hashes('7'));
});

test('types, shapes, lengths and deciles are those of the values', () => {
  const sketch = sketchValues('amount', ['10.00', '20.00', '30.00', null, '']);
  expect(sketch).toMatchObject({ values: 3, distinct: 3, type: 'money', length: 5 });
  expect(sketch.shapes).toEqual([['9.9', 1]]);
  expect(sketch.deciles?.[0]).toBe(10);
  expect(sketch.deciles?.[10]).toBe(30);
  expect(sketchValues('c', ['AB-12', 'CD-345']).shapes).toEqual([['A-9', 1]]);
  expect(sketchValues('c', [])).toMatchObject({
    values: 0,
    distinct: 0,
    type: 'empty',
    hashes: [],
  });
});

test('no value can be read in a sketch', () => {
  const secret = fc.string({
    minLength: 6,
    maxLength: 20,
    unit: fc.constantFrom('q', 'w', 'e', 'r', 't', 'z', 'u', 'o', 'p'),
  });
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 20 }), (values) => {
      const text = JSON.stringify(sketchValues('surname', values));
      for (const value of values) expect(text).not.toContain(value);
    }),
    { numRuns: 50 },
  );
});
