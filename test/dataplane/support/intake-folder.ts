import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type IntakeRequest, takeIn } from '../../../dataplane/intake.ts';
import type { Intake } from '../../../dataplane/intake/stage.ts';
import type { FileFormat } from '../../../domain/source-shape.ts';
import { freshDatabase, withClient } from '../../support/database.ts';
import { freeWork } from '../../support/work.ts';

/** How a test's files are taken in: delimited text, unless `format` says otherwise. */
export interface IntakeOptions {
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly format?: FileFormat;
  readonly key?: readonly string[];
}

/** A folder of files and a staging database for each test of a file; the files become table `moj.legacy__staff`. */
export interface IntakeFolder {
  readonly write: (name: string, content: string | Buffer) => Promise<void>;
  readonly request: (names: readonly string[], options?: IntakeOptions) => IntakeRequest;
  readonly take: (names: readonly string[], options?: IntakeOptions) => Promise<Intake>;
  /** Rows of a query, as lists. */
  readonly rows: (sql: string) => Promise<unknown[][]>;
  /** Columns of the staged table, in the order of its rows. */
  readonly staged: (columns: string) => Promise<unknown[][]>;
}

/** To be called once, at the top of a test file. */
export function intakeFolder(): IntakeFolder {
  let folder = '';
  let url = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-intake-'));
    url = await freshDatabase('intake');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const request = (names: readonly string[], options: IntakeOptions = {}): IntakeRequest => ({
    stagingUrl: url,
    department: 'moj',
    sourceId: 'legacy',
    fileId: 'staff',
    files: names.map((name) => ({ path: join(folder, name), name })),
    format: options.format ?? {
      format: 'csv',
      encoding: options.encoding ?? 'utf-8',
      delimiter: options.delimiter ?? ',',
    },
    key: options.key,
  });
  const rows = (sql: string): Promise<unknown[][]> =>
    withClient(url, async (client) => (await client.query({ text: sql, rowMode: 'array' })).rows);
  return {
    write: (name, content) => writeFile(join(folder, name), content),
    request,
    take: (names, options) => takeIn(request(names, options), freeWork()),
    rows,
    staged: (columns) => rows(`select ${columns} from moj.legacy__staff s order by _row`),
  };
}
