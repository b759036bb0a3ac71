import type pg from 'pg';
import type { Finding } from '../../domain/findings.ts';
import { quoteIdentifier, quoteTable } from '../quote.ts';
import type { StagedTable } from '../staged-table.ts';

/** A file that was taken in. `lines` counts the lines of the file, `rows` the rows it gave. */
export interface TakenFile {
  readonly name: string;
  readonly sha256: string;
  readonly lines: number;
  readonly rows: number;
}

/** What the intake table remembers of a file: enough to know that it need not be read again. */
export interface IntakeRecord extends TakenFile {
  readonly encoding: string;
  readonly delimiter: string;
  readonly findings: readonly Finding[];
}

/** Beside the staged tables; their names start with a letter, so it can be none of them. */
const INTAKE_TABLE = '_intake';

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
       file text not null,
       sha256 text not null,
       encoding text not null,
       delimiter text not null,
       lines bigint not null,
       rows bigint not null,
       findings jsonb not null,
       taken_at timestamptz not null default now(),
       primary key (staged_table, position)
     )`,
  );
}

/** The files of a staged table in their order; empty when it was never taken in. */
export async function readIntake(client: pg.Client, staged: StagedTable): Promise<IntakeRecord[]> {
  const { rows } = await client.query<{
    file: string;
    sha256: string;
    encoding: string;
    delimiter: string;
    lines: string;
    rows: string;
    findings: Finding[];
  }>(
    `select file, sha256, encoding, delimiter, lines, rows, findings
     from ${quoteTable(staged.schema, INTAKE_TABLE)} where staged_table = $1 order by position`,
    [staged.table],
  );
  return rows.map(({ file, lines, rows: count, ...rest }) => ({
    name: file,
    lines: Number(lines),
    rows: Number(count),
    ...rest,
  }));
}

/** Replaces what is remembered of a staged table. */
export async function writeIntake(
  client: pg.Client,
  staged: StagedTable,
  records: readonly IntakeRecord[],
): Promise<void> {
  const intake = quoteTable(staged.schema, INTAKE_TABLE);
  await client.query(`delete from ${intake} where staged_table = $1`, [staged.table]);
  for (const [position, record] of records.entries()) {
    await client.query(
      `insert into ${intake} (staged_table, position, file, sha256, encoding, delimiter, lines, rows, findings)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        staged.table,
        position,
        record.name,
        record.sha256,
        record.encoding,
        record.delimiter,
        record.lines,
        record.rows,
        JSON.stringify(record.findings),
      ],
    );
  }
}
