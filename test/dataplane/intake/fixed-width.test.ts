import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import type { FixedWidthFormat } from '../../../domain/source-shape.ts';
import { intakeFolder } from '../support/intake-folder.ts';

const { staged, take, write } = intakeFolder();

const COLUMNS = [
  { name: 'id', start: 1, length: 3 },
  { name: 'name', start: 4, end: 10 },
  { name: 'grade', start: 11, length: 2 },
];

function takeFixed(format: Partial<FixedWidthFormat> = {}) {
  return take(['a.txt'], {
    format: {
      format: 'fixed-width',
      encoding: 'utf-8',
      columns: COLUMNS,
      trim: true,
      measure: 'characters',
      lineEnds: true,
      ...format,
    },
  });
}

test('columns are cut at their positions and trimmed, whatever the line ends', async () => {
  await write('a.txt', '001Ann    A1\r\n002Zoë 😀  B2\n003Cy     \u00a0C\n');
  const intake = await takeFixed();
  expect(intake.columns).toEqual(['id', 'name', 'grade']);
  expect(await staged('_file, _line, id, name, grade, _extra')).toEqual([
    ['a.txt', '1', '001', 'Ann', 'A1', null],
    ['a.txt', '2', '002', 'Zoë 😀', 'B2', null],
    ['a.txt', '3', '003', 'Cy', 'C', null],
  ]);
  expect(intake.findings).toEqual([]);
});

test('without trimming values keep their blanks', async () => {
  await write('a.txt', '  1Ann    A1\n');
  await takeFixed({ trim: false });
  expect(await staged('id, name')).toEqual([['  1', 'Ann    ']]);
});

test('records that are short, long or blank are found; nothing of them is lost', async () => {
  await write('a.txt', '001Ann    A1\n002Bob\n\n003Cy     B2 more\n');
  const intake = await takeFixed({ recordLength: 12 });
  expect(await staged('_line, name, grade, _extra')).toEqual([
    ['1', 'Ann', 'A1', null],
    ['2', 'Bob', null, null],
    ['4', 'Cy', 'B2', ' more'],
  ]);
  expect(intake.findings.map(({ code, examples }) => [code, examples])).toEqual([
    ['file/ragged-line', ['a.txt:2', 'a.txt:4']],
    ['file/blank-line', ['a.txt:3']],
  ]);
  expect(intake.files[0]?.lines).toBe(4);
});

test('records without line ends follow each other; a cut one at the end is found', async () => {
  await write('a.txt', '001Ann    A1  002Zoë    B2  003Cy ');
  const intake = await takeFixed({ lineEnds: false, recordLength: 14 });
  expect(await staged('_line, id, name')).toEqual([
    ['1', '001', 'Ann'],
    ['2', '002', 'Zoë'],
    ['3', '003', 'Cy'],
  ]);
  expect(intake.findings).toMatchObject([{ code: 'file/ragged-line', examples: ['a.txt:3'] }]);
});

test('positions count bytes where the layout says so', async () => {
  await write('a.txt', Buffer.from('001Zoë   A1\n002Bob    B2\n'));
  const bytes = await takeFixed({ measure: 'bytes' });
  expect(await staged('name, grade')).toEqual([
    ['Zoë', 'A1'],
    ['Bob', 'B2'],
  ]);
  expect(bytes.findings).toEqual([]);
  await write('a.txt', iconv.encode('001Zoë    A1\n', 'windows-1252'));
  await takeFixed({ encoding: 'windows-1252' });
  expect(await staged('name, grade')).toEqual([['Zoë', 'A1']]);
});

test('bytes that are not of the encoding are found with their record', async () => {
  await write('a.txt', Buffer.from('001Zo\xEB    A1\n002Bob    B2\n', 'latin1'));
  const intake = await takeFixed({ measure: 'bytes' });
  expect(intake.findings).toMatchObject([{ code: 'file/wrong-bytes', examples: ['a.txt:1'] }]);
});

test('a line too long for a record is left out and found', async () => {
  await write('a.txt', `001Ann    A1\n${'x'.repeat(4_300_000)}\n003Cy     B2\n`);
  const intake = await takeFixed();
  expect(await staged('_line')).toEqual([['1'], ['3']]);
  expect(intake.findings).toMatchObject([{ code: 'file/long-line', examples: ['a.txt:2'] }]);
});

test('an empty file has no rows, and an encoding nobody knows is refused', async () => {
  await write('a.txt', '');
  expect((await takeFixed()).findings).toMatchObject([{ code: 'file/no-rows' }]);
  await expect(takeFixed({ encoding: 'klingon' })).rejects.toMatchObject({
    code: 'intake/malformed',
  });
});
