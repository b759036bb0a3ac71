import {
  matchSchemas,
  type MatchOptions,
  type SchemaMatch,
} from '../../domain/matching/match-schemas.ts';
import type { ColumnPlace, MatchSchema, ScoredPair } from '../../domain/matching/schema.ts';

/** A labelled pair of schemas. Pairs are `table.column>table.column`. */
export interface LabelledPair {
  readonly name: string;
  readonly group: string;
  readonly source: MatchSchema;
  readonly target: MatchSchema;
  readonly right: ReadonlySet<string>;
  readonly acceptable: ReadonlySet<string>;
  readonly cardinality: MatchOptions['cardinality'];
}

/** What the matcher reached on a pair. */
export interface Measured {
  readonly name: string;
  readonly group: string;
  /** Right pairs among the best ranked, as many as there are labels: Recall at ground-truth size. */
  readonly recall: number;
  /** Harmonic mean of precision and recall of the matches it stands by. */
  readonly f1: number;
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
}

/** A pair of places as text. */
export function pairName(source: ColumnPlace, target: ColumnPlace): string {
  return `${source.table}.${source.column}>${target.table}.${target.column}`;
}

/** Matches a pair and counts. */
export function measure(pair: LabelledPair, general = true): Measured {
  return count(
    pair,
    matchSchemas(pair.source, pair.target, {
      cardinality: pair.cardinality ?? 'one-to-one',
      general,
    }),
  );
}

function count(pair: LabelledPair, found: SchemaMatch): Measured {
  const names = (pairs: readonly ScoredPair[]): string[] =>
    pairs
      .map(({ source, target }) => pairName(source, target))
      .filter((name) => !pair.acceptable.has(name) || pair.right.has(name));
  const top = names(found.ranked).slice(0, pair.right.size);
  const matches = names(found.matches);
  const hits = matches.filter((name) => pair.right.has(name)).length;
  const f1 = hits === 0 ? 0 : (2 * hits) / (matches.length + pair.right.size);
  return {
    name: pair.name,
    group: pair.group,
    recall:
      pair.right.size === 0
        ? 1
        : top.filter((name) => pair.right.has(name)).length / pair.right.size,
    f1: pair.right.size === 0 ? Number(matches.length === 0) : f1,
    missed: [...pair.right].filter((name) => !top.includes(name)),
    wrong: matches.filter((name) => !pair.right.has(name)),
  };
}
