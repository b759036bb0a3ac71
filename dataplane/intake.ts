import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import type { Finding } from '../domain/findings.ts';
import { inTransaction, withConnection } from './connections.ts';
import type { SourceFile } from './intake/decoded-file.ts';
import {
  ensureIntakeTable,
  type IntakeRecord,
  readIntake,
  type TakenFile,
  writeIntake,
} from './intake/intake-record.ts';
import { loadFile, readFileHeader } from './intake/load-file.ts';
import { quoteIdentifier, quoteTable } from './quote.ts';
import { type StagedTable, stagedTable, TECHNICAL_COLUMNS } from './staged-table.ts';
import type { Work } from './work.ts';

export interface IntakeRequest {
  readonly stagingUrl: string;
  readonly department: string;
  readonly sourceId: string;
  readonly fileId: string;
  /** Files of the same columns, in order. */
  readonly files: readonly SourceFile[];
  /** A name that WHATWG or iconv-lite knows, such as `utf-8` or `windows-1252`. */
  readonly encoding: string;
  readonly delimiter: string;
}

/** A file entry as it lies in the staging database. */
export interface Intake {
  /** `schema.table`. */
  readonly table: string;
  readonly files: readonly TakenFile[];
  readonly rows: number;
  /** The files' columns, without the technical ones. */
  readonly columns: readonly string[];
  readonly findings: readonly Finding[];
  /** False when the files were there already, with the same content: nothing was done. */
  readonly changed: boolean;
}

/**
 * Takes the files of one entry in, verbatim, as text with line numbers, into one staged table (see staged-table.ts).
 * No line is lost: one with too few fields has nulls, one with too many keeps the rest in `_extra`, both are findings.
 * A repeat with the same content does nothing; changed content replaces the table in one transaction. Reports lines.
 * @throws SlipwayError `intake/file-missing` naming every missing file; `intake/malformed` naming file and line
 */
export async function takeIn(request: IntakeRequest, work: Work): Promise<Intake> {
  await checkPresent(request.files);
  const hashes: string[] = [];
  for (const file of request.files) hashes.push(await sha256Of(file, work.signal));
  const staged = stagedTable(request.department, request.sourceId, request.fileId);
  return withConnection(request.stagingUrl, 'staging', work.signal, async (client) => {
    await inTransaction(client, 'write', () => ensureIntakeTable(client, staged.schema));
    return inTransaction(client, 'write', async () => {
      // Two attempts at the same table go one after the other; the second finds it done.
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `slipway intake ${staged.schema}.${staged.table}`,
      ]);
      const known = await readIntake(client, staged);
      const columns = await columnsOf(client, staged);
      if (columns.length > 0 && isSame(request, hashes, known)) {
        return result(staged, columns, known, false);
      }
      return load(client, request, staged, work);
    });
  });
}

async function load(
  client: pg.Client,
  request: IntakeRequest,
  staged: StagedTable,
  work: Work,
): Promise<Intake> {
  const table = `${staged.schema}.${staged.table}`;
  const header = await readFileHeader(request, table, work.signal);
  const draft = quoteTable(staged.schema, draftName(staged.table));
  await client.query(
    `create table ${draft} (_row bigint, _file text, _line bigint, _extra text,
       ${header.columns.map((column) => `${quoteIdentifier(column)} text`).join(', ')})`,
  );
  const records: IntakeRecord[] = [];
  let rows = 0;
  for (const [position, file] of request.files.entries()) {
    const loaded = await loadFile(
      { client, draft, table, file, header, format: request, rowsBefore: rows },
      work,
    );
    rows += loaded.rows;
    const findings = position === 0 ? [...header.findings, ...loaded.findings] : loaded.findings;
    const { encoding, delimiter } = request;
    records.push({ ...loaded, findings, encoding, delimiter });
  }
  await client.query(`alter table ${draft} add primary key (_row)`);
  await client.query(`drop table if exists ${quoteTable(staged.schema, staged.table)}`);
  await client.query(`alter table ${draft} rename to ${quoteIdentifier(staged.table)}`);
  // The planner would otherwise guess until autovacuum comes by.
  await client.query(`analyze ${quoteTable(staged.schema, staged.table)}`);
  await writeIntake(client, staged, records);
  return result(staged, header.columns, records, true);
}

function result(
  staged: StagedTable,
  columns: readonly string[],
  records: readonly IntakeRecord[],
  changed: boolean,
): Intake {
  return {
    table: `${staged.schema}.${staged.table}`,
    files: records.map(({ name, sha256, lines, rows }) => ({ name, sha256, lines, rows })),
    rows: records.reduce((sum, record) => sum + record.rows, 0),
    columns,
    findings: records.flatMap((record) => record.findings),
    changed,
  };
}

function isSame(
  request: IntakeRequest,
  hashes: readonly string[],
  known: readonly IntakeRecord[],
): boolean {
  return (
    known.length === request.files.length &&
    known.every(
      (record, index) =>
        record.name === request.files[index]?.name &&
        record.sha256 === hashes[index] &&
        record.encoding === request.encoding &&
        record.delimiter === request.delimiter,
    )
  );
}

async function columnsOf(client: pg.Client, staged: StagedTable): Promise<string[]> {
  const { rows } = await client.query<{ attname: string }>(
    `select attname from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum`,
    [quoteTable(staged.schema, staged.table)],
  );
  return rows.map((row) => row.attname).filter((name) => !TECHNICAL_COLUMNS.includes(name));
}

async function checkPresent(files: readonly SourceFile[]): Promise<void> {
  const problems: string[] = [];
  for (const file of files) {
    try {
      await access(file.path, constants.R_OK);
      if (!(await stat(file.path)).isFile()) problems.push(`${file.name} is not a file`);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      problems.push(`${file.name} ${missing ? 'is not there' : 'cannot be read'} (${file.path})`);
    }
  }
  if (problems.length > 0) throw new SlipwayError('intake/file-missing', problems.join('; '));
  const names = new Set(files.map((file) => file.name));
  if (names.size < files.length) {
    throw new SlipwayError(
      'intake/malformed',
      'a file is listed twice: its lines could not be told apart',
    );
  }
}

async function sha256Of(file: SourceFile, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(
    createReadStream(file.path),
    async (bytes: AsyncIterable<Buffer>) => {
      for await (const chunk of bytes) hash.update(chunk);
    },
    { signal },
  );
  return hash.digest('hex');
}

/** Starts with `_` as no staged table does; one per staged table, because several are taken in at once. */
function draftName(table: string): string {
  return `_draft_${createHash('sha256').update(table).digest('hex').slice(0, 16)}`;
}
