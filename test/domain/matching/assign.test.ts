import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assign } from '../../../domain/matching/assign.ts';

test('the best pairs together are chosen, not the best one first', () => {
  expect(
    assign([
      [0.9, 0.8],
      [0.85, 0.1],
    ]),
  ).toEqual([1, 0]);
  expect(assign([])).toEqual([]);
  expect(assign([[0, 0]])).toEqual([undefined]);
});

test('no assignment has a greater sum', () => {
  const grid = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain(([rows, columns]) =>
      fc.array(
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: columns, maxLength: columns }),
        {
          minLength: rows,
          maxLength: rows,
        },
      ),
    );
  fc.assert(
    fc.property(grid, (scores) => {
      const found = assign(scores);
      const used = found.filter((column) => column !== undefined);
      expect(new Set(used).size).toBe(used.length);
      const sum = found.reduce<number>(
        (total, column, row) => total + (column === undefined ? 0 : (scores[row]?.[column] ?? 0)),
        0,
      );
      expect(sum).toBe(greatest(scores, 0, new Set()));
    }),
  );
});

/** By trying everything. */
function greatest(
  scores: readonly (readonly number[])[],
  row: number,
  used: ReadonlySet<number>,
): number {
  const own = scores[row];
  if (own === undefined) return 0;
  const sums = own.map((score, column) =>
    used.has(column) ? 0 : score + greatest(scores, row + 1, new Set([...used, column])),
  );
  return Math.max(greatest(scores, row + 1, used), ...sums);
}
