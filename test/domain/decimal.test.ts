import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addDecimals, equalDecimals, subtractDecimals } from '../../domain/decimal.ts';

it('adds without losing a penny where a number would', () => {
  expect(addDecimals(['9007199254740993.01', '0.01'])).toBe('9007199254740993.02');
  expect(addDecimals(['0.1', '0.2', '-0.35'])).toBe('-0.05');
  expect(addDecimals(['5', '-5'])).toBe('0');
  expect(addDecimals([])).toBe('0');
});

it('compares numbers, not their writing', () => {
  expect(equalDecimals('10.50', '10.5')).toBe(true);
  expect(equalDecimals('-0.00', '0')).toBe(true);
  expect(equalDecimals('10.50', '10.51')).toBe(false);
});

it('what is added can be taken away again', () => {
  const cents = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
  const text = (value: bigint): string => {
    const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
    return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  };
  fc.assert(
    fc.property(cents, cents, (a, b) => {
      const sum = addDecimals([text(a), text(b)]);
      expect(equalDecimals(sum, text(a + b))).toBe(true);
      expect(equalDecimals(subtractDecimals(sum, text(b)), text(a))).toBe(true);
    }),
  );
});
