import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseManifest, problemLine } from '../../../client/manifest-file.ts';
import { StepRunner } from '../../support/step-runner.ts';
import { textRow, workbookOf } from '../../support/workbook.ts';
import { makeScene, type Scene } from '../support/scene.ts';

const MANIFEST = `
slipway: 1
programme: justice
department: { id: moj, name: Ministry of Justice, headcount: 12 }
people: [{ id: someone, name: Some One, roles: [programme-lead, data-owner, finance-lead, sro, assurance, payroll-lead] }]
sources:
  exports:
    kind: files
    files:
      units:
        format: fixed-width
        paths: [units.txt]
        encoding: windows-1252
        columns:
          - { name: code, start: 1, length: 4 }
          - { name: name, start: 5, end: 24 }
      posts:
        format: excel
        paths: [posts.xlsx]
        sheet: Posts
        headerRow: 2
codeLists:
  grades: { values: { S: SEO, H: HEO } }
datasets:
  - id: units
    target: hr.unit
    source: exports
    from: units
    key: [code]
    fields: { unit_code: code, name: name }
  - id: posts
    target: hr.post
    source: exports
    from: posts
    key: [No]
    fields:
      post_code: No
      unit_code: Unit
      title: Title
      grade_code: { lookup: { of: Grade, list: grades } }
      fte: { decimal: { of: FTE, scale: 2 } }
      pay_floor: { money: Pay }
    totals: [fte, pay_floor]
parallelRun: { notApplicable: this test compares no pay }
cutover: { window: { from: 2026-10-17T08:00:00Z, to: 2026-10-18T08:00:00Z } }
baseline: { annualServiceCost: 1000 }
`;

let folder: string;
let scene: Scene;
let runner: StepRunner;

async function deliver(units: readonly string[], posts: readonly string[][]): Promise<void> {
  writeFileSync(join(folder, 'units.txt'), Buffer.from(`${units.join('\r\n')}\r\n`, 'latin1'));
  const rows = posts.map(
    ([no, unit, title, grade, fte, pay], index) =>
      `<row r="${index + 3}"><c t="inlineStr"><is><t>${no}</t></is></c><c t="inlineStr"><is><t>${unit}</t></is></c><c t="inlineStr"><is><t>${title}</t></is></c><c t="inlineStr"><is><t>${grade}</t></is></c><c><v>${fte}</v></c><c><f>1</f><v>${pay}</v></c></row>`,
  );
  const header = textRow(2, ['No', 'Unit', 'Title', 'Grade', 'FTE', 'Pay']);
  const sheets = [
    { name: 'Notes', state: 'hidden' as const, rows: [] },
    { name: 'Posts', rows: [textRow(1, ['Posts']), header, ...rows] },
  ];
  writeFileSync(join(folder, 'posts.xlsx'), await workbookOf({ sheets }));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-formats-'));
  scene = await makeScene('');
  const parsed = parseManifest(MANIFEST, 'm.yaml');
  if (parsed.manifest === undefined) throw new Error(parsed.problems.map(problemLine).join('; '));
  runner = new StepRunner({ manifest: parsed.manifest, folder, urls: scene.urls });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rows = (): Promise<object[]> =>
  scene.sql(
    'platform',
    `select p.post_code as no, u.name as unit, p.title, p.grade_code as grade, p.fte::text, p.pay_floor::text as pay
     from hr.post p join hr.unit u using (department, unit_code) order by post_code`,
  );

test('a workbook and a fixed-width file go all the way', async () => {
  await deliver(
    ['U1  Courts              ', 'U2  Zoë’s unit          '.replace('’', "'")],
    [
      ['P1', 'U1', 'Clerk', 'S', '0.30000000000000004', '20000.5'],
      ['P2', 'U2', 'Guard', 'H', '1', '30000'],
      ['P3', 'U2', 'Cook', '?', '1', '25000'],
    ],
  );
  await runner.runAll(
    'discovery/intake',
    'discovery/profile',
    'discovery/keys',
    'discovery/assess',
  );
  await runner.runAll('mapping/check', 'mapping/coverage', 'mapping/compile', 'mapping/simulate');
  await runner.runAll('migration/preflight', 'migration/prepare', 'migration/transfer');
  await runner.runAll('migration/reconcile');
  expect(runner.outputs.get('mapping/coverage')).toMatchObject({ source: 1 });
  expect(runner.outputs.get('migration/transfer/posts')).toMatchObject({
    loaded: 2,
    quarantined: 1,
  });
  expect(await rows()).toEqual([
    { no: 'P1', unit: 'Courts', title: 'Clerk', grade: 'SEO', fte: '0.30', pay: '20000.50' },
    { no: 'P2', unit: "Zoë's unit", title: 'Guard', grade: 'HEO', fte: '1.00', pay: '30000.00' },
  ]);
});

test('what they hold at cutover is brought over by the declared keys', async () => {
  await deliver(
    ['U3  New unit            ', 'U1  Courts & Tribunals  '],
    [
      ['P3', 'U3', 'Cook', 'S', '1', '25000'],
      ['P1', 'U1', 'Clerk', 'S', '0.5', '20000.5'],
    ],
  );
  const { output } = await runner.run('cutover/delta');
  expect(output).toMatchObject({ takenIn: 2, deleted: 2, resolved: 1, quarantined: 0 });
  await runner.runAll('cutover/reconcile');
  expect(await rows()).toEqual([
    {
      no: 'P1',
      unit: 'Courts & Tribunals',
      title: 'Clerk',
      grade: 'SEO',
      fte: '0.50',
      pay: '20000.50',
    },
    { no: 'P3', unit: 'New unit', title: 'Cook', grade: 'SEO', fte: '1.00', pay: '25000.00' },
  ]);
  const again = await runner.run('cutover/delta');
  expect(again.output).toMatchObject({
    takenIn: 0,
    inserted: 0,
    updated: 0,
    deleted: 0,
    resolved: 0,
  });
});
