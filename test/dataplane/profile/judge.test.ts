import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { CLASSES } from '../../../dataplane/profile/byte-classes.ts';
import {
  compareNumbers,
  isoDay,
  isPlainText,
  judge,
  PLACEHOLDER,
  plainNumber,
} from '../../../dataplane/profile/judge.ts';
import { fitsSql } from '../../../dataplane/profile/scan.ts';
import { quoteLiteral } from '../../../dataplane/quote.ts';
import { DATE_TYPES, PLACEHOLDER_PATTERN, VALUE_TYPES } from '../../../domain/value-types.ts';
import { freshDatabase, withClient } from '../../support/database.ts';

let url: string;
beforeAll(async () => {
  url = await freshDatabase('judge');
});

function maskOf(text: string): number {
  return Buffer.from(text).reduce((mask, byte) => mask | (CLASSES[byte] ?? 0), 0);
}

/** As the scan does: values that can be nothing but text are not looked at. */
function marksOf(text: string): number {
  const mask = maskOf(text);
  return isPlainText(Buffer.byteLength(text), mask) ? 0 : judge(text, mask);
}

const two = fc.integer({ min: 0, max: 39 }).map((n) => String(n).padStart(2, '0'));
const year = fc.constantFrom('1999', '2024', '0000', '9999', '1900', '2000', '24');
const separator = fc.constantFrom('-', '/', '.', ' ', '');
const time = fc.constantFrom(
  '',
  ' 10:00',
  'T23:59:59.5Z',
  ' 24:00',
  ' 10:00:00+01',
  'T7:05:00+0100',
);
const month = fc.constantFrom('Jan', 'FEB', 'sep', 'Foo');
const texts = fc.oneof(
  fc.tuple(two, separator, two, separator, year, time).map((parts) => parts.join('')),
  fc.tuple(year, separator, two, separator, two, time).map((parts) => parts.join('')),
  fc.tuple(two, separator, month, separator, year).map((parts) => parts.join('')),
  fc.string({
    unit: fc.constantFrom(...'0123456789.,+-£ eE/'.split('')),
    minLength: 1,
    maxLength: 24,
  }),
  fc.string({
    unit: fc.constantFrom(...'yesnotrufalYNTF#/A?*.xX-'.split('')),
    minLength: 1,
    maxLength: 9,
  }),
  fc.constantFrom(
    'N/D',
    'n/a',
    '#DIV/0!',
    'not known',
    'XX',
    '-',
    'Nil',
    'nil',
    '1,000',
    '£1,000.50',
    '-£5',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  fc.bigInt({ min: 0n, max: 10n ** 42n }).map(String),
);

test('values are judged in Node as the patterns judge them in the database', async () => {
  const samples = [
    ...new Set(fc.sample(texts, 6000).map((text) => text.replaceAll('\0', '').trim())),
  ].filter((text) => text !== '' && !/[\n\r]/.test(text));
  const flags = VALUE_TYPES.map(
    (type, index) => `(case when ${fitsSql(type, 't')} then ${1 << index} else 0 end)`,
  );
  const rows = await withClient(url, async (client) => {
    const found = await client.query<{ t: string; marks: number; missing: boolean }>(
      `select t, ${flags.join(' + ')} as marks, length(t) <= 20 and t ~ ${quoteLiteral(PLACEHOLDER_PATTERN)} as missing
       from unnest($1::text[]) t`,
      [samples],
    );
    return found.rows;
  });
  const types = (1 << VALUE_TYPES.length) - 1;
  const differing = rows.filter(
    ({ t, marks, missing }) =>
      // Numbers and dates of more than 40 characters count as text, which saves long values from the patterns.
      t.length <= 40 &&
      ((marksOf(t) & types) !== marks || ((marksOf(t) & PLACEHOLDER) !== 0) !== missing),
  );
  expect(differing.map(({ t, marks }) => [t, marks, marksOf(t) & types])).toEqual([]);
  expect(rows.filter(({ marks }) => marks !== 0).length).toBeGreaterThan(100);
});

test('days of every format come out alike', () => {
  const written = [
    '2024-03-09',
    '9/3/2024',
    '3/9/2024',
    '09-03-2024',
    '9.3.2024',
    '20240309',
    '9 mar 2024',
  ];
  expect(DATE_TYPES.map((type, index) => isoDay(written[index] ?? '', type))).toEqual(
    DATE_TYPES.map(() => '2024-03-09'),
  );
  expect(DATE_TYPES.slice(0, 1).map((type) => isoDay('2024-3-9T10:00', type))).toEqual([
    '2024-03-09',
  ]);
});

test('numbers are compared exactly, however long they are', () => {
  expect(plainNumber('-£ 1,000.50')).toBe('-1000.50');
  expect(plainNumber('+007')).toBe('7');
  expect(plainNumber('.5')).toBe('0.5');
  expect(compareNumbers('12345678901234567890.1', '12345678901234567890.2')).toBeLessThan(0);
  expect(compareNumbers('1.50', '1.5')).toBe(0);
});
