import { type Finding, finding } from '../../domain/findings.ts';
import type { LineEnds } from './csv-parser.ts';
import type { TextFile } from './text-file.ts';

/** What is to be said of a text file as such: its encoding, its line ends, its emptiness. */
export function textFindings(
  text: TextFile,
  table: string,
  lineEnds: readonly LineEnds[],
  rows: number,
): Finding[] {
  const { name } = text.file;
  const findings: Finding[] = [];
  if (rows === 0) findings.push(noRows(table, name));
  if (text.looksLikeUtf8()) {
    const message = `${name} is valid UTF-8 but was read as ${text.encoding}: letters beyond ASCII may be wrong.`;
    findings.push(
      finding('file/doubtful-encoding', { table, count: 1, examples: [name], message }),
    );
  }
  const { badLines } = text;
  const bad = `${name}: ${badLines.count} ${badLines.count === 1 ? 'line has' : 'lines have'} bytes that are not ${text.encoding}; they came in as U+FFFD.`;
  findings.push(...badLines.finding('file/wrong-bytes', { table, name }, bad));
  if (lineEnds.length > 1) {
    const kinds = lineEnds.toSorted((a, b) => b.count - a.count);
    const counts = kinds.map((kind) => `${kind.name} (${kind.count})`).join(', ');
    const rare = kinds.slice(1);
    findings.push(
      finding('file/mixed-line-ends', {
        table,
        count: rare.reduce((sum, { count }) => sum + count, 0),
        examples: rare.map(({ first }) => `${name}:${first}`),
        message: `${name}: lines end in several ways: ${counts}.`,
      }),
    );
  }
  return findings;
}

/** A file that gives no rows: it has a header only, or nothing at all. */
export function noRows(table: string, name: string): Finding {
  const message = `${name} has no rows.`;
  return finding('file/no-rows', { table, count: 1, examples: [`${name}:1`], message });
}
