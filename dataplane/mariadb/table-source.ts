import { type Finding, finding } from '../../domain/findings.ts';
import { readHeader } from '../intake/header.ts';
import type { RowSource, SourceRow, SourceSummary } from '../intake/row-source.ts';
import { quoteMariadb, quoteMariadbTable, type TableFacts } from './catalogue.ts';
import type { MariadbConnection } from './connection.ts';
import { isFloat, textOf, textOfFloat } from './text-of-value.ts';

const BATCH_ROWS = 500;

/**
 * A table of MariaDB as rows of text, within the snapshot of the connection.
 * @param staged the staged table, for the findings
 * @throws SlipwayError `intake/malformed` when it has too many columns
 */
export function openTable(
  connection: MariadbConnection,
  facts: TableFacts,
  staged: string,
): RowSource {
  const name = `${facts.database}.${facts.table}`;
  const header = readHeader(
    { table: staged, file: { name, path: '' }, line: 1 },
    facts.columns.map((column) => column.name),
  );
  const findings: Finding[] = [];
  if (!facts.transactional && !facts.isView) {
    const message = `${name} is in an engine without transactions: rows that are written while it is read may be missed.`;
    findings.push(finding('table/changing', { table: staged, count: 1, examples: [], message }));
  }
  let rows = 0;
  return {
    name,
    columns: header.columns,
    headerFindings: header.findings,
    rows: async function* (): AsyncGenerator<readonly SourceRow[]> {
      let batch: SourceRow[] = [];
      for await (const values of textRows(connection, facts)) {
        rows += 1;
        batch.push({ line: rows, values });
        if (batch.length < BATCH_ROWS) continue;
        yield batch;
        batch = [];
      }
      yield batch;
    },
    summary: (): SourceSummary => ({ sha256: undefined, lines: rows, findings }),
  };
}

async function* textRows(
  connection: MariadbConnection,
  facts: TableFacts,
): AsyncGenerator<(string | null)[]> {
  const floats = facts.columns.map(({ dataType }) => isFloat(dataType));
  const columns = facts.columns.map((column, index) => {
    const quoted = quoteMariadb(column.name);
    return floats[index] === true ? `cast(${quoted} as double)` : quoted;
  });
  const result = connection.rows(`select ${columns.join(', ')} from ${quoteMariadbTable(facts)}`);
  let convert: ((value: Buffer) => string)[] | undefined;
  for await (const row of result) {
    convert ??= result.columns().map((column, index) => {
      const text = textOf(column);
      return floats[index] === true ? (value) => textOfFloat(text(value)) : text;
    });
    yield row.map((value, index) => (value === null ? null : (convert?.[index]?.(value) ?? null)));
  }
}
