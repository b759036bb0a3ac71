import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { takeIn } from '../../dataplane/intake.ts';
import { intakeFolder } from './support/intake-folder.ts';

const { request, rows, staged, take, write } = intakeFolder();

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

async function tables(): Promise<unknown[]> {
  const found = await rows(
    "select relname from pg_class where relnamespace = 'moj'::regnamespace and relkind = 'r' order by 1",
  );
  return found.flat();
}

async function oid(): Promise<unknown> {
  return (await rows("select 'moj.legacy__staff'::regclass::oid")).flat()[0];
}
