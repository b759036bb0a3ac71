import { randomBytes } from 'node:crypto';
import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import { exclusionReasons } from '../mapping/source-rows.ts';
import { BROKEN_RULE } from '../mapping/operators.ts';
import { quoteColumns, quoteLiteral } from '../quote.ts';
import { isGood, MAPPED_ROWS, N, OUT, RAW, storedSql, VERDICT } from './temporary-tables.ts';

/** Rows that are evaluated at a time; a batch that fails is taken in smaller ones, down to the single row. */
const BATCHES: readonly number[] = [1000, 50, 1];

/** What can be wrong with a row; everything else (no space, a lost connection) ends the load. */
export const ROW_ERRORS = 'data_exception or integrity_constraint_violation or raise_exception';

/** Marks the raw rows that are out of scope. A row whose conditions cannot be evaluated gets a verdict. */
export function judgeScope(dataset: CompiledDataset): string[] {
  const statements: string[] = [];
  const { exclusions, onePer } = dataset;
  if (exclusions.length > 0) {
    const cases = exclusions.map(({ sql }, index) => `when ${sql} then ${index + 1}`);
    const judge = (rows: string): string =>
      `update ${RAW} s set ${OUT} = case ${cases.join(' ')} else 0 end where ${rows}`;
    statements.push(
      inBatches({
        batch: judge,
        failed: [`insert into ${VERDICT} (n, rule) values (slipway_row, 'cast:exclude');`],
      }),
    );
  }
  if (onePer !== undefined) {
    statements.push(`
      update ${RAW} s set ${OUT} = ${exclusionReasons(dataset).length} from (
        select ${N}, row_number() over (partition by ${quoteColumns(onePer)} order by ${N}) as turn
        from ${RAW} where ${OUT} = 0
      ) t where t.${N} = s.${N} and t.turn > 1`);
  }
  return statements;
}

/** Maps the raw rows in scope. A row that cannot be mapped gets a verdict for every field that fails. */
export function mapRows(dataset: CompiledDataset): string {
  const names = quoteColumns(dataset.fields.map(({ name }) => name));
  const values = dataset.fields.map((field) => storedSql(field));
  const insert = (rows: string): string =>
    `insert into ${MAPPED_ROWS} (${N}, ${names}) select s.${N}, ${values.join(', ')} from ${RAW} s where ${rows} and s.${OUT} = 0 and ${isGood('s')}`;
  const fields = dataset.fields.map((field, index) =>
    caught(
      `select ${storedSql(field)} into slipway_v${index} from ${RAW} s where s.${N} = slipway_row`,
      `case when slipway_state like '23%' then 'check:' || slipway_constraint else ${ruleOf(field.name)} end`,
      quoteLiteral(field.name),
    ),
  );
  const rest = `if not exists (select from ${VERDICT} v where v.n = slipway_row) then insert into ${VERDICT} (n, rule) values (slipway_row, 'rejected:' || slipway_state); end if;`;
  return inBatches({
    batch: insert,
    failed: [...fields, rest],
    variables: dataset.fields.map(({ column }, index) => `slipway_v${index} ${column.type};`),
  });
}

/** The rule that a message names; those without a name of their own are of the field. */
function ruleOf(field: string): string {
  const rule = `substring(slipway_message from ${quoteLiteral(BROKEN_RULE)})`;
  return `case when ${rule} like '%:%' then ${rule} else coalesce(${rule}, 'cast') || ${quoteLiteral(`:${field}`)} end`;
}

/** Runs a statement for row `slipway_row`; when it fails, writes down which rule the row broke. */
function caught(statement: string, rule: string, field: string): string {
  return `
    begin
      ${statement};
    exception when ${ROW_ERRORS} then
      get stacked diagnostics slipway_message = message_text, slipway_state = returned_sqlstate, slipway_constraint = constraint_name;
      insert into ${VERDICT} (n, rule, field) values (slipway_row, ${rule}, ${field});
    end;`;
}

/**
 * A block that runs a statement over all raw rows, batch by batch.
 * @param parts.batch the statement for the rows for which a condition on `s` holds
 * @param parts.failed what to do with row `slipway_row` when it fails by itself
 */
function inBatches(parts: {
  batch(rows: string): string;
  failed: readonly string[];
  variables?: readonly string[];
}): string {
  // No text of a mapping can end the block.
  const tag = `$slipway_${randomBytes(8).toString('hex')}$`;
  const level = (depth: number, from: string, to: string): string => {
    const size = BATCHES[depth] ?? 1;
    const low = `slipway_n${depth}`;
    const high = `${low} + ${size}`;
    const retry =
      size === 1
        ? `slipway_row := ${low}; get stacked diagnostics slipway_state = returned_sqlstate; ${parts.failed.join('')}`
        : level(depth + 1, low, `${high} - 1`);
    return `
      for ${low} in select generate_series(${from}, ${to}, ${size}) loop
        begin
          ${parts.batch(`s.${N} >= ${low} and s.${N} < ${high}`)};
        exception when ${ROW_ERRORS} then ${retry}
        end;
      end loop;`;
  };
  const counters = BATCHES.map((_, depth) => `slipway_n${depth} bigint;`);
  return `do ${tag}
    #variable_conflict use_column
    declare
      slipway_row bigint; slipway_message text; slipway_state text; slipway_constraint text; ${counters.join(' ')}
      ${(parts.variables ?? []).join(' ')}
    begin
      ${level(0, '1', `(select max(${N}) from ${RAW})`)}
    end ${tag}`;
}
