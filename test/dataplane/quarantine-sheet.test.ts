import { beforeAll, describe, expect, it } from 'vitest';
import { checkCorrections } from '../../dataplane/check-corrections.ts';
import { exportQuarantine } from '../../dataplane/quarantine-sheet.ts';
import { type ReadSheet, readWorkbook } from '../../dataplane/sheet/read-workbook.ts';
import { columnName, writeWorkbook } from '../../dataplane/sheet/write-workbook.ts';
import { freeWork } from '../support/work.ts';
import { BAD_ROWS, GOOD_PEOPLE, LEGACY, PLATFORM, peopleManifest } from './support/people.ts';
import { LOAD, type LoadedScene, loadedScene } from './support/quarantine.ts';

const NASTY = `=HYPERLINK("http://x")`;

let scene: LoadedScene;
let sheet: ReadSheet;
beforeAll(async () => {
  scene = await loadedScene(
    `${LEGACY} ${GOOD_PEOPLE} ${BAD_ROWS}
     update person set name = e' @sum\\r\\n\\t"<&>_x0041_\\u0001' , note = 'zu lang \u{1F600}' where id = 12;
     update person set name = '${NASTY}', ni = '' where id = 1;`,
    PLATFORM,
    peopleManifest(),
  );
  [sheet = { name: '', rows: [] }] = (await readWorkbook(await exported())).filter(
    ({ name }) => name === 'people',
  );
});

async function exported(only?: string, rule?: string): Promise<Buffer> {
  const datasets = peopleManifest()
    .datasets.filter(({ id }) => only === undefined || id === only)
    .map((declared) => ({ declared, compiled: scene.dataset(declared.id) }));
  const request = { urls: scene.urls, department: 'moj', loadId: LOAD, datasets, rule };
  return (await exportQuarantine(request, freeWork())).file;
}

const check = (file: Buffer, dataset = 'people') =>
  checkCorrections(
    { urls: scene.urls, department: 'moj', loadId: LOAD, dataset: scene.dataset(dataset), file },
    freeWork(),
  );

/** The exported sheet with some cells changed: by source row and column, or `row,column` from 1. */
function edited(
  changes: Readonly<Record<string, Readonly<Record<string, string>>>>,
  more: readonly (readonly string[])[] = [],
): Promise<Buffer> {
  const [head, ...rest] = sheet.rows;
  const width = head?.cells.size ?? 0;
  const header = Array.from({ length: width }, (_, index) => head?.cells.get(index)?.text ?? '');
  const rows = rest.map(({ cells }) => {
    const change = changes[cells.get(1)?.text ?? ''] ?? {};
    return header.map((name, index) => ({ text: change[name] ?? cells.get(index)?.text ?? null }));
  });
  const added = more.map((row) => row.map((text) => ({ text })));
  return writeWorkbook([{ name: 'people', header, rows: [...rows, ...added] }]);
}

const idOf = (key: string): string =>
  sheet.rows.find(({ cells }) => cells.get(1)?.text === key)?.cells.get(0)?.text ?? '';

describe('an exported quarantine', () => {
  it('has a row for every open row, with what is wrong in words and the raw values as they are', () => {
    expect(sheet.rows).toHaveLength(14);
    const header = [...(sheet.rows[0]?.cells.values() ?? [])].map(({ text }) => text);
    expect(header.slice(0, 6)).toEqual([
      'Slipway row',
      'Source row',
      'What is wrong',
      'Column at fault',
      'id',
      'name',
    ]);
    const row = (key: string) =>
      sheet.rows.find(({ cells }) => cells.get(1)?.text === key)?.cells ?? new Map();
    expect(row('4').get(2)?.text).toBe('name is empty, and the platform needs it');
    expect(row('4').get(3)?.text).toBe('name');
    expect(row('1').get(2)?.text).toBe('the code is not in the list grades');
    expect(row('1').get(5)?.text).toBe(NASTY);
    expect(row('12').get(5)?.text).toBe(' @sum\r\n\t"<&>_x0041_\u0001');
    expect(row('12').get(12)?.text).toBe('zu lang 😀');
  });

  it('comes back unchanged without a correction', async () => {
    expect(await check(await exported())).toEqual({ rows: [], unchanged: 13 });
    expect(await check(await exported('people', 'unmapped:grades'))).toEqual({
      rows: [],
      unchanged: 2,
    });
  });

  it('has a name for every column', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(columnName)).toEqual([
      'A',
      'Z',
      'AA',
      'AZ',
      'BA',
      'ZZ',
      'AAA',
    ]);
  });
});

describe('an imported sheet', () => {
  it('gives the changed cells, and these are what a re-drive loads', async () => {
    const outcome = await check(
      await edited({ '3': { born: '28/02/1980' }, '4': { name: '=1+1' }, '6': { pay: '0.5' } }),
    );
    expect(outcome).toEqual({
      rows: [
        { id: idOf('3'), cells: { born: '28/02/1980' } },
        { id: idOf('4'), cells: { name: '=1+1' } },
        { id: idOf('6'), cells: { pay: '0.5' } },
      ],
      unchanged: 10,
    });
    const rows = 'rows' in outcome ? outcome.rows : [];
    expect(await scene.redriveRows('people', rows)).toMatchObject({ corrected: 3, loaded: 3 });
    expect(await scene.sql('platform', 'select name from app.person where number = 4')).toEqual([
      { name: '=1+1' },
    ]);
    expect(await scene.reconcile('people')).toMatchObject({ reconciled: true });
  });

  it('is refused with all that is wrong with it, by row and column', async () => {
    const file = await edited({ '8': { id: '800', pay: 'a lot' } }, [
      ['999999', 'x'],
      [idOf('13'), '13'],
      ['', 'somebody'],
      ['x1', ''],
    ]);
    const rowOf = (key: string): number =>
      sheet.rows.find(({ cells }) => cells.get(1)?.text === key)?.number ?? 0;
    expect(await check(file)).toEqual({
      problems: [
        {
          sheet: 'people',
          row: rowOf('3'),
          column: 'A',
          message: `row ${idOf('3')} is no longer open: it is resolved`,
        },
        {
          sheet: 'people',
          row: rowOf('4'),
          column: 'A',
          message: `row ${idOf('4')} is no longer open: it is resolved`,
        },
        {
          sheet: 'people',
          row: rowOf('6'),
          column: 'A',
          message: `row ${idOf('6')} is no longer open: it is resolved`,
        },
        {
          sheet: 'people',
          row: rowOf('8'),
          column: 'E',
          message: '"id" cannot be corrected: it is the key of the source row',
        },
        { sheet: 'people', row: rowOf('8'), column: 'J', message: '"pay" must be a number' },
        {
          sheet: 'people',
          row: 15,
          column: 'A',
          message: 'there is no row 999999 in the quarantine of people',
        },
        {
          sheet: 'people',
          row: 16,
          column: 'A',
          message: `row ${idOf('13')} is there already, in row ${rowOf('13')} of the sheet`,
        },
        { sheet: 'people', row: 17, column: 'A', message: 'the row has no number' },
        {
          sheet: 'people',
          row: 18,
          column: 'A',
          message: 'this is no row number of the export',
        },
      ],
      total: 9,
    });
  });

  it('may be the sheet saved as CSV, with some of its rows and columns', async () => {
    const csv = `\uFEFFSlipway row;Source row;What is wrong;Column at fault;note\r\n${idOf('8')};8;;;"a;b"\r\n`;
    expect(await check(Buffer.from(csv))).toEqual({
      rows: [{ id: idOf('8'), cells: { note: 'a;b' } }],
      unchanged: 0,
    });
  });

  it('is refused when it is something else', async () => {
    const refused = { code: 'quarantine/correction-invalid' };
    await expect(check(Buffer.from('PK no zip'))).rejects.toMatchObject(refused);
    await expect(check(Buffer.from('Slipway row\n"1\n'))).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('line 2 has a quote that is not closed'),
    });
    await expect(
      check(
        await writeWorkbook([
          { name: 'a', header: [], rows: [] },
          { name: 'b', header: [], rows: [] },
        ]),
      ),
    ).rejects.toMatchObject({
      ...refused,
      message: 'the workbook has no sheet people; it has a, b',
    });
    expect(await check(Buffer.from('name,pay\nx,1\n'))).toMatchObject({
      problems: [{ row: 1, column: 'A' }],
    });
    const unknown = `Slipway row,Source row,What is wrong,Column at fault,salary,note,note\n${idOf('8')},8,,,1,x,y\n`;
    expect(await check(Buffer.from(unknown))).toMatchObject({
      problems: [
        { row: 1, column: 'E', message: 'the source of people has no column "salary"' },
        { row: 1, column: 'G', message: 'the column "note" is there twice' },
      ],
    });
  });
});
