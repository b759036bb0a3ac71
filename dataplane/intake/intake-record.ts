import type pg from 'pg';
import type { Finding } from '../../domain/findings.ts';
import { quoteIdentifier, quoteTable } from '../quote.ts';
import type { StagedTable } from '../staged-table.ts';

/** A file or table that was taken in. `lines` counts what it has, `rows` the rows it gave. */
export interface TakenFile {
  readonly name: string;
  readonly sha256: string;
  readonly lines: number;
  readonly rows: number;
}

/** What the intake table remembers of a file: enough to know that it need not be read again. */
export interface IntakeRecord extends TakenFile {
  /** How it was read, as canonical JSON. */
  readonly format: string;
  readonly findings: readonly Finding[];
}

/** Beside the staged tables; their names start with a letter, so it can be none of them. */
const INTAKE_TABLE = '_taken';

/** Makes a department's schema and its intake table where they are missing. Holds a lock to the transaction's end. */
export async function ensureIntakeTable(client: pg.Client, schema: string): Promise<void> {
  // Two sources of one department may be taken in at once; `if not exists` alone lets both try and one fail.
  await client.query("select pg_advisory_xact_lock(hashtextextended('slipway intake ' || $1, 0))", [
    schema,
  ]);
  await client.query(`create schema if not exists ${quoteIdentifier(schema)}`);
  await client.query(
    `create table if not exists ${quoteTable(schema, INTAKE_TABLE)} (
       staged_table text,
       position integer,
       name text not null,
       sha256 text not null,
       format text not null,
       lines bigint not null,
       rows bigint not null,
       findings jsonb not null,
       -- The highest row number ever given in this table: it is not given again.
       last_row bigint not null,
       taken_at timestamptz not null default now(),
       primary key (staged_table, position)
     )`,
  );
}

/** What was taken into a staged table, in its order; nothing when it never was. */
export async function readIntake(
  client: pg.Client,
  staged: StagedTable,
): Promise<{ readonly records: IntakeRecord[]; readonly lastRow: number }> {
  const { rows } = await client.query<{
    name: string;
    sha256: string;
    format: string;
    lines: string;
    rows: string;
    findings: Finding[];
    lastRow: string;
  }>(
    `select name, sha256, format, lines, rows, findings, last_row as "lastRow"
     from ${quoteTable(staged.schema, INTAKE_TABLE)} where staged_table = $1 order by position`,
    [staged.table],
  );
  const records = rows.map(({ name, sha256, format, lines, rows: count, findings }) => ({
    name,
    sha256,
    format,
    lines: Number(lines),
    rows: Number(count),
    findings,
  }));
  return { records, lastRow: Number(rows[0]?.lastRow ?? 0) };
}

/** Replaces what is remembered of a staged table. */
export async function writeIntake(
  client: pg.Client,
  staged: StagedTable,
  records: readonly IntakeRecord[],
  lastRow: number,
): Promise<void> {
  const intake = quoteTable(staged.schema, INTAKE_TABLE);
  await client.query(`delete from ${intake} where staged_table = $1`, [staged.table]);
  for (const [position, record] of records.entries()) {
    const { name, sha256, format, lines, rows, findings } = record;
    await client.query(
      `insert into ${intake} (staged_table, position, name, sha256, format, lines, rows, findings, last_row)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        staged.table,
        position,
        name,
        sha256,
        format,
        lines,
        rows,
        JSON.stringify(findings),
        lastRow,
      ],
    );
  }
}
