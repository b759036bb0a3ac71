import { beforeEach, expect, test } from 'vitest';
import { measureBaseline } from '../../dataplane/baseline.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { freshDatabase, withClient } from '../support/database.ts';
import { freeWork } from '../support/work.ts';

let url: string;

beforeEach(async () => {
  url = await freshDatabase('baseline');
  await withClient(url, (client) =>
    client.query(`
      create table person (no text, left_on text);
      insert into person values ('1', null), ('2', null), ('3', '2020-01-01'), ('2', null);
      create table post (code text, fte text);
      insert into post values ('A', '1'), ('B', ' 0.83 '), ('C', ''), ('D', 'N/D'), ('E', null), ('F', '12.5');
      create table unit (code text);`),
  );
});

test('people are the rows in scope of the people dataset, each person once where the mapping says so', async () => {
  const people = {
    id: 'people',
    target: 'hr.person',
    from: 'public.person',
    fields: { person_number: 'no' },
  };
  expect((await measure([people])).headcount).toEqual({
    declared: 3,
    found: 4,
    how: 'rows in scope of the datasets that load hr.person',
  });
  const exclude = [{ when: { not: { isNull: 'left_on' } }, reason: 'left before' }];
  expect((await measure([{ ...people, exclude }])).headcount.found).toBe(3);
  expect((await measure([{ ...people, exclude, onePer: ['no'] }])).headcount.found).toBe(2);
});

test('without people the full-time equivalents of posts are summed to the hundredth, and what has none is said', async () => {
  const fields = { fte: { decimal: { of: { trim: 'fte' }, scale: 2 } } };
  const { headcount } = await measure([
    { id: 'posts', target: 'hr.post', from: 'public.post', fields },
  ]);
  expect(headcount).toEqual({
    declared: 3,
    found: 14.33,
    how: 'full-time equivalents of posts; 3 posts have none',
  });
});

test('where nothing holds people nothing is claimed', async () => {
  const { headcount } = await measure([
    { id: 'units', target: 'hr.unit', from: 'public.unit', fields: { unit_code: 'code' } },
  ]);
  expect(headcount).toMatchObject({ found: null, how: expect.stringContaining('not measured') });
});

test('rows are counted per dataset and held against what was declared', async () => {
  const baseline = await measure(
    [
      { id: 'people', target: 'hr.person', from: 'public.person', fields: { person_number: 'no' } },
      { id: 'units', target: 'hr.unit', from: 'public.unit', fields: { unit_code: 'code' } },
    ],
    { people: { rows: 4, totals: {} }, units: { rows: 1, totals: {} } },
  );
  expect(baseline).toMatchObject({
    rows: { people: 4, units: 0 },
    controlTotals: [
      { dataset: 'people', declaredRows: 4, foundRows: 4, agrees: true },
      { dataset: 'units', declaredRows: 1, foundRows: 0, agrees: false },
    ],
    annualServiceCost: 1000,
    kpis: { 'cost-per-payslip': 4.85 },
  });
});

test('a condition that names no column is refused', async () => {
  const exclude = [{ when: { isNull: 'gone' }, reason: 'left before' }];
  const people = { id: 'people', target: 'hr.person', from: 'public.person', fields: {}, exclude };
  await expect(measure([people])).rejects.toMatchObject({
    code: 'mapping/invalid',
    message: expect.stringContaining('datasets.people.exclude.0.when'),
  });
});

function measure(datasets: object[], controlTotals: object = {}) {
  const manifest = {
    department: { id: 'd', headcount: 3 },
    sources: { hr: { kind: 'postgres' } },
    codeLists: {},
    datasets: datasets.map((dataset) => ({ exclude: [], source: 'hr', key: ['no'], ...dataset })),
    baseline: { annualServiceCost: 1000, kpis: { 'cost-per-payslip': 4.85 }, controlTotals },
  } as unknown as Manifest;
  return measureBaseline(manifest, { sources: { hr: url }, staging: url, target: url }, freeWork());
}
