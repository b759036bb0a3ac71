import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeIn } from '../../dataplane/intake.ts';
import type { Intake } from '../../dataplane/intake/stage.ts';
import { freshDatabase, withClient } from '../support/database.ts';
import { freeWork } from '../support/work.ts';

let folder: string;
let url: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-intake-'));
  url = await freshDatabase('intake');
});

afterEach(() => rm(folder, { recursive: true }));

test('every line comes in verbatim, as text, with its file and line', async () => {
  await write('a.csv', 'id,name\n1,  Ann \n2,\n');
  await write('b.csv', 'id,name\n3,"O""Neill, J"\n');
  const intake = await take(['a.csv', 'b.csv']);
  expect(intake).toMatchObject({ table: 'moj.legacy__staff', rows: 3, columns: ['id', 'name'] });
  expect(intake.findings).toEqual([]);
  expect(await staged('_row, _file, _line, id, name, _extra')).toEqual([
    ['1', 'a.csv', '2', '1', '  Ann ', null],
    ['2', 'a.csv', '3', '2', '', null],
    ['3', 'b.csv', '2', '3', 'O"Neill, J', null],
  ]);
});

test('a record keeps the line it starts on, whatever line ends are inside its quotes', async () => {
  await write('a.csv', 'id,note\r\n1,"two\r\nlines"\r\n2,"three\nmore\nlines"\r\n3,plain\n4,last');
  const intake = await take(['a.csv']);
  expect(await staged('_line, id')).toEqual([
    ['2', '1'],
    ['4', '2'],
    ['7', '3'],
    ['8', '4'],
  ]);
  expect(await staged('note')).toContainEqual(['two\r\nlines']);
  expect(intake.files).toMatchObject([{ name: 'a.csv', lines: 8, rows: 4 }]);
});

test('backslashes, tabs and what looks like a null survive the copy', async () => {
  await write('a.csv', 'id;note\n1;"a\tb\\N\\"\n2;\\N\n');
  await take(['a.csv'], { delimiter: ';' });
  expect(await staged('note')).toEqual([['a\tb\\N\\'], ['\\N']]);
});

test('lines with too few or too many fields are kept and found', async () => {
  await write('a.csv', 'id,name,grade\n1,Ann,A\n2,Bob\n3,Cy,B,extra,"more, still"\n');
  const intake = await take(['a.csv']);
  expect(await staged('id, name, grade, _extra')).toEqual([
    ['1', 'Ann', 'A', null],
    ['2', 'Bob', null, null],
    ['3', 'Cy', 'B', 'extra,more, still'],
  ]);
  expect(intake.findings).toMatchObject([
    { code: 'file/ragged-line', severity: 'major', count: 2, examples: ['a.csv:3', 'a.csv:4'] },
  ]);
});

test('blank lines make no rows and are found', async () => {
  await write('a.csv', 'id,name\n1,Ann\n\n2,Bob\n');
  const intake = await take(['a.csv']);
  expect(intake.rows).toBe(2);
  expect(intake.files[0]?.lines).toBe(4);
  expect(intake.findings).toMatchObject([
    { code: 'file/blank-line', count: 1, examples: ['a.csv:3'] },
  ]);
});

test('empty, repeated, reserved and overlong headers get names of their own and are found', async () => {
  const long = 'h'.repeat(70);
  await write('a.csv', ` id ,,name,name,_row,${long}\n1,2,3,4,5,6\n`);
  const intake = await take(['a.csv']);
  expect(intake.columns).toEqual(['id', 'column_2', 'name', 'name_2', '_row_2', 'h'.repeat(63)]);
  expect(intake.findings.map(({ code, column }) => [code, column])).toEqual([
    ['file/empty-header', 'column_2'],
    ['file/repeated-header', 'name_2'],
    ['file/repeated-header', '_row_2'],
    ['file/long-header', 'h'.repeat(63)],
  ]);
  expect(await staged('"_row_2"')).toEqual([['5']]);
});

test('a byte order mark is no part of the first header', async () => {
  await write('a.csv', '\uFEFFid,name\n1,Ann\n');
  expect((await take(['a.csv'])).columns).toEqual(['id', 'name']);
});

test('declared encodings are read, UTF-16 with its byte order mark too', async () => {
  await write('a.csv', iconv.encode('id,pay\n1,£5\n', 'windows-1252'));
  await take(['a.csv'], { encoding: 'windows-1252' });
  expect(await staged('pay')).toEqual([['£5']]);
  await write('a.csv', iconv.encode('id,pay\n1,€6\n', 'utf-16le', { addBOM: true }));
  await take(['a.csv'], { encoding: 'utf-16le' });
  expect(await staged('id, pay')).toEqual([['1', '€6']]);
});

test('a replacement character that the file really holds is kept', async () => {
  await write('a.csv', 'id,note\n1,its\uFFFDs\n');
  await take(['a.csv']);
  expect(await staged('note')).toEqual([['its\uFFFDs']]);
});

test('a byte that is not of the encoding is refused with its line', async () => {
  const filler = 'x'.repeat(200);
  const lines = Array.from({ length: 1000 }, (_, index) => `${index},${filler}`);
  lines[900] = '900,£';
  await write('a.csv', iconv.encode(`id,pay\n${lines.join('\n')}\n`, 'windows-1252'));
  await expect(take(['a.csv'])).rejects.toMatchObject({
    code: 'intake/malformed',
    message: expect.stringMatching(/^a\.csv, line 902: a byte that is not utf-8, as no letter/),
  });
  expect(await tables()).toEqual(['_taken']);
});

test('UTF-8 that was declared as something else is found', async () => {
  await write('a.csv', 'id,pay\n1,£5\n');
  const intake = await take(['a.csv'], { encoding: 'windows-1252' });
  expect(intake.findings).toMatchObject([{ code: 'file/doubtful-encoding', examples: ['a.csv'] }]);
});

test.each([
  [
    'another delimiter',
    'id;name\n1;Ann\n',
    'a.csv, line 1: one column was found; is the delimiter ";", not ","?',
  ],
  ['no content', '', 'a.csv, line 1: a header was expected, the file is empty'],
  ['blank lines only', '\n \n', 'a.csv, line 1: a header was expected, the file is empty'],
  [
    'the byte order mark of another encoding',
    Buffer.from('\uFEFFid,name\n', 'utf16le'),
    'a.csv, line 1: the file begins with the byte order mark of utf-16le, not utf-8',
  ],
  [
    'another encoding without a mark',
    Buffer.from('id,name\n1,Ann\n', 'utf16le'),
    'a.csv, line 1: zero bytes in the header: is the file UTF-16, or no text at all?',
  ],
])('a file with %s is refused', async (_what, content, message) => {
  await write('a.csv', content);
  await expect(take(['a.csv'])).rejects.toMatchObject({ code: 'intake/malformed', message });
});

test('an encoding nobody knows is refused', async () => {
  await write('a.csv', 'id,name\n');
  await expect(take(['a.csv'], { encoding: 'klingon' })).rejects.toMatchObject({
    code: 'intake/malformed',
  });
});

test('a file with other columns than the files before it is refused and nothing changes', async () => {
  await write('a.csv', 'id,name\n1,Ann\n');
  await take(['a.csv']);
  await write('b.csv', 'id,grade\n1,A\n');
  await expect(take(['a.csv', 'b.csv'])).rejects.toMatchObject({
    code: 'intake/malformed',
    message: 'b.csv: column 2: expected name as in the files before it, found grade',
  });
  expect(await staged('id, name')).toEqual([['1', 'Ann']]);
});

test('missing files are named all at once', async () => {
  await write('a.csv', 'id,name\n');
  await expect(take(['a.csv', 'b.csv', 'c.csv'])).rejects.toMatchObject({
    code: 'intake/file-missing',
    message: expect.stringMatching(/b\.csv is not there.*c\.csv is not there/),
  });
});

test('a file with a header only is found', async () => {
  await write('a.csv', 'id,name\n');
  const intake = await take(['a.csv']);
  expect(intake.rows).toBe(0);
  expect(intake.findings).toMatchObject([{ code: 'file/no-rows', examples: ['a.csv:1'] }]);
});

test('the same content is not taken in twice; changed content replaces the table', async () => {
  await write('a.csv', 'id,name\n1,Ann\n2\n');
  const first = await take(['a.csv']);
  const table = await oid();
  const again = await take(['a.csv']);
  expect(again).toEqual({ ...first, changed: false });
  expect(await oid()).toBe(table);
  await write('a.csv', 'id,name,grade\n1,Ann,A\n');
  expect(await take(['a.csv'])).toMatchObject({ changed: true, rows: 1, findings: [] });
  expect(await staged('id, grade')).toEqual([['1', 'A']]);
});

test('two attempts at the same time give one table', async () => {
  await write('a.csv', `id,name\n${Array.from({ length: 5000 }, (_, n) => `${n},x`).join('\n')}\n`);
  const [one, two] = await Promise.all([take(['a.csv']), take(['a.csv'])]);
  expect(one.changed).toBe(!two.changed);
  expect(await tables()).toEqual(['_taken', 'legacy__staff']);
});

test('intake that is stopped leaves what was there', async () => {
  await write('a.csv', 'id,name\n1,Ann\n');
  await take(['a.csv']);
  await write(
    'a.csv',
    `id,name\n${Array.from({ length: 50_000 }, (_, n) => `${n},x`).join('\n')}\n`,
  );
  const stop = new AbortController();
  const reason = new Error('stopped');
  const work = { signal: stop.signal, progress: () => stop.abort(reason) };
  await expect(takeIn(request(['a.csv'], {}), work)).rejects.toBe(reason);
  expect(await staged('id, name')).toEqual([['1', 'Ann']]);
});

test('a quote that is never closed costs one line, which is kept and found', async () => {
  await write('a.csv', 'id,name\n1,Ann\n2,"Bob\n3,Cy\n');
  const intake = await take(['a.csv']);
  expect(await staged('_line, id, name')).toEqual([
    ['2', '1', 'Ann'],
    ['3', '2', '"Bob'],
    ['4', '3', 'Cy'],
  ]);
  expect(intake.findings).toMatchObject([{ code: 'file/unclosed-quote', examples: ['a.csv:3'] }]);
});

test('zero bytes come in as replacement characters and are found', async () => {
  await write('a.csv', 'id,name\n1,A\0nn\n2,Bob\n');
  const intake = await take(['a.csv']);
  expect(await staged('name')).toEqual([['A\uFFFDnn'], ['Bob']]);
  expect(intake.findings).toMatchObject([{ code: 'file/zero-byte', examples: ['a.csv:2'] }]);
});

test('damaged bytes in a file that is of its encoding otherwise are found with their lines', async () => {
  const [good, bad] = [Buffer.from('id,name\n1,Zoë\n2,'), Buffer.from('Zo\xEB\n3,x\n', 'latin1')];
  await write('a.csv', Buffer.concat([good, bad]));
  const intake = await take(['a.csv']);
  expect(await staged('name')).toEqual([['Zoë'], ['Zo\uFFFD'], ['x']]);
  expect(intake.findings).toMatchObject([{ code: 'file/wrong-bytes', examples: ['a.csv:3'] }]);
  const undefined81 = Buffer.from('id,pay\n1,\xA35\n2,\x81\n', 'latin1');
  await write('a.csv', undefined81);
  const other = await take(['a.csv'], { encoding: 'windows-1252' });
  expect(other.findings).toMatchObject([{ code: 'file/wrong-bytes', examples: ['a.csv:3'] }]);
});

test('a character that is cut by the end of the file, or by a read, is none the worse', async () => {
  await write('a.csv', Buffer.concat([Buffer.from('id,name\n1,é\n2,'), Buffer.from([0xc3])]));
  expect((await take(['a.csv'])).findings).toMatchObject([
    { code: 'file/wrong-bytes', examples: ['a.csv:3'] },
  ]);
  const lines = Array.from({ length: 60_000 }, (_, n) => `${n},é😀€${'é'.repeat(n % 5)}`);
  await write('a.csv', `id,name\n${lines.join('\n')}\n`);
  expect(await take(['a.csv'])).toMatchObject({ rows: 60_000, findings: [] });
  for (const encoding of ['utf-16le', 'utf-16be'] as const) {
    await write('a.csv', iconv.encode(`id,name\n${lines.join('\n')}\n`, encoding));
    expect(await take(['a.csv'], { encoding })).toMatchObject({ rows: 60_000, findings: [] });
    expect((await staged('name'))[3]).toEqual(['é😀€ééé']);
  }
});

test('UTF-16 is read in the order of bytes that its mark says', async () => {
  await write('a.csv', iconv.encode('id,pay\n1,€6\n', 'utf-16be', { addBOM: true }));
  await take(['a.csv'], { encoding: 'utf-16' });
  expect(await staged('id, pay')).toEqual([['1', '€6']]);
});

test.each(['\t', ';', '|'])(
  'the delimiter %j is read, and quoted where it is text',
  async (delimiter) => {
    await write('a.csv', `id${delimiter}name\n1${delimiter}"a${delimiter}b"\n`);
    await take(['a.csv'], { delimiter });
    expect(await staged('name')).toEqual([[`a${delimiter}b`]]);
  },
);

test('a header that comes again, blank lines before it and mixed line ends are found', async () => {
  await write('a.csv', '\nid,name\r\n1,Ann\r\nid,name\r\n2,Bob\r3,Cy\n');
  const intake = await take(['a.csv']);
  expect(await staged('_line, id')).toEqual([
    ['3', '1'],
    ['5', '2'],
    ['6', '3'],
  ]);
  expect(intake.files[0]?.lines).toBe(6);
  expect(intake.findings.map(({ code, examples }) => [code, examples])).toEqual([
    ['file/blank-line', ['a.csv:1']],
    ['file/header-again', ['a.csv:4']],
    ['file/mixed-line-ends', ['a.csv:1', 'a.csv:5']],
  ]);
});

test('a line that is too long to be a record is left out and found', async () => {
  await write('a.csv', `id,name\n1,Ann\n2,${'x'.repeat(4_100_000)}\n3,Cy\n`);
  const intake = await take(['a.csv']);
  expect(await staged('_line, id')).toEqual([
    ['2', '1'],
    ['4', '3'],
  ]);
  expect(intake.findings).toMatchObject([{ code: 'file/long-line', examples: ['a.csv:3'] }]);
});

test('an empty file beside others is found', async () => {
  await write('a.csv', '');
  await write('b.csv', 'id,name\n1,Ann\n');
  const intake = await take(['a.csv', 'b.csv']);
  expect(intake).toMatchObject({ rows: 1, columns: ['id', 'name'] });
  expect(intake.findings).toMatchObject([{ code: 'file/no-rows', examples: ['a.csv:1'] }]);
});

test('whatever bytes a file holds, each line ends in a row or in a finding', async () => {
  const byte = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...Buffer.from('ab1,,"\n\r;')) },
    { weight: 1, arbitrary: fc.constantFrom(0, 0x80, 0xc3, 0xa9, 0xff, 0xfe, 0x5c, 0x09) },
  );
  const content = fc.array(byte, { maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(content, fc.constantFrom('utf-8', 'windows-1252'), async (bytes, encoding) => {
      await write(
        'a.csv',
        Buffer.concat([Buffer.from('id,é\n'.normalize(), 'utf8'), Buffer.from(bytes)]),
      );
      const intake = await take(['a.csv'], { encoding });
      const first = new Set((await staged('_line')).flat().map(Number));
      const told = new Set(
        intake.findings.flatMap(({ examples }) =>
          examples.map((each) => Number(each.split(':')[1])),
        ),
      );
      const { lines } = intake.files[0] ?? { lines: 0 };
      // A line within quotes belongs to the row that began before it.
      const quoted = (await staged('_line, row(s.*)::text')).flatMap(([line, text]) => {
        const breaks = String(text).match(/\r\n|\r|\n/g)?.length ?? 0;
        return Array.from({ length: breaks }, (_, n) => Number(line) + n + 1);
      });
      const here = new Set([1, ...first, ...told, ...quoted]);
      expect(Array.from({ length: lines }, (_, n) => n + 1).filter((n) => !here.has(n))).toEqual(
        [],
      );
    }),
    { numRuns: 60 },
  );
});

test('a row that is there again keeps its number, whatever file and line it has come to', async () => {
  await write('a.csv', 'id,name\n1,Ann\n2,Bob\n3,Cy\n');
  await take(['a.csv'], { key: ['id'] });
  await write('b.csv', 'id,name\n0,New\n3,Cyril\n1,Ann\n');
  await take(['b.csv'], { key: ['id'] });
  expect(await staged('_row, _file, _line, id, name')).toEqual([
    ['1', 'b.csv', '4', '1', 'Ann'],
    ['3', 'b.csv', '3', '3', 'Cyril'],
    ['4', 'b.csv', '2', '0', 'New'],
  ]);
  // A number is never given to another row, also when the row that had the highest one is gone.
  await write('b.csv', 'id,name\n1,Ann\n');
  await take(['b.csv'], { key: ['id'] });
  await write('b.csv', 'id,name\n1,Ann\n9,Last\n');
  await take(['b.csv'], { key: ['id'] });
  expect(await staged('_row, id')).toEqual([
    ['1', '1'],
    ['5', '9'],
  ]);
});

test('without a key a row is the same when all of it is, and rows alike are told apart by their order', async () => {
  await write('a.csv', 'id,name\n1,Ann\n2,Bob\n2,Bob\n');
  await take(['a.csv']);
  await write('a.csv', 'id,name\n2,Bob\n1,Anna\n2,Bob\n2,Bob\n');
  await take(['a.csv']);
  expect(await staged('_row, _line')).toEqual([
    ['2', '2'],
    ['3', '4'],
    ['4', '3'],
    ['5', '5'],
  ]);
});

async function write(name: string, content: string | Buffer): Promise<void> {
  await writeFile(join(folder, name), content);
}

interface Options {
  encoding?: string;
  delimiter?: string;
  key?: string[];
}

function request(names: string[], options: Options) {
  return {
    stagingUrl: url,
    department: 'moj',
    sourceId: 'legacy',
    fileId: 'staff',
    files: names.map((name) => ({ path: join(folder, name), name })),
    format: {
      format: 'csv' as const,
      encoding: options.encoding ?? 'utf-8',
      delimiter: options.delimiter ?? ',',
    },
    key: options.key,
  };
}

function take(names: string[], options: Options = {}): Promise<Intake> {
  return takeIn(request(names, options), freeWork());
}

async function rows(sql: string): Promise<unknown[][]> {
  return withClient(
    url,
    async (client) => (await client.query({ text: sql, rowMode: 'array' })).rows,
  );
}

function staged(columns: string): Promise<unknown[][]> {
  return rows(`select ${columns} from moj.legacy__staff s order by _row`);
}

async function tables(): Promise<unknown[]> {
  const found = await rows(
    "select relname from pg_class where relnamespace = 'moj'::regnamespace and relkind = 'r' order by 1",
  );
  return found.flat();
}

async function oid(): Promise<unknown> {
  return (await rows("select 'moj.legacy__staff'::regclass::oid")).flat()[0];
}
