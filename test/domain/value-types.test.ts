import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BOOLEAN_TYPE,
  CURRENCY_PATTERN,
  DATE_TYPES,
  DECIMAL_TYPE,
  INTEGER_TYPE,
  MONEY_TYPE,
  PLACEHOLDER_PATTERN,
} from '../../domain/value-types.ts';

const fits = (pattern: string, text: string): boolean => new RegExp(pattern, 'u').test(text);
const formatsOf = (text: string): (string | undefined)[] =>
  DATE_TYPES.filter((type) => fits(type.pattern, text)).map((type) => type.format);

test('a date format takes exactly the days of the calendar', () => {
  const pattern = DATE_TYPES.find((type) => type.format === 'YYYY-MM-DD')?.pattern ?? '';
  const part = (max: number) => fc.integer({ min: 0, max });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9999 }), part(13), part(32), (year, month, day) => {
      const date = new Date(Date.UTC(2000, month - 1, day));
      date.setUTCFullYear(year, month - 1, day);
      const exists =
        date.getUTCFullYear() === year &&
        date.getUTCMonth() === month - 1 &&
        date.getUTCDate() === day;
      const digits = (value: number, width: number) => String(value).padStart(width, '0');
      const text = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
      expect(fits(pattern, text)).toBe(exists && month >= 1 && day >= 1);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['2011-03-31', ['YYYY-MM-DD']],
  ['2011-03-31T10:00:00Z', ['YYYY-MM-DD']],
  ['2011-03-31 10:00:00.5+00', ['YYYY-MM-DD']],
  ['31/03/2011', ['DD/MM/YYYY']],
  ['03/04/2011', ['DD/MM/YYYY', 'MM/DD/YYYY']],
  ['29/02/2011', []],
  ['29/02/2012', ['DD/MM/YYYY']],
  ['20110331', ['YYYYMMDD']],
  ['12345678', []],
  ['31-Mar-2011', ['DD-MON-YYYY']],
  ['5 OCT 2011', ['DD-MON-YYYY']],
  ['31 Feb 2011', []],
  ['0000-01-01', []],
])('%s is a date in the formats %j', (text, formats) => {
  expect(formatsOf(text)).toEqual(formats);
});

test.each([
  [INTEGER_TYPE, ['0', '-12', '+7'], ['1.0', '1,000', 'A1', '']],
  [DECIMAL_TYPE, ['0', '1.25', '.5', '-3.14159'], ['1,000.5', '1.', 'N/D']],
  [MONEY_TYPE, ['42034', '£1,234.50', '-£5', '1234.5'], ['1.234', '12,34', 'N/D', '£']],
  [BOOLEAN_TYPE, ['Y', 'no', 'TRUE'], ['0', 'maybe', 'F']],
])('$type takes what it is', (type, good, bad) => {
  const taken = [...good, ...bad].filter((text) => fits(type.pattern, text));
  expect(taken).toEqual(good);
});

test('words for missing values and signs of money are known', () => {
  const words = ['N/D', 'N/A', 'n.a.', '-', 'Unknown', '#REF!', 'XX'];
  const values = ['Nadia', 'X', 'Band A', '0'];
  expect([...words, ...values].filter((text) => fits(PLACEHOLDER_PATTERN, text))).toEqual(words);
  expect(['£5', '1,234', '1234', 'Smith, J'].map((text) => fits(CURRENCY_PATTERN, text))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
