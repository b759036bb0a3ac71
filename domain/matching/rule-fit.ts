import type { MatchColumn, ValueRule } from './schema.ts';

/** How far the values of one side keep the rule of the other. */
export interface RuleFit {
  /** Of the values tried. */
  readonly share: number;
  /** 0 when every column keeps the rule, near 1 when hardly any does. */
  readonly telling: number;
  readonly words: string;
}

type Holder = { readonly column: MatchColumn };

/** Tries the samples of one side on the rules of the other, each pair once. */
export class RuleFits {
  readonly #shares = new Map<MatchColumn, Map<MatchColumn, number>>();
  readonly #telling = new Map<MatchColumn, number>();

  constructor(source: readonly Holder[], target: readonly Holder[]) {
    this.#tryAll(source, target);
    this.#tryAll(target, source);
  }

  #tryAll(rules: readonly Holder[], samples: readonly Holder[]): void {
    for (const { column } of rules) {
      if (column.rule === undefined) continue;
      const keeps = keeper(column.rule);
      const shares = new Map<MatchColumn, number>();
      for (const { column: other } of samples) {
        if (other.sample === undefined || other.sample.length === 0) continue;
        const kept = other.sample.filter((value) => keeps(value)).length;
        shares.set(other, kept / other.sample.length);
      }
      const keeping = [...shares.values()].filter((share) => share >= 0.8).length;
      this.#shares.set(column, shares);
      this.#telling.set(column, shares.size === 0 ? 0 : 1 - keeping / shares.size);
    }
  }

  /** The fit of a pair; undefined where neither side has a rule that values of the other could be tried on. */
  fit(source: MatchColumn, target: MatchColumn): RuleFit | undefined {
    return this.#oneWay(target, source) ?? this.#oneWay(source, target);
  }

  #oneWay(ruled: MatchColumn, tried: MatchColumn): RuleFit | undefined {
    const share = this.#shares.get(ruled)?.get(tried);
    if (share === undefined) return undefined;
    const percent = Math.round(share * 100);
    const words =
      share >= 0.5
        ? `${percent} % of the values keep the rule of the other side`
        : `only ${percent} % of the values keep the rule of the other side`;
    return { share, telling: this.#telling.get(ruled) ?? 0, words };
  }
}

/** Values are tried as they are, and without blanks and separators: a mapping can take those out. */
function keeper({ patterns, among }: ValueRule): (value: string) => boolean {
  const expressions = patterns.flatMap((pattern) => {
    try {
      return [new RegExp(pattern, 'u')];
    } catch {
      return []; // not every expression of a database is one here
    }
  });
  const allowed =
    among === undefined ? undefined : new Set(among.map((each) => each.toLowerCase()));
  const keeps = (value: string): boolean =>
    expressions.every((each) => each.test(value)) &&
    (allowed === undefined || allowed.has(value.toLowerCase()));
  return (value) => {
    const trimmed = value.trim();
    return keeps(trimmed) || keeps(trimmed.toUpperCase().replaceAll(/[\s./-]/g, ''));
  };
}
