import { Transform } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { countLineBreaks } from './line-breaks.ts';
import { malformed, type SourceFile } from './decoded-file.ts';

/** A record of a file and the line, from 1, on which it starts. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** A quote that is never closed would otherwise collect the rest of the file in memory. */
const MAX_RECORD_CHARACTERS = 4_000_000;

/**
 * Parses delimited text with the quoting rules of RFC 4180, leniently: any line end, any number of fields, stray
 * quotes are text. Fields come as they are, blanks included.
 * @param onRecord called with each record in order; what it returns goes down the stream
 */
export function csvRecords(
  delimiter: string,
  onRecord: (record: CsvRecord) => Buffer | undefined,
  flush: () => Buffer | undefined,
): { parser: ReturnType<typeof parse>; consumer: Transform; line(): number } {
  // csv-parse counts a \r\n inside quotes as two lines: the lines are counted here.
  let line = 1;
  const parser = parse(parserOptions(delimiter));
  const consumer = new Transform({
    writableObjectMode: true,
    transform(fields: string[], _encoding, done) {
      const record = { line, fields };
      line += 1;
      for (const field of fields) line += countLineBreaks(field);
      try {
        done(null, onRecord(record));
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      done(null, flush());
    },
  });
  return { parser, consumer, line: () => line };
}

/**
 * The fields of the first record; undefined when there is none. Reads no further than it has to.
 * @throws SlipwayError `intake/malformed`
 */
export async function firstRecord(
  file: SourceFile,
  delimiter: string,
  text: AsyncIterable<string>,
): Promise<readonly string[] | undefined> {
  const parser = parse(parserOptions(delimiter));
  let failure: unknown;
  parser.on('error', (error) => {
    failure = error;
  });
  for await (const chunk of text) {
    parser.write(chunk);
    const fields = parser.read() as string[] | null;
    if (fields !== null) return fields;
    if (failure !== undefined) throw translateCsvError(failure, file, 1);
  }
  parser.end();
  try {
    for await (const fields of parser as AsyncIterable<string[]>) return fields;
  } catch (error) {
    throw translateCsvError(error, file, 1);
  }
  return undefined;
}

function parserOptions(delimiter: string) {
  return {
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_RECORD_CHARACTERS,
  };
}

/** The parser's errors in the catalogue's words; `line` is where the record starts that could not be read. */
export function translateCsvError(error: unknown, file: SourceFile, line: number): unknown {
  if (!(error instanceof CsvError)) return error;
  if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE') {
    return malformed(file, line, 'a quote that is opened here is not closed', error);
  }
  return malformed(file, line, error.message, error);
}
