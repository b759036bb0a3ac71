import { randomBytes } from 'node:crypto';
import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import { exclusionReasons } from '../mapping/source-rows.ts';
import { either, NEVER } from '../mapping/failing.ts';
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
        failed: `insert into ${VERDICT} (n, rule) values (slipway_row, 'cast:exclude');`,
      }),
    );
  }
  if (onePer !== undefined) {
    statements.push(`
      update ${RAW} s set ${OUT} = ${exclusionReasons(dataset).length} from (
        select ${N}, row_number() over (partition by ${quoteColumns(onePer)} order by ${N}) as turn
        from ${RAW} where ${OUT} = 0
      ) t where t.${N} = s.${N} and t.turn > 1 and ${isGood('s')}`);
  }
  return statements;
}

/** Marks raw rows in scope of which the mapping says beforehand that they fail, while the others are mapped. */
const FORETOLD = -1;

/**
 * Maps the raw rows in scope. A row that cannot be mapped gets a verdict for every field that fails. Rows that are
 * foretold to fail are tried by themselves, and of their fields only those that are foretold when all others turn out to
 * be fine together: a trial that fails costs as much as mapping twenty rows. A row is never judged by what is foretold of
 * it, only by what happens.
 */
export function mapRows(dataset: CompiledDataset): string {
  const { fields } = dataset;
  const names = quoteColumns(fields.map(({ name }) => name));
  const values = fields.map((field) => storedSql(field));
  const insert = (rows: string): string =>
    `insert into ${MAPPED_ROWS} (${N}, ${names}) select s.${N}, ${values.join(', ')} from ${RAW} s where ${rows}`;
  const foretold = fields.map(({ fails }) => (fails === NEVER ? 'false' : `(${fails}) is true`));
  const each = fields.map(
    (field, index) =>
      `if slipway_foretold[${index + 1}] = slipway_first then ${caught(
        `select ${storedSql(field)} into slipway_v${index} from ${RAW} s where s.${N} = slipway_row`,
        `case when slipway_state like '23%' then 'check:' || slipway_constraint else ${ruleOf(field.name)} end`,
        quoteLiteral(field.name),
      )} end if;`,
  );
  const rest = fields.map(
    (field, index) => `case when not slipway_foretold[${index + 1}] then ${storedSql(field)} end`,
  );
  const variables = fields.map((_, index) => `slipway_v${index}`);
  // `slipway_clean`: it is known that the fields which are not foretold can be mapped.
  const trial = `
    slipway_first := true;
    slipway_found := false;
    loop
      ${each.join('')}
      exit when slipway_clean or not slipway_first;
      begin
        select ${rest.join(', ')} into ${variables.join(', ')} from ${RAW} s where s.${N} = slipway_row;
        exit;
      exception when ${ROW_ERRORS} then slipway_first := false;
      end;
    end loop;`;
  const refused = `
    if not slipway_found then
      insert into ${VERDICT} (n, rule) values (slipway_row, 'rejected:' || slipway_refused);
    end if;`;
  const failed = `
    slipway_foretold := array_fill(true, array[${fields.length}]);
    begin
      select array[${foretold.join(', ')}] into slipway_foretold from ${RAW} s where s.${N} = slipway_row;
    exception when ${ROW_ERRORS} then null;
    end;
    slipway_clean := false;
    ${trial}
    ${refused}`;
  const mark = `
    begin
      update ${RAW} s set ${OUT} = ${FORETOLD} where s.${OUT} = 0 and ${isGood('s')} and (${either(fields)}) is true;
    exception when ${ROW_ERRORS} then null;
    end;`;
  const others = fields.map((field, index) =>
    field.fails === NEVER
      ? storedSql(field)
      : `case when not (${foretold[index]}) then ${storedSql(field)} end`,
  );
  const one = `
    begin
      insert into ${MAPPED_ROWS} (${N}, ${names}) select s.${N}, ${others.join(', ')} from ${RAW} s where s.${OUT} = ${FORETOLD};
      delete from ${MAPPED_ROWS} m using ${RAW} s where s.${OUT} = ${FORETOLD} and s.${N} = m.${N};
      slipway_clean := true;
    exception when ${ROW_ERRORS} then slipway_clean := false;
    end;
    for slipway_row, slipway_foretold in
      select s.${N}, array[${foretold.join(', ')}] from ${RAW} s where s.${OUT} = ${FORETOLD} order by s.${N}
    loop
      ${trial}
      if not slipway_found then
        begin
          ${insert(`s.${N} = slipway_row`)};
        exception when ${ROW_ERRORS} then
          get stacked diagnostics slipway_refused = returned_sqlstate;
          ${refused}
        end;
      end if;
    end loop;
    update ${RAW} s set ${OUT} = 0 where s.${OUT} = ${FORETOLD};`;
  return inBatches({
    ...(either(fields) === NEVER ? {} : { before: mark, after: one }),
    batch: (rows) => insert(`${rows} and s.${OUT} = 0 and ${isGood('s')}`),
    failed,
    variables: fields.map(({ column }, index) => `slipway_v${index} ${column.type};`),
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
      slipway_found := true;
    end;`;
}

/**
 * A block that runs a statement over all raw rows, batch by batch.
 * @param parts.batch the statement for the rows for which a condition on `s` holds
 * @param parts.failed what to do with row `slipway_row` when it fails by itself
 */
function inBatches(parts: {
  batch(rows: string): string;
  failed: string;
  variables?: readonly string[];
  /** Statements before and after all batches. */
  before?: string;
  after?: string;
}): string {
  // No text of a mapping can end the block.
  const tag = `$slipway_${randomBytes(8).toString('hex')}$`;
  const level = (depth: number, from: string, to: string): string => {
    const size = BATCHES[depth] ?? 1;
    const low = `slipway_n${depth}`;
    const high = `${low} + ${size}`;
    const retry =
      size === 1
        ? `slipway_row := ${low}; get stacked diagnostics slipway_refused = returned_sqlstate; ${parts.failed}`
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
      slipway_row bigint; slipway_message text; slipway_state text; slipway_constraint text; slipway_refused text;
      slipway_foretold boolean[]; slipway_first boolean; slipway_found boolean;
      slipway_clean boolean; ${counters.join(' ')}
      ${(parts.variables ?? []).join(' ')}
    begin
      ${parts.before ?? ''}
      ${level(0, '1', `(select max(${N}) from ${RAW})`)}
      ${parts.after ?? ''}
    end ${tag}`;
}
