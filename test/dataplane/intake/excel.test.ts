import { describe, expect, test } from 'vitest';
import type { ExcelFormat } from '../../../domain/source-shape.ts';
import { textRow, type WorkbookXml, workbookOf } from '../../support/workbook.ts';
import { intakeFolder } from '../support/intake-folder.ts';

const { staged, take, write } = intakeFolder();

async function takeWorkbook(workbook: WorkbookXml, format: Partial<ExcelFormat> = {}) {
  await write('a.xlsx', await workbookOf(workbook));
  return take(['a.xlsx'], { format: { format: 'excel', sheet: 1, headerRow: 1, ...format } });
}

const HEADER = textRow(1, ['id', 'value']);

test('cells of every type are text: shared, rich, computed, dates, truths, errors', async () => {
  const intake = await takeWorkbook({
    formats: ['dd/mm/yyyy', 'd mmm yyyy hh:mm', 'h:mm AM/PM', '0.00', '[h]:mm'],
    shared: [
      '<t>id</t>',
      '<t>value</t>',
      '<r><t>Zo</t></r><r><t xml:space="preserve">ë </t></r><rPh><t>no</t></rPh>',
    ],
    sheets: [
      {
        name: 'Staff',
        rows: [
          '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>',
          '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="s"><v>2</v></c></row>',
          '<row r="3"><c r="A3"><v>2</v></c><c r="B3"><f>A1+1</f><v>0.30000000000000004</v></c></row>',
          '<row r="4"><c r="A4"><v>3</v></c><c r="B4" s="1"><v>40633</v></c></row>',
          '<row r="5"><c r="A5"><v>4</v></c><c r="B5" s="2"><v>40633.5</v></c></row>',
          '<row r="6"><c r="A6"><v>5</v></c><c r="B6" s="3"><v>0.75</v></c></row>',
          '<row r="7"><c r="A7"><v>6</v></c><c r="B7" s="4"><v>1234.5</v></c></row>',
          '<row r="8"><c r="A8"><v>7</v></c><c r="B8" s="5"><v>1.5</v></c></row>',
          '<row r="9"><c r="A9"><v>8</v></c><c r="B9" t="b"><v>1</v></c></row>',
          '<row r="10"><c r="A10"><v>9</v></c><c r="B10" t="e"><v>#N/A</v></c></row>',
          '<row r="11"><c r="A11"><v>10</v></c><c r="B11" t="str"><f>""</f><v></v></c></row>',
          '<row r="12"><c r="A12"><v>11</v></c><c r="B12"><f>SUM(A1:A2)</f><v></v></c></row>',
          '<row r="13"><c r="A13"><v>12</v></c><c r="B13" t="inlineStr"><is><t>a_x000D_b &amp; c</t></is></c></row>',
          '<row r="14"><c r="A14"><v>13</v></c><c r="B14" t="d"><v>2011-03-31T00:00:00</v></c></row>',
          '<row r="15"><c r="A15"><v>14</v></c><c r="B15" s="6"><v>1</v></c></row>',
        ],
      },
    ],
  });
  expect((await staged('_line, value')).map(([line, value]) => [Number(line), value])).toEqual([
    [2, 'Zoë '],
    [3, '0.3'],
    [4, '2011-03-31'],
    [5, '2011-03-31 12:00:00'],
    [6, '18:00:00'],
    [7, '1234.5'],
    [8, '36:00:00'],
    [9, 'TRUE'],
    [10, '#N/A'],
    [11, ''],
    [12, null],
    [13, 'a\rb & c'],
    [14, '2011-03-31'],
    [15, '1900-01-01'],
  ]);
  expect(intake.findings.map(({ code, examples }) => [code, examples])).toEqual([
    ['file/error-cell', ['a.xlsx:10']],
    ['file/formula-without-value', ['a.xlsx:12']],
  ]);
  expect(intake.files).toMatchObject([{ name: 'a.xlsx', lines: 15, rows: 14 }]);
});

test('what is odd about a sheet is found: other sheets, hidden rows, merged cells, rows above, blank and ragged ones', async () => {
  const intake = await takeWorkbook(
    {
      sheets: [
        { name: 'Cover', rows: [textRow(1, ['x'])] },
        {
          name: 'Staff list',
          rows: [
            textRow(1, ['Staff as of March']),
            textRow(3, ['id', '', 'id']),
            textRow(4, ['1', 'a', 'b']),
            '<row r="7" hidden="1"><c t="n"><v>2</v></c><c r="E7"><v>9</v></c></row>',
            '<row r="9"><c r="A9" s="0"/></row>',
          ],
          after: '<mergeCells><mergeCell ref="A1:C1"/><mergeCell ref="A3:B3"/></mergeCells>',
        },
        { name: 'Old', state: 'veryHidden', rows: [] },
      ],
    },
    { sheet: 'Staff list', headerRow: 3 },
  );
  expect(intake.columns).toEqual(['id', 'column_2', 'id_2']);
  expect(await staged('_line, id, column_2, id_2, _extra')).toEqual([
    ['4', '1', 'a', 'b', null],
    ['7', '2', null, null, '\t9'],
  ]);
  expect(intake.findings.map(({ code, examples }) => [code, examples])).toEqual([
    ['file/empty-header', ['a.xlsx:3']],
    ['file/repeated-header', ['a.xlsx:3']],
    ['file/hidden-sheet', ['Old']],
    ['file/unread-sheet', ['Cover']],
    ['file/before-header', ['a.xlsx:1']],
    ['file/ragged-line', ['a.xlsx:7']],
    ['file/blank-line', ['a.xlsx:5', 'a.xlsx:6']],
    ['file/hidden-rows', ['a.xlsx:7']],
    ['file/merged-cells', ['a.xlsx:3']],
  ]);
});

test('workbooks that count from 1904, and those that prefix their elements, are read', async () => {
  const rows = [HEADER, '<row r="2"><c r="A2"><v>1</v></c><c r="B2" s="1"><v>0</v></c></row>'];
  await takeWorkbook({ prefix: 'x', date1904: true, sheets: [{ name: 'S', rows }] });
  expect(await staged('id, value')).toEqual([['1', '1904-01-01']]);
});

test('a sheet with a header only has no rows; one without anything is empty', async () => {
  expect((await takeWorkbook({ sheets: [{ name: 'S', rows: [HEADER] }] })).findings).toMatchObject([
    { code: 'file/no-rows', examples: ['a.xlsx:1'] },
  ]);
  await expect(takeWorkbook({ sheets: [{ name: 'S', rows: [] }] })).rejects.toMatchObject({
    code: 'intake/malformed',
  });
});

test('workbooks of the same columns are one table; the same workbook is not read again', async () => {
  const book = (id: string) =>
    workbookOf({ sheets: [{ name: 'S', rows: [HEADER, textRow(2, [id, 'v'])] }] });
  await write('a.xlsx', await book('1'));
  await write('b.xlsx', await book('2'));
  const format = { format: 'excel', sheet: 'S', headerRow: 1 } as const;
  expect(await take(['a.xlsx', 'b.xlsx'], { format })).toMatchObject({ rows: 2, changed: true });
  expect(await take(['a.xlsx', 'b.xlsx'], { format })).toMatchObject({ rows: 2, changed: false });
  expect(await staged('_file, _line, id')).toEqual([
    ['a.xlsx', '2', '1'],
    ['b.xlsx', '2', '2'],
  ]);
});

describe('what is no readable workbook is refused, saying what it is', () => {
  const format = { format: 'excel', sheet: 1, headerRow: 1 } as const;
  const good = () =>
    workbookOf({ sheets: [{ name: 'S', rows: [HEADER, textRow(2, ['1', 'x'])] }] });

  test.each([
    ['delimited text', async () => Buffer.from('id,name\n1,Ann\n'), /no Excel workbook/],
    ['an empty file', async () => Buffer.alloc(0), /no Excel workbook/],
    [
      'an old or encrypted workbook',
      async () => Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      /old workbook \(\.xls\), or one with a password/,
    ],
    ['half a workbook', async () => (await good()).subarray(0, 900), /its archive cannot be read/],
    [
      'a sheet that is not XML',
      () => workbookOf({ sheets: [{ name: 'S', rows: [HEADER, '<row r="2"><c>'] }] }),
      /line 2: a broken workbook/,
    ],
  ])('%s', async (_what, content, message) => {
    await write('a.xlsx', await content());
    await expect(take(['a.xlsx'], { format })).rejects.toMatchObject({
      code: 'intake/malformed',
      message: expect.stringMatching(message),
    });
  });

  test('a sheet that is not there, naming those that are', async () => {
    await expect(
      takeWorkbook(
        {
          sheets: [
            { name: 'Staff', rows: [HEADER] },
            { name: 'Old', state: 'hidden', rows: [] },
          ],
        },
        { sheet: 'Stafff' },
      ),
    ).rejects.toMatchObject({
      message: expect.stringContaining('the sheets are Staff, Old (hidden)'),
    });
  });

  test('a header row that is empty', async () => {
    await expect(
      takeWorkbook({ sheets: [{ name: 'S', rows: [textRow(3, ['1'])] }] }),
    ).rejects.toMatchObject({
      message: 'a.xlsx, line 1: a header was expected, found an empty row',
    });
  });
});
