import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DISTINCT_ERROR, HyperLogLog } from '../../../dataplane/profile/hyperloglog.ts';
import { ValueTable } from '../../../dataplane/profile/value-table.ts';

const CAPACITY = 64;

/** Two good hashes of a text. */
function hashes(text: string): [number, number] {
  const digest = createHash('sha1').update(text).digest();
  return [digest.readUInt32BE(0), digest.readUInt32BE(4)];
}

/** Puts texts into a table; gives it with the rows that were visited by text. */
function fill(texts: readonly string[], byteLimit = 10_000) {
  const visited = new Map<string, number>();
  const table = new ValueTable(CAPACITY, byteLimit, (bytes, start, end, _mask, rows) => {
    const text = bytes.toString('utf8', start, end);
    visited.set(text, (visited.get(text) ?? 0) + rows);
  });
  for (const text of texts) {
    const bytes = Buffer.from(text);
    table.add(...hashes(text), bytes, 0, bytes.length, 0, 1);
  }
  return { table, kept: table.finish(), visited };
}

function countedBy(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

describe('the table of values', () => {
  const values = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 2000 }).map((n) => `value ${n}`) },
      { weight: 1, arbitrary: fc.constantFrom('common', 'often', '') },
    ),
    { maxLength: 3000 },
  );

  test('every row is visited once, however often values leave and come back', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(10_000, 300), (texts, byteLimit) => {
        expect(fill(texts, byteLimit).visited).toEqual(countedBy(texts));
      }),
      { numRuns: 50 },
    );
  });

  test('what stays is counted within its bounds, and the sample exactly', () => {
    fc.assert(
      fc.property(values, (texts) => {
        const truth = countedBy(texts);
        const { kept, table } = fill(texts);
        const wrong = kept.filter(({ bytes, rows, missed, sampled }) => {
          const all = truth.get(bytes.toString()) ?? 0;
          return sampled ? rows !== all || missed !== 0 : rows > all || rows + missed < all;
        });
        expect(wrong).toEqual([]);
        expect(truth.size > CAPACITY || table.distinct === truth.size).toBe(true);
        expect(table.exact).toBe(truth.size <= CAPACITY);
      }),
      { numRuns: 50 },
    );
  });

  test('a value that is common stays although it comes late and between many others', () => {
    const texts = Array.from({ length: 20_000 }, (_, n) =>
      n > 5000 && n % 4 === 0 ? 'common' : `value ${n}`,
    );
    const { kept } = fill(texts);
    const common = kept.find(({ bytes }) => bytes.toString() === 'common');
    const truth = countedBy(texts).get('common') ?? 0;
    expect(common?.rows).toBeGreaterThan(truth * 0.8);
    expect((common?.rows ?? 0) + (common?.missed ?? 0)).toBeGreaterThanOrEqual(truth);
  });
});

describe('HyperLogLog', () => {
  test.each([0, 1, 100, 5000, 40_000, 300_000])('estimates %i within four standard errors', (n) => {
    const sketch = new HyperLogLog();
    for (let value = 0; value < n; value += 1) sketch.add(...hashes(String(value)));
    expect(Math.abs(sketch.estimate() - n)).toBeLessThanOrEqual(4 * DISTINCT_ERROR * n);
  });

  test('a value that comes again changes nothing', () => {
    const sketch = new HyperLogLog();
    for (let n = 0; n < 1000; n += 1) sketch.add(...hashes(String(n)));
    const before = sketch.estimate();
    for (let n = 0; n < 1000; n += 1) sketch.add(...hashes(String(n)));
    expect(sketch.estimate()).toBe(before);
  });
});
