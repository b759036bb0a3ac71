import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { SlipwayError } from '../domain/errors.ts';
import { canonicalJson, type Json } from '../domain/json.ts';
import type { FileFormat } from '../domain/source-shape.ts';
import { inTransaction, withConnection } from './connections.ts';
import { sha256OfFile } from './intake/file-hash.ts';
import { ensureIntakeTable } from './intake/intake-record.ts';
import { openFile } from './intake/open-file.ts';
import type { RowSource } from './intake/row-source.ts';
import {
  checkSameColumns,
  type Intake,
  intakeOf,
  lockStaged,
  stage,
  type Staged,
} from './intake/stage.ts';
import type { SourceFile } from './intake/text-file.ts';
import { stagedTable } from './staged-table.ts';
import type { Work } from './work.ts';

export interface IntakeRequest {
  readonly stagingUrl: string;
  readonly department: string;
  readonly sourceId: string;
  readonly fileId: string;
  /** Files of the same columns, in order. */
  readonly files: readonly SourceFile[];
  readonly format: FileFormat;
  /** Columns that identify a row from one intake to the next. Default: all of them. */
  readonly key?: readonly string[] | undefined;
}

/**
 * Takes the files of one entry in, verbatim, as text with line numbers, into one staged table (see staged-table.ts).
 * No line is lost: each ends in a row or in a finding. A repeat with the same content does nothing, and reads the files
 * only for their hash; changed content replaces the table in one transaction, in which rows that were there before keep
 * their number. Reports lines.
 * @throws SlipwayError `intake/file-missing` naming every missing file; `intake/malformed` naming file and line of what is
 *   not as it was declared: encoding, delimiter, columns, sheet
 */
export async function takeIn(request: IntakeRequest, work: Work): Promise<Intake> {
  await checkPresent(request.files);
  const place = stagedTable(request.department, request.sourceId, request.fileId);
  const format = canonicalJson(request.format as unknown as Json);
  return withConnection(request.stagingUrl, 'staging', work.signal, async (client) => {
    await inTransaction(client, 'write', () => ensureIntakeTable(client, place.schema));
    return inTransaction(client, 'write', async () => {
      const before = await lockStaged(client, place);
      if (await isSame(request.files, format, before, work)) {
        return intakeOf(place, before.columns, before.records, false);
      }
      const table = `${place.schema}.${place.table}`;
      const sources: RowSource[] = [];
      for (const file of request.files) {
        sources.push(await openFile(file, request.format, table, work.signal));
      }
      checkSameColumns(sources);
      return stage({ client, before, sources, format, key: request.key }, work);
    });
  });
}

/** Is it known what these files hold? */
async function isSame(
  files: readonly SourceFile[],
  format: string,
  { columns, records }: Staged,
  { signal }: Work,
): Promise<boolean> {
  if (columns.length === 0 || records.length !== files.length) return false;
  for (const [index, file] of files.entries()) {
    const record = records[index];
    if (record?.name !== file.name || record.format !== format) return false;
    if (record.sha256 !== (await sha256OfFile(file.path, signal))) return false;
  }
  return true;
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
