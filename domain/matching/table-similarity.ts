import type { NameComparer } from './name-similarity.ts';
import type { MatchColumn, MatchSchema, MatchTable, TablePair } from './schema.ts';

/** Which tables of two schemas hold the same things. */
export interface TableLikeness {
  /** The best first. */
  readonly pairs: readonly TablePair[];
  /** How near a pair of tables is to the best pair of either, 0 to 1; undefined where there is only one table a side. */
  fit(source: MatchTable, target: MatchTable): number | undefined;
  /** The source table that is nearest to a target table; undefined for an empty schema. */
  bestSource(target: MatchTable): MatchTable | undefined;
}

/**
 * Compares tables by their names and by how well their columns find counterparts in each other.
 * @param score of two columns by themselves
 * @param filling tables of the target are filled from tables of the source: what counts is how much of the target is found
 */
export function compareTables(
  source: MatchSchema,
  target: MatchSchema,
  names: NameComparer,
  score: (a: MatchColumn, b: MatchColumn) => number,
  filling: boolean,
): TableLikeness {
  const likeness = source.map((a) =>
    target.map((b) => {
      const name = names.texts(a.name, b.name);
      const columns = columnLikeness(a, b, score, filling);
      return { score: 0.3 * name.score + 0.7 * columns, name, columns };
    }),
  );
  const at = (i: number, j: number): number => likeness[i]?.[j]?.score ?? 0;
  const alone = source.length <= 1 && target.length <= 1;
  const bestOf = (scores: readonly number[]): number => Math.max(...scores, 1e-9);
  const [ofSources, ofTargets] = [
    source.map((_, i) => bestOf(target.map((__, j) => at(i, j)))),
    target.map((_, j) => bestOf(source.map((__, i) => at(i, j)))),
  ];
  const fits = new Map(
    source.map((a, i) => [
      a,
      new Map(target.map((b, j) => [b, fitOf(at(i, j), ofSources[i] ?? 1, ofTargets[j] ?? 1)])),
    ]),
  );
  const pairs = source
    .flatMap((a, i) =>
      target.map((b, j): TablePair => {
        const { name, columns } = likeness[i]?.[j] ?? { name: { score: 0, words: '' }, columns: 0 };
        return {
          source: a.name,
          target: b.name,
          score: Math.round(at(i, j) * 1000) / 1000,
          why: [
            { what: 'name', words: name.words, weight: 0.3 * name.score },
            {
              what: 'neighbours',
              words: `their columns match by ${Math.round(columns * 100)} %`,
              weight: 0.7 * columns,
            },
          ],
        };
      }),
    )
    .toSorted((x, y) => y.score - x.score);
  return {
    pairs,
    fit(a, b) {
      return alone ? undefined : fits.get(a)?.get(b);
    },
    bestSource(b) {
      const j = target.indexOf(b);
      const scores = source.map((_, i) => at(i, j));
      return source[scores.indexOf(Math.max(...scores))];
    },
  };
}

/** Tables this alike hold the same things, whatever other tables are like. Calibrated on the pairs of `bench matching`. */
const SURELY_ALIKE = 0.45;

/** A pair of tables by itself, and against the best pair of either: of two schemas of different things some are always the best. */
function fitOf(score: number, bestOfSource: number, bestOfTarget: number): number {
  return Math.min(score / bestOfSource, score / bestOfTarget) * Math.min(1, score / SURELY_ALIKE);
}

/** What the columns of each table find best in the other, on the mean. */
function columnLikeness(
  a: MatchTable,
  b: MatchTable,
  score: (a: MatchColumn, b: MatchColumn) => number,
  filling: boolean,
): number {
  const grid = a.columns.map((x) => b.columns.map((y) => score(x, y)));
  const rows = grid.map((row) => Math.max(0, ...row));
  const columns = b.columns.map((_, j) => Math.max(0, ...grid.map((row) => row[j] ?? 0)));
  const [x, y] = [mean(rows), mean(columns)];
  return filling ? 0.3 * x + 0.7 * y : 0.6 * Math.max(x, y) + 0.4 * Math.min(x, y);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
