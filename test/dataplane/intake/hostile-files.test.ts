import fc from 'fast-check';
import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { intakeFolder } from '../support/intake-folder.ts';

const { staged, take, write } = intakeFolder();

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
