import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { measureCoverage } from '../../dataplane/coverage.ts';
import { takeIn } from '../../dataplane/intake.ts';
import { type DatasetLoad, loadState } from '../../dataplane/ledger.ts';
import { checkMapping } from '../../dataplane/mapping/check.ts';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { prepareTarget } from '../../dataplane/prepare.ts';
import { type Reconciliation, reconcileDataset } from '../../dataplane/reconcile.ts';
import { type Simulation, simulateMapping } from '../../dataplane/simulate.ts';
import { manifestSchema } from '../../domain/manifest.ts';
import { loadManifest } from '../dataplane/support/load.ts';
import { makeScene, type Scene } from '../dataplane/support/scene.ts';
import { sharedData } from '../support/shared-data.ts';
import { freeWork } from '../support/work.ts';

const folder = sharedData('organograms');
const manifestFile = resolve(import.meta.dirname, '../../examples/ministry-of-justice.yaml');
const LOAD = 'load-1';
const PREFIXES: Readonly<Record<string, string>> = {
  'Ministry of Justice': 'MOJ',
  'National Offender Management Service': 'NOMS',
  'Youth Justice Board': 'YJB',
};

/** A line as this test reads it by itself. */
interface Line {
  /** `file:line`. */
  readonly place: string;
  readonly organisation: string;
  readonly value: (column: string) => string;
}

/** The lines of the senior or junior files of 31 March, in the order in which they are loaded. */
function linesOf(kind: 'senior' | 'junior'): Line[] {
  const names = readdirSync(folder ?? '').filter((name) => name.endsWith(`2011-03-31-${kind}.csv`));
  return names.toSorted().flatMap((name) => {
    const records: { record: Record<string, string>; info: { lines: number } }[] = parse(
      readFileSync(join(folder ?? '', name)),
      {
        columns: (header: string[]) => header.map((each, i) => each || `column_${i + 1}`),
        info: true,
      },
    );
    return records.map(({ record, info }) => ({
      place: `${name}:${info.lines}`,
      organisation: PREFIXES[record['Organisation'] ?? ''] ?? '?',
      value: (column: string) => (record[column] ?? '').trim(),
    }));
  });
}

/** Hundredths of a decimal text; undefined when it is none. */
function hundredths(text: string): number | undefined {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  return whole === undefined ? undefined : Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
}

const post = (line: Line, column: string): string => `${line.organisation}-${line.value(column)}`;
const unit = (line: Line): string => `${line.organisation}/${line.value('Unit')}`;
const places = (lines: readonly Line[]): string[] => lines.map(({ place }) => place).toSorted();

describe.skipIf(folder === undefined)('the organograms of 31 March 2011 on the platform', () => {
  const senior = folder === undefined ? [] : linesOf('senior');
  const junior = folder === undefined ? [] : linesOf('junior');
  // What a platform that wants an FTE for every post and a post at both ends of a line can take.
  const withFte = senior.filter((line) => hundredths(line.value('FTE')) !== undefined);
  const posts = new Set([
    ...withFte.map((line) => post(line, 'Post Unique Reference')),
    ...junior.map((line) => post(line, 'source_line')),
  ]);
  const seniorLines = senior.filter(
    (line) =>
      posts.has(post(line, 'Post Unique Reference')) &&
      posts.has(post(line, 'Reports to Senior Post')) &&
      line.value('Reports to Senior Post') !== line.value('Post Unique Reference'),
  );
  const juniorLines = junior.filter((line) => posts.has(post(line, 'Reporting Senior Post')));

  const manifest = manifestSchema.parse(parseYaml(readFileSync(manifestFile, 'utf8')));
  const { id: department } = manifest.department;
  let scene: Scene;
  let simulation: Simulation;
  let state: ReadonlyMap<string, DatasetLoad>;

  beforeAll(async () => {
    scene = await makeScene('');
    const source = manifest.sources['organograms'];
    if (source?.kind !== 'files') throw new Error('expected a file source');
    for (const [fileId, { paths, ...format }] of Object.entries(source.files)) {
      const files = paths.map((path) => ({
        name: path.split('/').at(-1) ?? '',
        path: resolve(manifestFile, '..', path),
      }));
      const place = { stagingUrl: scene.urls.staging, department, sourceId: 'organograms', fileId };
      await takeIn({ ...place, files, format }, freeWork());
    }
    const mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
    simulation = await simulateMapping({ mapping, urls: scene.urls }, freeWork());
    await prepareTarget({ manifest, urls: scene.urls, loadId: LOAD }, freeWork());
    await loadManifest(manifest, scene.urls, LOAD);
    const request = { urls: scene.urls, department, loadId: LOAD };
    state = new Map((await loadState(request, freeWork())).map((each) => [each.dataset, each]));
  });

  const reconcile = async (dataset: string): Promise<Reconciliation> => {
    const mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
    return reconcileDataset({ mapping, dataset, urls: scene.urls, loadId: LOAD }, freeWork());
  };

  test('the mapping fits, and accounts for every field', async () => {
    const { problems } = await checkMapping({ manifest, urls: scene.urls }, freeWork());
    expect(problems).toEqual([]);
    const coverage = await measureCoverage({ manifest, urls: scene.urls }, freeWork());
    expect([coverage.target.share, coverage.source.share]).toEqual([1, 1]);
  });

  test('every line of every dataset is loaded, quarantined or excluded', () => {
    for (const [dataset, load] of state) {
      const source = manifest.datasets.find(({ id }) => id === dataset)?.from;
      expect(load.read).toBe(source === 'senior' ? senior.length : junior.length);
      expect(load.loaded + load.quarantined + load.excluded).toBe(load.read);
    }
    expect(state.size).toBe(manifest.datasets.length);
  });

  test('what the simulation said is what was loaded', () => {
    for (const { dataset, loaded, quarantined, excludedBy, totals } of simulation.datasets) {
      expect(state.get(dataset)).toMatchObject({ loaded, quarantined, excludedBy, totals });
    }
  });

  test('units are those of the files, each once, under their organisation', async () => {
    const units = new Set([...senior, ...junior].map(unit));
    const rows = await scene.sql<{ unit_code: string; parent_unit_code: string | null }>(
      'platform',
      'select unit_code, parent_unit_code from hr.unit',
    );
    const tops = Object.values(PREFIXES);
    expect(rows.map((row) => row.unit_code).toSorted()).toEqual([...units, ...tops].toSorted());
    for (const { unit_code, parent_unit_code } of rows) {
      expect(parent_unit_code).toBe(tops.includes(unit_code) ? null : unit_code.split('/')[0]);
    }
  });

  test('posts are those of the files, but for the senior ones without an FTE', async () => {
    const rows = await scene.sql<{ post_code: string }>(
      'platform',
      'select post_code from hr.post',
    );
    expect(rows.map((row) => row.post_code).toSorted()).toEqual([...posts].toSorted());
    expect(rows).toHaveLength(withFte.length + junior.length);
  });

  test('full-time equivalents are equal to the hundredth, in each organisation', async () => {
    const own = new Map<string, number>();
    for (const [lines, column] of [
      [withFte, 'FTE'],
      [junior, 'Number of Posts in FTE'],
    ] as const) {
      for (const line of lines) {
        const fte = hundredths(line.value(column));
        own.set(line.organisation, (own.get(line.organisation) ?? 0) + (fte ?? Number.NaN));
      }
    }
    const rows = await scene.sql<{ organisation: string; fte: number }>(
      'platform',
      `select split_part(post_code, '-', 1) as organisation, (sum(fte) * 100)::integer as fte from hr.post group by 1`,
    );
    expect(new Map(rows.map((row) => [row.organisation, row.fte]))).toEqual(own);
    expect([...own.values()].reduce((sum, each) => sum + each, 0)).toBe(9_045_919);
  });

  test('what is not disclosed is no pay, and the rest is equal to the penny', async () => {
    const sumOf = (column: string): number =>
      withFte.reduce((sum, line) => sum + (hundredths(line.value(column)) ?? 0), 0);
    const [sums] = await scene.sql(
      'platform',
      `select sum(pay_floor * 100)::float as floor, sum(pay_ceiling * 100)::float as ceiling, sum(salary_cost * 100)::float as cost,
         count(*) filter (where pay_floor is null)::integer as undisclosed
       from hr.post where salary_cost is not null or post_code not like '%juniorPosts%'`,
    );
    expect(sums).toEqual({
      floor: sumOf('Actual Pay Floor (£)'),
      ceiling: sumOf('Actual Pay Ceiling (£)'),
      cost: sumOf('Salary Cost of Reports (£)'),
      undisclosed: withFte.filter((line) => /^(N\/[DA])?$/.test(line.value('Actual Pay Floor (£)')))
        .length,
    });
  });

  test('what cannot be loaded is in quarantine, by file and line', async () => {
    const rows = await scene.sql<{ dataset: string; source_key: string; rule: string }>(
      'platform',
      'select dataset, source_key, rule from slipway.quarantine',
    );
    const keptOf = (dataset: string): string[] =>
      rows
        .filter((row) => row.dataset === dataset)
        .map((row) => row.source_key)
        .toSorted();
    const without = (all: readonly Line[], good: readonly Line[]): string[] =>
      places(all.filter((line) => !good.includes(line)));
    expect(keptOf('senior-posts')).toEqual(without(senior, withFte));
    expect(keptOf('senior-reporting-lines')).toEqual(without(senior, seniorLines));
    expect(keptOf('reporting-lines')).toEqual(without(junior, juniorLines));
    expect(rows).toHaveLength(9 + 14 + 18);
    expect(new Set(rows.map((row) => row.rule))).toEqual(
      new Set([
        'not-null:fte',
        'foreign-key:reporting_line_post_fk',
        'foreign-key:reporting_line_reports_to_fk',
      ]),
    );
  });

  test('both sides are proven to hold the same', async () => {
    for (const dataset of ['organisations', 'senior-posts', 'senior-reporting-lines']) {
      const result = await reconcile(dataset);
      expect(result).toMatchObject({ reconciled: true, differences: [], notCompared: [] });
    }
  });

  test('a row that is changed on the platform is named with its column', async () => {
    await scene.sql(
      'platform',
      "update hr.post set fte = fte + 0.01 where post_code = 'NOMS-juniorPosts100'",
    );
    const result = await reconcile('posts');
    const place = junior.find((line) => post(line, 'source_line') === 'NOMS-juniorPosts100')?.place;
    expect(result.reconciled).toBe(false);
    expect(result.differences).toMatchObject([
      {
        kind: 'different',
        key: 'NOMS-juniorPosts100',
        dataset: 'posts',
        sourceKey: place,
        columns: ['fte'],
      },
    ]);
    expect(result.totals.find(({ column }) => column === 'fte')?.equal).toBe(false);
  });
});
