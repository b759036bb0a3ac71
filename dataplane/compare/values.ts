import { longQuery } from '../long-query.ts';
import { quoteIdentifier } from '../quote.ts';
import type { Work } from '../work.ts';
import { type Difference, isWithin } from './compare-rows.ts';
import type { Comparison } from './comparison.ts';
import { type ComparedSide, comparableText } from './side.ts';
import type { Sides } from './sides.ts';

/** A compared column with what each side holds in it, as text. Personal data: it stays in the data plane. */
export interface DifferingValue {
  readonly column: string;
  readonly source: string | null;
  readonly target: string | null;
}

/**
 * The columns in which rows differ, with the values of both sides, by the key of the difference. Rows are found by their
 * keys, so that this costs no scan where the keys have an index. Of a row that one side lacks, all columns are given; of one that neither
 * has any more, none.
 */
export async function differingValues(
  comparison: Comparison,
  sides: Sides,
  differences: readonly Difference[],
  work: Work,
): Promise<ReadonlyMap<string, readonly DifferingValue[]>> {
  const values = new Map<string, DifferingValue[]>();
  if (differences.length === 0) return values;
  // Rows that were missing may have come since.
  const ours = await sides.onTarget((at) =>
    valuesOfRows(
      comparison,
      at,
      differences.map(({ parts }) => parts),
      work,
    ),
  );
  const target = new Map(differences.map(({ key }, place) => [key, ours[place]]));
  const source = new Map<string, Values | undefined>();
  for (const dataset of comparison.datasets) {
    const own = differences.filter((each) => each.source?.dataset === dataset.id);
    if (own.length === 0) continue;
    const theirs = await sides.onSource(dataset, [], (at) =>
      valuesOfRows(
        comparison,
        at,
        own.map((each) => each.source?.parts ?? []),
        work,
      ),
    );
    for (const [place, { key }] of own.entries()) source.set(key, theirs[place]);
  }
  for (const { key } of differences) {
    values.set(key, differingOf(comparison, source.get(key), target.get(key)));
  }
  return values;
}

type Values = readonly (string | null)[];

function differingOf(
  { columns, tolerances }: Comparison,
  source: Values | undefined,
  target: Values | undefined,
): DifferingValue[] {
  return columns.flatMap(({ name }, index) => {
    const [one, other] = [source?.[index] ?? null, target?.[index] ?? null];
    const tolerance = tolerances.get(name);
    const isSame = one === other || (tolerance !== undefined && isWithin(one, other, tolerance));
    const isLacking = (source === undefined) !== (target === undefined);
    return isSame && !isLacking ? [] : [{ column: name, source: one, target: other }];
  });
}

/** The compared values, in the order of the columns, of the rows with the given keys, in their order. */
async function valuesOfRows(
  comparison: Comparison,
  at: ComparedSide,
  keys: readonly (readonly string[])[],
  work: Work,
): Promise<(Values | undefined)[]> {
  if (keys.length === 0) return [];
  const { relation, alias, key, types, where } = at.sql.at;
  const parameters = key.map((_, part) => keys.map((parts) => parts[part] ?? null));
  const arrays = types.map((type, part) => `$${part + 1}::${type}[]`);
  const names = key.map((_, part) => `k${part}`);
  const same = key.map((name, part) => `${alias}.${quoteIdentifier(name)} = w.k${part}`);
  const values = comparison.columns.map((field) => comparableText(at.sql.value(field.name), field));
  const sql = `select w.place::int as place, array[${values.join(', ')}]::text[] as values
    from unnest(${arrays.join(', ')}) with ordinality w(${names.join(', ')}, place)
      join ${relation} ${alias} on ${same.join(' and ')} where ${where}`;
  const { rows } = await longQuery(at.client, at, work, { done: 0, unit: 'rows' }, () =>
    at.client.query<{ place: number; values: (string | null)[] }>(sql, parameters),
  );
  const found: (Values | undefined)[] = keys.map(() => undefined);
  for (const row of rows) found[row.place - 1] = row.values;
  return found;
}
