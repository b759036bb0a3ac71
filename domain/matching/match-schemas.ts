import { assign } from './assign.ts';
import type {
  ColumnPlace,
  MatchSchema,
  MatchTable,
  Reason,
  ScoredPair,
  TablePair,
} from './schema.ts';
import { PairScorer, type Placed, placed } from './score-pairs.ts';
import { type TableLikeness, compareTables } from './table-similarity.ts';

export interface MatchOptions {
  /**
   * `one-to-one`: every column of either side has at most one match (two schemas of the same things). `per-table`: a source
   * column may match one column in each table of the target (a mapping that fills several tables from one).
   */
  readonly cardinality?: 'one-to-one' | 'per-table';
  /** Candidates per column. Default 3. */
  readonly top?: number;
  /** Use general knowledge about words. Default true. */
  readonly general?: boolean;
}

/** A column of one side with what may be its counterpart. */
export interface ColumnSuggestion {
  readonly place: ColumnPlace;
  /** The best first, at most `top`; also those that are too weak to be a match. */
  readonly candidates: readonly ScoredPair[];
  /** The match; undefined is the honest answer that there is none. */
  readonly match: ScoredPair | undefined;
}

export interface SchemaMatch {
  /** Accepted matches, the best first. */
  readonly matches: readonly ScoredPair[];
  /** Every pair that is worth a look, the likeliest first. */
  readonly ranked: readonly ScoredPair[];
  readonly targets: readonly ColumnSuggestion[];
  readonly sources: readonly ColumnSuggestion[];
  /** The best first. */
  readonly tables: readonly TablePair[];
}

/** At or above this a pair of the assignment is a match. Calibrated on the pairs of `bench matching`. */
export const MATCH_THRESHOLD = 0.45;
/** A weaker pair is still a match when it is so much better than any other pair of either of its columns. */
const CLEAR_THRESHOLD = 0.35;
const CLEAR_MARGIN = 0.15;
/** Below this a pair is not worth a look. */
const WORTH_A_LOOK = 0.2;

/**
 * Matches the columns and tables of two schemas. Pure and deterministic: the same schemas give the same answer, and the order of
 * their tables and columns decides between equals only.
 */
export function matchSchemas(
  source: MatchSchema,
  target: MatchSchema,
  { cardinality = 'one-to-one', top = 3, general = true }: MatchOptions = {},
): SchemaMatch {
  const scorer = new PairScorer(source, target, general);
  const [from, to] = [placed(source), placed(target)];
  const first = from.map((a) => to.map((b) => scorer.score(a, b)));
  const rows = new Map(from.map(({ column }, i) => [column, i]));
  const columns = new Map(to.map(({ column }, j) => [column, j]));
  const tables = compareTables(
    source,
    target,
    scorer.names,
    (a, b) => first[rows.get(a) ?? -1]?.[columns.get(b) ?? -1]?.score ?? 0,
    cardinality === 'per-table',
  );
  const pairs = from.map((a, i) =>
    to.map((b, j): ScoredPair => {
      const alone = first[i]?.[j] ?? { score: 0, why: [] };
      const { score, why } = inContext(alone, a, b, tables);
      return { source: placeOf(a), target: placeOf(b), score: rounded(score), why };
    }),
  );
  const chosen = choose(pairs, from, to, tables, cardinality);
  const isMatch = (pair: ScoredPair): boolean => isClear(pair, pairs, from, to);
  const matches = chosen.filter(isMatch).toSorted(byScore);
  const accepted = new Set(matches);
  const suggestion = (place: ColumnPlace, all: readonly ScoredPair[]): ColumnSuggestion => ({
    place,
    candidates: all
      .filter(({ score }) => score >= WORTH_A_LOOK)
      .toSorted(byScore)
      .slice(0, top),
    match: all.find((pair) => accepted.has(pair)),
  });
  return {
    matches,
    ranked: rankedOf(pairs.flat(), new Set(chosen)),
    targets: to.map((b, j) =>
      suggestion(
        placeOf(b),
        pairs.flatMap((row) => row[j] ?? []),
      ),
    ),
    sources: from.map((a, i) => suggestion(placeOf(a), pairs[i] ?? [])),
    tables: tables.pairs,
  };
}

function placeOf({ table, column }: Placed): ColumnPlace {
  return { table: table.name, column: column.name };
}

/** A pair that the assignment passed over is worth less than it looks: one of its columns has found a better one. */
const PASSED_OVER = 0.45;

function rankedOf(pairs: readonly ScoredPair[], chosen: ReadonlySet<ScoredPair>): ScoredPair[] {
  const worth = (pair: ScoredPair): number => pair.score * (chosen.has(pair) ? 1 : PASSED_OVER);
  return pairs.filter(({ score }) => score >= WORTH_A_LOOK).toSorted((a, b) => worth(b) - worth(a));
}

function byScore(a: ScoredPair, b: ScoredPair): number {
  return b.score - a.score;
}

/** Scores are for people and records: more digits would be noise. */
function rounded(score: number): number {
  return Math.round(score * 1000) / 1000;
}

/** How much of its score a pair can lose in tables that have nothing to do with each other. */
const CONTEXT = 0.55;

/** A pair in the light of its tables: columns of tables that hold the same are likelier to be the same. */
function inContext(
  { score, why }: { score: number; why: readonly Reason[] },
  a: Placed,
  b: Placed,
  tables: TableLikeness,
): { score: number; why: readonly Reason[] } {
  const fit = tables.fit(a.table, b.table);
  if (fit === undefined) return { score, why };
  const after = score * (1 - CONTEXT + CONTEXT * fit);
  const words =
    fit >= 0.8
      ? `${b.table.name} is the table nearest to ${a.table.name}`
      : `${b.table.name} is not the table nearest to ${a.table.name}`;
  return { score: after, why: [...why, { what: 'table', words, weight: after - score }] };
}

/** The assignment: pairs that together score most. */
function choose(
  pairs: readonly (readonly ScoredPair[])[],
  from: readonly Placed[],
  to: readonly Placed[],
  tables: TableLikeness,
  cardinality: 'one-to-one' | 'per-table',
): ScoredPair[] {
  if (cardinality === 'one-to-one') return chosenAmong(pairs, [...from.keys()], [...to.keys()]);
  const targets = [...new Set(to.map(({ table }) => table))];
  return targets.flatMap((target) => {
    const source = tables.bestSource(target);
    if (source === undefined) return [];
    const inTable = (all: readonly Placed[], table: MatchTable): number[] =>
      all.flatMap((each, index) => (each.table === table ? [index] : []));
    return chosenAmong(pairs, inTable(from, source), inTable(to, target));
  });
}

function chosenAmong(
  pairs: readonly (readonly ScoredPair[])[],
  rows: readonly number[],
  columns: readonly number[],
): ScoredPair[] {
  // Squared, so that one good pair is worth more than two poor ones.
  const scores = rows.map((i) => columns.map((j) => (pairs[i]?.[j]?.score ?? 0) ** 2));
  return assign(scores).flatMap((column, row) => {
    const pair = column === undefined ? undefined : pairs[rows[row] ?? -1]?.[columns[column] ?? -1];
    return pair === undefined ? [] : [pair];
  });
}

/** Is a pair good enough to be called a match, or good and better than all others of its columns? */
function isClear(
  pair: ScoredPair,
  pairs: readonly (readonly ScoredPair[])[],
  from: readonly Placed[],
  to: readonly Placed[],
): boolean {
  if (pair.score >= MATCH_THRESHOLD) return true;
  if (pair.score < CLEAR_THRESHOLD) return false;
  const i = from.findIndex((each) => samePlace(placeOf(each), pair.source));
  const j = to.findIndex((each) => samePlace(placeOf(each), pair.target));
  const others = [...(pairs[i] ?? []), ...pairs.flatMap((row) => row[j] ?? [])].filter(
    (each) => each !== pair,
  );
  // Where there is nothing to choose from, being the best says nothing.
  if (others.length === 0) return false;
  const next = Math.max(...others.map(({ score }) => score));
  return pair.score - next >= CLEAR_MARGIN;
}

function samePlace(a: ColumnPlace, b: ColumnPlace): boolean {
  return a.table === b.table && a.column === b.column;
}
