import { type NameComparer, nameComparer } from './name-similarity.ts';
import { RuleFits } from './rule-fit.ts';
import type { MatchColumn, MatchSchema, MatchTable, Reason } from './schema.ts';
import { kindOf, typeLikeness } from './type-similarity.ts';
import { compareValues, weighHashes, type WeighedSketch } from './value-similarity.ts';

/** A column with the table it is in. */
export interface Placed {
  readonly table: MatchTable;
  readonly column: MatchColumn;
}

/** What speaks for and against a pair, looked at by itself. */
export interface PairScore {
  readonly score: number;
  readonly why: readonly Reason[];
}

/** All columns of a schema with their tables, in order. */
export function placed(schema: MatchSchema): Placed[] {
  return schema.flatMap((table) => table.columns.map((column) => ({ table, column })));
}

/** What is known of two schemas before any pair is looked at. */
export class PairScorer {
  readonly names: NameComparer;
  readonly #sketches: ReadonlyMap<MatchColumn, WeighedSketch>;
  readonly #rules: RuleFits;

  constructor(source: MatchSchema, target: MatchSchema, general: boolean) {
    this.names = nameComparer(source, target, general);
    this.#sketches = weighed([...placed(source), ...placed(target)].map(({ column }) => column));
    this.#rules = new RuleFits(placed(source), placed(target));
  }

  /** Scores a pair by names, values, types, rules and uniqueness. */
  score(source: Placed, target: Placed): PairScore {
    const why: Reason[] = [];
    const name = this.#name(source, target);
    const values = this.#valueLikeness(source.column, target.column);
    const type = typeLikeness(source.column, target.column);
    const base = combine(name.score, values);
    why.push({ what: 'name', words: name.words, weight: name.score });
    if (values !== undefined) {
      why.push({ what: 'values', words: values.words, weight: values.score * values.trust });
    }
    let score = base;
    if (type !== undefined) {
      const factor = 0.5 + 0.5 * type;
      const words = typeWords(source.column, target.column, type);
      why.push({ what: 'type', words, weight: (factor - 1) * base });
      score *= factor;
    }
    if (isEmpty(source.column) !== isEmpty(target.column)) {
      why.push({ what: 'values', words: 'one side holds nothing', weight: (NOTHING - 1) * score });
      score *= NOTHING;
    }
    const rule = this.#rules.fit(source.column, target.column);
    if (rule !== undefined) {
      const after =
        rule.share >= 0.5
          ? score + (1 - score) * 0.35 * rule.share * rule.telling
          : score * (0.6 + 0.8 * rule.share);
      why.push({ what: 'rule', words: rule.words, weight: after - score });
      score = after;
    }
    const unique = uniqueness(source.column, target.column);
    if (unique !== undefined) {
      const after = score * unique.factor;
      why.push({ what: 'uniqueness', words: unique.words, weight: after - score });
      score = after;
    }
    return { score: Math.max(0, Math.min(1, score)), why };
  }

  #name(source: Placed, target: Placed): { score: number; words: string } {
    const name = this.names.columns(
      { table: source.table.name, column: source.column.name },
      { table: target.table.name, column: target.column.name },
    );
    const described = [
      [source.column.name, target.column.description] as const,
      [target.column.name, source.column.description] as const,
    ].flatMap(([one, text]) => {
      if (text === undefined) return [];
      const { score } = this.names.texts(one, firstSentence(text));
      return [{ score: Math.min(0.75, score * 1.1), words: `the description speaks of “${one}”` }];
    });
    return [name, ...described].reduce((a, b) => (b.score > a.score ? b : a));
  }

  #valueLikeness(a: MatchColumn, b: MatchColumn) {
    const [x, y] = [this.#sketches.get(a), this.#sketches.get(b)];
    return x === undefined || y === undefined ? undefined : compareValues(x, y);
  }
}

function weighed(columns: readonly MatchColumn[]): Map<MatchColumn, WeighedSketch> {
  const sketched = columns.flatMap((column) =>
    column.values === undefined ? [] : [{ column, sketch: column.values }],
  );
  const values = weighHashes(sketched.map(({ sketch }) => sketch.hashes));
  const words = weighHashes(sketched.map(({ sketch }) => sketch.words));
  const none = { hashes: [], weights: [] };
  return new Map(
    sketched.map(({ column, sketch }) => [
      column,
      { sketch, values: values.get(sketch.hashes) ?? none, words: words.get(sketch.words) ?? none },
    ]),
  );
}

/**
 * Names and values together. Either may be enough: columns that hold the same under another name match, and so do columns of
 * the same name that hold other rows. Where both speak, they have to agree.
 */
function combine(name: number, values: { score: number; trust: number } | undefined): number {
  if (values === undefined) return name;
  const { score, trust } = values;
  const n = name ** 1.2;
  const v = score ** 1.2;
  const mean = (0.55 * n + 0.45 * v * trust) / (0.55 + 0.45 * trust);
  const either = 1 - (1 - 0.9 * n) * (1 - 0.9 * v * trust);
  return 0.5 * mean + 0.5 * either;
}

/** A column without any value is seldom what fills another. */
const NOTHING = 0.7;

function isEmpty({ values }: MatchColumn): boolean {
  return values !== undefined && values.values === 0;
}

function firstSentence(text: string): string {
  return text.split(/[.;:]\s/)[0]?.slice(0, 120) ?? '';
}

function typeWords(a: MatchColumn, b: MatchColumn, type: number): string {
  const [x, y] = [kindOf(a)?.kind ?? 'unknown', kindOf(b)?.kind ?? 'unknown'];
  if (x === y) return `both hold ${x}`;
  return type >= 0.5 ? `${x} can be held as ${y}` : `${x} is not ${y}`;
}

/** A column that tells rows apart is seldom the same as one whose values repeat. */
function uniqueness(a: MatchColumn, b: MatchColumn): { factor: number; words: string } | undefined {
  if (a.key === undefined || b.key === undefined) return undefined;
  if (a.key === b.key) {
    if (a.key === 'none') return undefined;
    return {
      factor: 1.06,
      words: a.key === 'key' ? 'both tell rows apart' : 'both are part of a key',
    };
  }
  if (a.key === 'part' || b.key === 'part') return undefined;
  return { factor: 0.85, words: 'one tells rows apart, the other repeats' };
}
