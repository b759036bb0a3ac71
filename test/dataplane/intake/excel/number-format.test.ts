import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kindOfCode, textOfNumber } from '../../../../dataplane/intake/excel/number-format.ts';

test.each([
  ['General', 'number'],
  ['0.00E+00', 'number'],
  ['#,##0.00 "days"', 'number'],
  ['[Red]-#,##0', 'number'],
  ['[$-409]d-mmm-yy;@', 'date'],
  ['yyyy\\-mm\\-dd', 'date'],
  ['mmm', 'date'],
  ['[$-F400]h:mm:ss AM/PM', 'time'],
  ['[mm]:ss', 'time'],
  ['dd/mm/yy hh:mm', 'datetime'],
])('the format %s means a %s', (code, kind) => {
  expect(kindOfCode(code)).toBe(kind);
});

test.each([
  ['1E-7', '0.0000001'],
  ['-1.5E-9', '-0.0000000015'],
  ['1.2345678901234567E+20', '123456789012346000000'],
  ['123456789012345', '123456789012345'],
  ['1.1000000000000001', '1.1'],
  ['1.7976931348623157E+308', `17976931348623157${'0'.repeat(292)}`],
])('the number %s is written %s', (raw, text) => {
  expect(textOfNumber(raw, 'number', false)).toBe(text);
});

test('days before and after the day that never was, and times that round up to midnight', () => {
  const dates = ['1', '59', '60', '61', '45000'].map((raw) => textOfNumber(raw, 'date', false));
  expect(dates).toEqual(['1900-01-01', '1900-02-28', '1900-02-29', '1900-03-01', '2023-03-15']);
  expect(textOfNumber('45000.9999999999', 'datetime', false)).toBe('2023-03-16 00:00:00');
  expect(textOfNumber('-1', 'date', false)).toBe('-1');
});

test('any number is written without an exponent, and is the same number to 15 digits', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), (value) => {
      const text = textOfNumber(String(value), 'number', false);
      expect(text).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(text)).toBe(Number(value.toPrecision(15)) + 0);
    }),
  );
});
