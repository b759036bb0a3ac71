import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { CsvParser, type CsvOddity, type CsvRecord } from '../../../dataplane/intake/csv-parser.ts';

/** Records and oddities of a text that comes in pieces of these lengths. */
function parsed(text: string, pieces: readonly number[] = [], maxCharacters?: number) {
  const odd: [CsvOddity, number][] = [];
  const parser = new CsvParser(',', (what, line) => odd.push([what, line]), maxCharacters);
  const records: CsvRecord[] = [];
  let at = 0;
  for (const length of pieces) {
    records.push(...parser.push(text.slice(at, at + length)));
    at += length;
  }
  records.push(...parser.push(text.slice(at)), ...parser.end());
  return { records, odd, lines: parser.line - 1, ends: parser.lineEnds.map(({ name }) => name) };
}

const fields = (text: string): (readonly string[])[] =>
  parsed(text).records.map((record) => record.fields);

/** Physical lines, as everybody counts them. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

describe('the parser of delimited text', () => {
  test.each([
    [
      'the last line without an end',
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'an empty last field',
      'a,\n1,',
      [
        ['a', ''],
        ['1', ''],
      ],
    ],
    ['quoted empty fields', '"",""\n', [['', '']]],
    ['doubled quotes', '"a""b",c\n', [['a"b', 'c']]],
    ['quotes inside of an unquoted field', '6" pipe,x\n', [['6" pipe', 'x']]],
    ['line ends of all kinds', 'a\rb\r\nc\nd', [['a'], ['b'], ['c'], ['d']]],
    ['delimiters and line ends in quotes', '"a,b\r\nc",d\n', [['a,b\r\nc', 'd']]],
  ])('reads %s', (_what, text, expected) => {
    expect(fields(text)).toEqual(expected);
  });

  test('a quote that is never closed costs its own line only', () => {
    const { records, odd, lines } = parsed('id,name\n1,"Ann\n2,Bob\n3,Cy\n');
    expect(records.map(({ line, fields: [...each] }) => [line, ...each])).toEqual([
      [1, 'id', 'name'],
      [2, '1', '"Ann'],
      [3, '2', 'Bob'],
      [4, '3', 'Cy'],
    ]);
    expect(odd).toEqual([['unclosed-quote', 2]]);
    expect(lines).toBe(4);
  });

  test('a quote that is not closed does not swallow the quoted fields of later lines', () => {
    const { records, odd } = parsed('1,"Ann,x\n2,"Bob, B",y\n');
    expect(records.map((record) => record.fields)).toEqual([
      ['1', '"Ann', 'x'],
      ['2', 'Bob, B', 'y'],
    ]);
    expect(odd).toEqual([['unclosed-quote', 1]]);
  });

  test('a quote inside of a quoted field that is not doubled is text, and said', () => {
    const { records, odd } = parsed('"the "old" one",b\n');
    expect(records[0]?.fields).toEqual(['the "old" one', 'b']);
    expect(odd).toEqual([['stray-quote', 1]]);
  });

  test('a line that is too long is left out and said; memory holds no more than the limit', () => {
    const { records, odd, lines } = parsed(`a,b\n${'x'.repeat(500)}\n1,2\n`, [100, 100, 100], 200);
    expect(records.map(({ line }) => line)).toEqual([1, 3]);
    expect(odd).toEqual([['long-line', 2]]);
    expect(lines).toBe(3);
  });

  test('a quoted field that is too long is taken for a quote that is not closed', () => {
    const body = Array.from({ length: 50 }, () => 'x'.repeat(20)).join('\n');
    const { odd, lines } = parsed(`a\n"${body}"\n`, [], 200);
    expect(odd[0]).toEqual(['unclosed-quote', 2]);
    expect(lines).toBe(51);
  });

  test('line ends are counted by kind', () => {
    expect(parsed('a\r\nb\nc\r\n').ends).toEqual(['LF', 'CR LF']);
  });

  const hostile = fc.string({
    unit: fc.constantFrom('a', 'é', '😀', ',', ',', '"', '"', '\n', '\r', '\r\n', ' '),
    maxLength: 60,
  });

  test('how the text is cut into pieces changes nothing', () => {
    fc.assert(
      fc.property(hostile, fc.array(fc.nat(7), { maxLength: 30 }), (text, pieces) => {
        expect(parsed(text, pieces)).toEqual(parsed(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('no line is lost: records begin on rising lines and hold every character but quotes and ends', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { records, lines } = parsed(text);
        expect(lines).toBe(linesOf(text).length);
        const starts = records.map(({ line }) => line);
        expect(starts).toEqual([...new Set(starts)].toSorted((a, b) => a - b));
        const bare = (one: string): string => one.replaceAll(/["\r\n,]/g, '');
        expect(bare(records.flatMap((record) => record.fields).join(''))).toBe(bare(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('well-formed text is read as csv-parse reads it', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '£', ',', '"', '\n', ' '), maxLength: 6 });
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1 });
    fc.assert(
      fc.property(table, (rows) => {
        const quoted = rows.map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`));
        const text = `${quoted.map((row) => row.join(',')).join('\n')}\n`;
        const { records, odd } = parsed(text);
        const expected: unknown = parse(text, { relax_column_count: true });
        expect(records.map((record) => record.fields)).toEqual(expected);
        expect(odd).toEqual([]);
      }),
    );
  });
});
