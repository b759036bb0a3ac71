import { copyRows } from '../copy-rows.ts';
import type { LoadOptions } from '../load-options.ts';
import type { CompiledDataset, CompiledField } from '../mapping/compiled-dataset.ts';
import { either } from '../mapping/failing.ts';
import { type LostValues, MAPPED, type RowSelection, sourceRows } from '../mapping/source-rows.ts';
import { quoteIdentifier } from '../quote.ts';
import type { TargetForeignKey } from '../target-table.ts';
import type { Work } from '../work.ts';

const REFERRED = 'pg_temp.slipway_referred';

/** With more of them most of the chunk is bad, and looking at all its rows costs no more. */
export const MOST_SUSPECTS = 5000;

/**
 * What the rows of a chunk refer to that the platform does not have: the values that the source would refer to are copied,
 * each once, and looked up there. References to the table itself are left out, because their rows may come with the chunk.
 * @returns undefined when there are too many of them, or a reference is not made of mapped columns
 */
export async function lostReferences(
  options: Pick<LoadOptions, 'dataset' | 'places' | 'source' | 'target'>,
  selection: RowSelection,
  work: Work,
): Promise<LostValues[] | undefined> {
  const { dataset, places, source, target } = options;
  const lost: LostValues[] = [];
  for (const key of dataset.target.foreignKeys) {
    if (key.schema === dataset.target.schema && key.table === dataset.target.table) continue;
    const fields = fieldsOf(dataset, key);
    if (fields === undefined) return undefined;
    await target.query(
      `drop table if exists ${REFERRED}; create temporary table slipway_referred (value text[])`,
    );
    await copyRows(
      { ...dataset.relation, client: source, query: referredSql(dataset, fields, selection) },
      { client: target, side: 'target', into: `${REFERRED} (value)` },
      'text',
      work,
    );
    const same = fields.map(
      ({ column }, index) =>
        `p.${quoteIdentifier(key.targetColumns[index] ?? '')} = (r.value[${index + 1}])::${column.type}`,
    );
    const { rows } = await target.query<{ value: string[] }>(
      `select value from ${REFERRED} r where not exists (select from ${places.table(key)} p where ${same.join(' and ')})
       limit ${MOST_SUSPECTS + 1}`,
    );
    if (rows.length > MOST_SUSPECTS) return undefined;
    if (rows.length > 0) lost.push({ fields, values: rows.map(({ value }) => value) });
  }
  return lost;
}

/** SELECT of what the mapped rows refer to, each once; a reference with an empty part is none. */
function referredSql(
  dataset: CompiledDataset,
  fields: readonly CompiledField[],
  selection: RowSelection,
): string {
  const { from, out } = sourceRows(dataset, selection);
  const values = fields.map(({ sql, column }) => `(${sql})::${column.type}::text`);
  const judged = `(select s.*, case when ${out} = ${MAPPED} then (${either(fields)}) is not true else false end as "_slipway_readable" from ${from} offset 0) s`;
  return `select value from (select distinct array[${values.join(', ')}] as value from ${judged} where s."_slipway_readable") v
    where array_position(value, null) is null`;
}

function fieldsOf(
  dataset: CompiledDataset,
  key: TargetForeignKey,
): readonly CompiledField[] | undefined {
  const fields = key.columns.flatMap(
    (name) => dataset.fields.find((field) => field.name === name) ?? [],
  );
  return fields.length === key.columns.length ? fields : undefined;
}
