import { z } from 'zod';

/** Ids of a manifest's parts. */
export const identifier = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,39}$/,
    'lower-case letters, digits and hyphens, starting with a letter, at most 40',
  );

/** Where a secret is: never in the manifest itself. A file's path is relative to the manifest. */
export const secret = z.union([
  z.strictObject({
    env: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the name of an environment variable, in capitals'),
  }),
  z.strictObject({ file: z.string().min(1) }),
]);

const connection = secret.describe(
  'An account that may only read: Slipway proves that it cannot write.',
);

const postgresSource = z.strictObject({
  kind: z.literal('postgres'),
  connection,
  freeze: secret
    .optional()
    .describe(
      'An account that may make the database read-only at cutover. Without it the source is proven quiet instead.',
    ),
});

const mariadbSource = z.strictObject({
  kind: z.literal('mariadb').describe('MariaDB or MySQL. Taken in verbatim, as text.'),
  connection: connection.describe(
    'URL mysql://user:password@host:port/ of an account that may only read: Slipway proves that it cannot write.',
  ),
  freeze: secret
    .optional()
    .describe(
      'An account that may make the whole server read-only at cutover. Without it the source is proven quiet instead.',
    ),
});

const paths = z
  .array(z.string().min(1))
  .min(1)
  .describe('Files of the same columns, relative to the manifest.');

const encoding = z.string().default('utf-8').describe('Such as utf-8, utf-16le or windows-1252.');

const csvEntry = z.strictObject({
  format: z.literal('csv').default('csv').describe('Delimited text with a header.'),
  paths,
  encoding,
  delimiter: z
    .string()
    .regex(/^[^"\r\n]$/, 'one character, no quote and no line end')
    .default(','),
});

const excelEntry = z.strictObject({
  format: z.literal('excel').describe('A sheet of an Excel workbook (.xlsx, .xlsm).'),
  paths,
  sheet: z
    .union([z.string().min(1), z.number().int().min(1).max(1000)])
    .default(1)
    .describe('Its name, or its place from 1.'),
  headerRow: z
    .number()
    .int()
    .min(1)
    .max(1_048_576)
    .default(1)
    .describe('Row of the column names, from 1.'),
});

const fixedColumn = z
  .strictObject({
    name: z.string().min(1).max(63),
    start: z.number().int().min(1).describe('Position of its first character (or byte), from 1.'),
    length: z.number().int().min(1).optional(),
    end: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe('Position of its last one. Instead of length.'),
  })
  .refine(({ length, end }) => (length === undefined) !== (end === undefined), {
    message: 'give either length or end',
  })
  .refine(({ start, end }) => end === undefined || end >= start, {
    message: 'end is before start',
    path: ['end'],
  });

const fixedWidthEntry = z
  .strictObject({
    format: z.literal('fixed-width').describe('Records whose columns are at fixed positions.'),
    paths,
    encoding,
    columns: z.array(fixedColumn).min(1).max(1500),
    trim: z.boolean().default(true).describe('Leave out the blanks around values.'),
    measure: z
      .enum(['characters', 'bytes'])
      .default('characters')
      .describe('What positions count. Differs only where letters take several bytes.'),
    recordLength: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe('Length of every record. Default: where the last column ends.'),
    lineEnds: z
      .boolean()
      .default(true)
      .describe('False for records that follow each other without line ends.'),
  })
  .superRefine(({ columns }, context) => {
    for (const [index, { name }] of columns.entries()) {
      if (columns.findIndex((each) => each.name === name) === index) continue;
      const message = `column ${name} is there twice`;
      context.addIssue({ code: 'custom', path: ['columns', index, 'name'], message });
    }
  });

const fileEntry = z.discriminatedUnion('format', [csvEntry, excelEntry, fixedWidthEntry]);

const filesSource = z.strictObject({
  kind: z.literal('files'),
  files: z.record(identifier, fileEntry),
});

/** Where a department's data come from. */
export const sourceSchema = z.discriminatedUnion('kind', [
  postgresSource,
  mariadbSource,
  filesSource,
]);

/** A file entry of a source of files. */
export type FileEntry = z.output<typeof fileEntry>;
type WithoutPaths<T> = T extends unknown ? Omit<T, 'paths'> : never;
/** How the files of an entry are written. */
export type FileFormat = WithoutPaths<FileEntry>;
/** Delimited text. */
export type CsvFormat = Extract<FileFormat, { format: 'csv' }>;
/** A sheet of a workbook. */
export type ExcelFormat = Extract<FileFormat, { format: 'excel' }>;
/** Records with columns at fixed positions. */
export type FixedWidthFormat = Extract<FileFormat, { format: 'fixed-width' }>;
