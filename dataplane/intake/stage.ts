import { createHash } from 'node:crypto';
import type pg from 'pg';
import { SlipwayError } from '../../domain/errors.ts';
import type { Finding } from '../../domain/findings.ts';
import { quoteIdentifier, quoteTable } from '../quote.ts';
import { type StagedTable, TECHNICAL_COLUMNS } from '../staged-table.ts';
import type { Work } from '../work.ts';
import { copySource } from './copy-source.ts';
import { type IntakeRecord, readIntake, type TakenFile, writeIntake } from './intake-record.ts';
import { keepRowNumbers } from './keep-row-numbers.ts';
import type { RowSource } from './row-source.ts';

/** A file entry or a table of another database as it lies in the staging database. */
export interface Intake {
  /** `schema.table`. */
  readonly table: string;
  readonly files: readonly TakenFile[];
  readonly rows: number;
  /** The source's columns, without the technical ones. */
  readonly columns: readonly string[];
  readonly findings: readonly Finding[];
  /** False when it was there already, with the same content: nothing was done. */
  readonly changed: boolean;
}

/** What is staged already. */
export interface Staged {
  readonly place: StagedTable;
  /** None when it was never taken in. */
  readonly columns: readonly string[];
  readonly records: readonly IntakeRecord[];
  readonly lastRow: number;
}

export interface StageRequest {
  /** In a transaction. */
  readonly client: pg.Client;
  readonly before: Staged;
  /** Of the same columns, or empty. At least one is not. */
  readonly sources: readonly RowSource[];
  /** How they are read, as canonical JSON. */
  readonly format: string;
  /** The columns that identify a row from one intake to the next, where there are such. */
  readonly key?: readonly string[] | undefined;
  /** Run on the new table, under its own name, before it is seen. */
  readonly finish?: (table: string) => Promise<void>;
}

/**
 * Locks a staged table until the end of the transaction and says what is there. Two attempts at the same table go one
 * after the other; the second finds it done.
 */
export async function lockStaged(client: pg.Client, place: StagedTable): Promise<Staged> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `slipway intake ${place.schema}.${place.table}`,
  ]);
  const { records, lastRow } = await readIntake(client, place);
  const { rows } = await client.query<{ attname: string }>(
    `select attname from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum`,
    [quoteTable(place.schema, place.table)],
  );
  const columns = rows
    .map((row) => row.attname)
    .filter((name) => !TECHNICAL_COLUMNS.includes(name));
  return { place, columns, records, lastRow };
}

/**
 * Takes sources in, in their order, into one staged table that replaces the one before. When the rows are those that are
 * there already, nothing is replaced.
 * @throws SlipwayError `intake/malformed` naming file and line
 */
export async function stage(request: StageRequest, work: Work): Promise<Intake> {
  const { client, before, sources, format } = request;
  const { schema, table } = before.place;
  const first = sources.find((source) => source.columns.length > 0);
  const columns = first?.columns ?? [];
  const draft = quoteTable(schema, draftName(table));
  await client.query(
    `create table ${draft} (_row bigint, _file text, _line bigint, _extra text,
       ${columns.map((column) => `${quoteIdentifier(column)} text`).join(', ')})`,
  );
  const records: IntakeRecord[] = [];
  let rows = 0;
  for (const source of sources) {
    const to = { client, draft, table: `${schema}.${table}`, columns, rowsBefore: rows };
    const taken = await copySource(to, source, work);
    rows += taken.rows;
    const findings =
      source === first ? [...first.headerFindings, ...taken.findings] : taken.findings;
    records.push({ ...taken, findings, format });
  }
  if (isSameContent(records, before.records) && before.columns.length > 0) {
    await client.query(`drop table ${draft}`);
    return intakeOf(before.place, before.columns, before.records, false);
  }
  const there = before.columns.length > 0;
  const last = await keepRowNumbers(
    client,
    draft,
    there ? { table: quoteTable(schema, table), columns: before.columns } : undefined,
    columns,
    request.key,
    before.lastRow,
  );
  await client.query(`alter table ${draft} add primary key (_row)`);
  // With the foreign keys of other staged tables that refer to it: they are declared anew with their table.
  await client.query(`drop table if exists ${quoteTable(schema, table)} cascade`);
  await client.query(`alter table ${draft} rename to ${quoteIdentifier(table)}`);
  await request.finish?.(quoteTable(schema, table));
  // The planner would otherwise guess until autovacuum comes by.
  await client.query(`analyze ${quoteTable(schema, table)}`);
  await writeIntake(client, before.place, records, last);
  return intakeOf(before.place, columns, records, true);
}

/** What is staged, as the result of an intake. */
export function intakeOf(
  place: StagedTable,
  columns: readonly string[],
  records: readonly IntakeRecord[],
  changed: boolean,
): Intake {
  return {
    table: `${place.schema}.${place.table}`,
    files: records.map(({ name, sha256, lines, rows }) => ({ name, sha256, lines, rows })),
    rows: records.reduce((sum, record) => sum + record.rows, 0),
    columns,
    findings: records.flatMap((record) => record.findings),
    changed,
  };
}

/**
 * Sources of one table must have the columns of the first that has any.
 * @throws SlipwayError `intake/malformed` naming the column
 */
export function checkSameColumns(sources: readonly RowSource[]): void {
  const filled = sources.filter((source) => source.columns.length > 0);
  const [first] = filled;
  if (first === undefined) {
    const names = sources.map(({ name }) => name).join(', ');
    throw new SlipwayError(
      'intake/malformed',
      `${names}, line 1: a header was expected, the file is empty`,
    );
  }
  for (const { name, columns } of filled) {
    const length = Math.max(columns.length, first.columns.length);
    for (let index = 0; index < length; index += 1) {
      if (columns[index] === first.columns[index]) continue;
      const expected = first.columns[index] ?? 'no further column';
      const found = columns[index] ?? 'none';
      throw new SlipwayError(
        'intake/malformed',
        `${name}: column ${index + 1}: expected ${expected} as in the files before it, found ${found}`,
        { details: { file: name } },
      );
    }
  }
}

function isSameContent(one: readonly IntakeRecord[], other: readonly IntakeRecord[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ name, sha256, format }, index) => {
      const there = other[index];
      return there?.name === name && there.sha256 === sha256 && there.format === format;
    })
  );
}

/** Starts with `_` as no staged table does; one per staged table, because several are taken in at once. */
function draftName(table: string): string {
  return `_draft_${createHash('sha256').update(table).digest('hex').slice(0, 16)}`;
}
