import type pg from 'pg';
import type { Dataset } from '../../domain/manifest.ts';
import { columnsUsed } from '../../domain/mapping/columns-used.ts';
import { masked } from '../compare/masked.ts';
import type { QuarantinedRule } from '../quarantine.ts';
import { SIMULATED } from './simulated-tables.ts';

/** Shapes shown for each rule, and rows looked at for them. */
const SHOWN = 3;
const LOOKED_AT = 1000;

/** What the values that broke a rule look like, without what they say. */
export interface ExampleShape {
  /** Source column to masked value: `99/99/9999` for a date. */
  readonly values: Readonly<Record<string, string | null>>;
  /** Of the rows looked at. */
  readonly rows: number;
}

/** The commonest shapes of the source values behind a field, among rows that broke a rule in it. */
export async function exampleShapes(
  target: pg.Client,
  dataset: Pick<Dataset, 'id' | 'fields'>,
  { rule, field }: Pick<QuarantinedRule, 'rule' | 'field'>,
): Promise<ExampleShape[]> {
  const expression = field === null ? undefined : dataset.fields[field];
  const columns = expression === undefined ? [] : columnsUsed(expression);
  if (columns.length === 0) return [];
  const { rows } = await target.query<{ raw: Record<string, unknown> }>(
    `select raw from ${SIMULATED.quarantine} where dataset = $1 and rule = $2 and field is not distinct from $3 order by id limit ${LOOKED_AT}`,
    [dataset.id, rule, field],
  );
  const counts = new Map<string, number>();
  for (const { raw } of rows) {
    const shape = JSON.stringify(columns.map((column) => shapeOf(raw[column])));
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([shape, count]) => {
      const values = JSON.parse(shape) as (string | null)[];
      return {
        values: Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null])),
        rows: count,
      };
    });
}

function shapeOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return masked(typeof value === 'string' ? value : JSON.stringify(value));
}
