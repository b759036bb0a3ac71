import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Expression, Rounding } from '../../../domain/mapping/expression.ts';
import { freshDatabase } from '../../support/database.ts';
import { evaluate } from '../support/evaluate.ts';

let client: pg.Client;

beforeAll(async () => {
  client = new pg.Client({ connectionString: await freshDatabase('expression') });
  await client.connect();
});
afterAll(async () => {
  await client.end();
});

const anyText = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));

it('a constant is its text, whatever is in it', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, async (value) => {
      expect(await evaluate(client, { value })).toEqual({ foretold: false, value });
    }),
    { numRuns: 200 },
  );
});

it('a code list gives exactly what it holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(anyText, anyText, { minKeys: 1 }), async (values) => {
      const [key, expected] = Object.entries(values)[0] ?? ['', ''];
      const lookup: Expression = { lookup: { of: { value: key }, list: 'any' } };
      expect(await evaluate(client, lookup, {}, { any: { values } })).toEqual({
        foretold: false,
        value: expected,
      });
    }),
    { numRuns: 100 },
  );
});

it('a calendar date comes back, and a day that does not exist never does', async () => {
  const day = fc.record({
    y: fc.integer({ min: 1900, max: 2100 }),
    m: fc.integer({ min: 1, max: 13 }),
    d: fc.integer({ min: 1, max: 32 }),
  });
  await fc.assert(
    fc.asyncProperty(day, async ({ y, m, d }) => {
      const text = `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
      const real = new Date(Date.UTC(y, m - 1, d));
      const exists = real.getUTCMonth() === m - 1 && real.getUTCDate() === d;
      const outcome = await evaluate(
        client,
        { date: { of: 'v', format: 'YYYY-MM-DD' } },
        { v: text },
      );
      expect(outcome).toMatchObject(exists ? { foretold: false, value: text } : { foretold: true });
      expect('error' in outcome).toBe(!exists);
    }),
    { numRuns: 200 },
  );
});

it('strict operators say beforehand what they fail for', async () => {
  const symbols = Array.from('0123456789.,-+£ /x');
  const nearlyNumber = fc.string({ unit: fc.constantFrom(...symbols), maxLength: 10 });
  const strict: Expression[] = [
    { integer: 'v' },
    { decimal: { of: 'v' } },
    { money: 'v' },
    { fromPence: 'v' },
    { boolean: { of: 'v', yes: ['1'], no: ['0'] } },
    { date: { of: 'v', format: 'DD/MM/YYYY' } },
    { date: { of: 'v', format: 'FMDD/FMMM/YY', pivot: 30 } },
    { date: { of: 'v', format: 'excel' } },
    { timestamp: { of: 'v', format: 'FMDD/FMMM/YYYY FMHH24', zone: 'Europe/London' } },
    { integer: { of: 'v', thousands: ',', negative: ['trailing'] } },
    { money: { of: 'v', decimalMark: ',', thousands: '.', negative: ['leading', 'brackets'] } },
    { toPence: { decimal: { of: 'v', scale: 3 } } },
    { divide: { of: { integer: 'v' }, by: { integer: 'v' }, rounding: 'half-even' } },
    { money: { decimal: { of: { trim: 'v' }, scale: 3 } } },
  ];
  await fc.assert(
    fc.asyncProperty(nearlyNumber, fc.constantFrom(...strict), async (value, expression) => {
      const outcome = await evaluate(client, expression, { v: value });
      expect(outcome.foretold).toBe('error' in outcome);
    }),
    { numRuns: 500 },
  );
});

/** A number of hundredths as text. */
function hundredths(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The exact quotient rounded in whole numbers: its sign, its digits, and what is left over. */
function rounded(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  const isNegative = dividend < 0n !== divisor < 0n;
  const [n, d] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor];
  const [down, rest] = [n / d, n % d];
  const isUp = {
    down: false,
    up: rest > 0n,
    'half-up': rest * 2n >= d,
    'half-even': rest * 2n > d || (rest * 2n === d && down % 2n === 1n),
  }[rounding];
  const result = isUp ? down + 1n : down;
  return isNegative ? -result : result;
}

it('money is multiplied and divided exactly, and rounded once as it is declared', async () => {
  const amount = fc.oneof(
    fc.bigInt({ min: -1000n, max: 1000n }),
    fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
  );
  const cases = fc.record({
    a: amount,
    b: amount.filter((each) => each !== 0n),
    rounding: fc.constantFrom<Rounding>('half-up', 'half-even', 'up', 'down'),
  });
  const money = (name: string): Expression => ({ decimal: { of: name } });
  await fc.assert(
    fc.asyncProperty(cases, async ({ a, b, rounding }) => {
      const row = { a: hundredths(a), b: hundredths(b) };
      const how = { scale: 2, rounding };
      const of = async (expression: Expression): Promise<string | null> => {
        const outcome = await evaluate(client, expression, row);
        return 'value' in outcome ? outcome.value : outcome.error.message;
      };
      const quotient = rounded(a * 100n, b, rounding);
      expect(await of({ divide: { of: money('a'), by: money('b'), ...how } })).toBe(
        hundredths(quotient),
      );
      const product = rounded(a * b, 100n, rounding);
      expect(await of({ multiply: { of: money('a'), by: money('b'), ...how } })).toBe(
        hundredths(product),
      );
      const share = rounded(a * b, 10_000n, rounding);
      expect(await of({ percent: { of: money('a'), rate: money('b'), ...how } })).toBe(
        hundredths(share),
      );
    }),
    { numRuns: 200 },
  );
});
