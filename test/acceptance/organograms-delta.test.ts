import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { manifestSchema } from '../../domain/manifest.ts';
import { makeScene, type Scene } from '../dataplane/support/scene.ts';
import { sharedData } from '../support/shared-data.ts';
import { StepRunner } from '../support/step-runner.ts';

const folder = sharedData('organograms');
const manifestFile = resolve(import.meta.dirname, '../../examples/ministry-of-justice.yaml');
const PREFIXES: Readonly<Record<string, string>> = {
  'Ministry of Justice': 'MOJ',
  'National Offender Management Service': 'NOMS',
  'Youth Justice Board': 'YJB',
};

/** A line as this test reads it by itself. */
interface Line {
  readonly organisation: string;
  readonly value: (column: string) => string;
}

function linesOf(day: string, kind: 'senior' | 'junior'): Line[] {
  const names = readdirSync(folder ?? '').filter((name) => name.endsWith(`${day}-${kind}.csv`));
  return names.toSorted().flatMap((name) => {
    const records: Record<string, string>[] = parse(readFileSync(join(folder ?? '', name)), {
      columns: (header: string[]) => header.map((each, i) => each || `column_${i + 1}`),
    });
    return records.map((record) => ({
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

describe.skipIf(folder === undefined)('the organograms from 31 March to 30 September 2011', () => {
  // The department delivers its files under the same names, half a year apart.
  const delivered = mkdtempSync(join(tmpdir(), 'slipway-organograms-'));
  const example = parseYaml(readFileSync(manifestFile, 'utf8')) as {
    sources: { organograms: { files: Record<string, { paths: string[] }> } };
  };
  for (const entry of Object.values(example.sources.organograms.files)) {
    entry.paths = entry.paths.map(
      (path) =>
        `in/${path
          .split('/')
          .at(-1)
          ?.replace(/-\d{4}-\d\d-\d\d/, '')}`,
    );
  }
  const manifest = manifestSchema.parse(example);
  const deliver = (day: string): void => {
    mkdirSync(join(delivered, 'in'), { recursive: true });
    for (const name of readdirSync(folder ?? '').filter((each) => each.includes(day))) {
      copyFileSync(join(folder ?? '', name), join(delivered, 'in', name.replace(`-${day}`, '')));
    }
  };

  const { codeLists } = manifest;
  const senior = folder === undefined ? [] : linesOf('2011-09-30', 'senior');
  const junior = folder === undefined ? [] : linesOf('2011-09-30', 'junior');
  const post = (line: Line, column: string): string => `${line.organisation}-${line.value(column)}`;
  /** What the platform can take: an FTE, and codes that somebody has mapped. */
  const isGood = (line: Line, grade: string, fte: string): boolean => {
    const profession = line.value('Professional/Occupational Group');
    return (
      hundredths(line.value(fte)) !== undefined &&
      Object.hasOwn(codeLists['grades']?.values ?? {}, line.value(grade)) &&
      (profession === '' || Object.hasOwn(codeLists['professions']?.values ?? {}, profession))
    );
  };
  // In September some lines of the prison service share a reference: the first of them is the post.
  const firsts = (lines: readonly Line[], reference: string): Line[] => [
    ...new Map(lines.toReversed().map((line) => [post(line, reference), line])).values(),
  ];
  /** Not disclosed, or pounds and pence: some lines of September have fractions of a penny. */
  const isMoney = (text: string): boolean =>
    /^(N\/[DA])?$/.test(text) || hundredths(text) !== undefined;
  const MONEY = ['Salary Cost of Reports (£)', 'Actual Pay Floor (£)', 'Actual Pay Ceiling (£)'];
  const goodSenior = firsts(
    senior.filter(
      (line) =>
        isGood(line, 'Grade (or equivalent)', 'FTE') &&
        MONEY.every((column) => isMoney(line.value(column))),
    ),
    'Post Unique Reference',
  );
  const goodJunior = firsts(
    junior.filter((line) => isGood(line, 'Grade', 'Number of Posts in FTE')),
    'source_line',
  );

  let scene: Scene;
  let runner: StepRunner;

  beforeAll(async () => {
    scene = await makeScene('');
    deliver('2011-03-31');
    runner = new StepRunner({ manifest, folder: delivered, urls: scene.urls });
    await runner.runAll(
      'discovery/intake',
      'discovery/profile',
      'mapping/check',
      'mapping/compile',
    );
    await runner.runAll('migration/preflight', 'migration/prepare', 'migration/transfer');
    await runner.runAll('migration/reconcile');
  });

  afterAll(() => rmSync(delivered, { recursive: true, force: true }));

  test('the delta brings every row to what the files of September hold', async () => {
    deliver('2011-09-30');
    const { output } = await runner.run('cutover/delta');
    expect(output).toMatchObject({ takenIn: 2 });
    expect(Number(output['inserted'])).toBeGreaterThan(0);
    expect(Number(output['updated'])).toBeGreaterThan(0);
    expect(Number(output['deleted'])).toBeGreaterThan(0);
    await runner.runAll('cutover/reconcile');
    for (const { id } of manifest.datasets) {
      expect(runner.outputs.get(`cutover/reconcile/${id}`)).toMatchObject({ reconciled: true });
    }
  }, 120_000);

  test('posts and full-time equivalents are those of the files, to the hundredth', async () => {
    const own = new Map<string, { posts: number; fte: number }>();
    const add = (lines: readonly Line[], column: string): void => {
      for (const line of lines) {
        const { posts, fte } = own.get(line.organisation) ?? { posts: 0, fte: 0 };
        const more = hundredths(line.value(column)) ?? Number.NaN;
        own.set(line.organisation, { posts: posts + 1, fte: fte + more });
      }
    };
    add(goodSenior, 'FTE');
    add(goodJunior, 'Number of Posts in FTE');
    const rows = await scene.sql<{ organisation: string; posts: number; fte: number }>(
      'platform',
      `select split_part(post_code, '-', 1) as organisation, count(*)::integer as posts, (sum(fte) * 100)::integer as fte
       from hr.post group by 1`,
    );
    expect(
      new Map(rows.map(({ organisation, posts, fte }) => [organisation, { posts, fte }])),
    ).toEqual(own);
  });

  test('each post and each unit is there, and no other', async () => {
    const codes = [
      ...goodSenior.map((line) => post(line, 'Post Unique Reference')),
      ...goodJunior.map((line) => post(line, 'source_line')),
    ];
    const posts = await scene.sql<{ code: string }>(
      'platform',
      'select post_code as code from hr.post',
    );
    expect(posts.map(({ code }) => code).toSorted()).toEqual(codes.toSorted());
    const units = new Set(
      [...senior, ...junior].map((line) => `${line.organisation}/${line.value('Unit')}`),
    );
    const there = await scene.sql<{ code: string }>(
      'platform',
      'select unit_code as code from hr.unit',
    );
    expect(there.map(({ code }) => code).toSorted()).toEqual(
      [...units, ...Object.values(PREFIXES)].toSorted(),
    );
  });

  test('every line is loaded, quarantined or excluded by the ledger of both loads together', async () => {
    const ledger = await scene.sql<
      Record<'dataset' | 'read' | 'loaded' | 'quarantined' | 'excluded', string>
    >(
      'platform',
      `select dataset, sum(rows_read)::text as read, sum(rows_loaded)::text as loaded,
         sum(rows_quarantined)::text as quarantined, sum(rows_excluded)::text as excluded from slipway.load_ledger group by dataset`,
    );
    for (const { dataset, read, loaded, quarantined, excluded } of ledger) {
      const from = manifest.datasets.find(({ id }) => id === dataset)?.from;
      expect(Number(read)).toBe(from === 'senior' ? senior.length : junior.length);
      expect(Number(loaded) + Number(quarantined) + Number(excluded)).toBe(Number(read));
    }
    expect(ledger).toHaveLength(manifest.datasets.length);
  });

  test('the same delta twice changes nothing, and reads no file', async () => {
    const { output } = await runner.run('cutover/delta');
    expect(output).toEqual({
      takenIn: 0,
      inserted: 0,
      updated: 0,
      deleted: 0,
      quarantined: 0,
      resolved: 0,
    });
  });

  test('files that come under new names are named when the delta is tried again', async () => {
    const names = readdirSync(join(delivered, 'in'));
    rmSync(join(delivered, 'in'), { recursive: true });
    await expect(runner.run('cutover/delta')).rejects.toMatchObject({
      code: 'intake/file-missing',
    });
    mkdirSync(join(delivered, 'late'));
    const paths = (kind: string): string[] =>
      names
        .filter((name) => name.includes(kind))
        .toSorted()
        .map((name) => `late/${name}`);
    for (const name of readdirSync(folder ?? '').filter((each) => each.includes('2011-09-30'))) {
      copyFileSync(
        join(folder ?? '', name),
        join(delivered, 'late', name.replace('-2011-09-30', '')),
      );
    }
    const files = { junior: { paths: paths('junior') }, senior: { paths: paths('senior') } };
    const { output } = await runner.run('cutover/delta', { files: { organograms: files } });
    expect(output).toMatchObject({ takenIn: 0, inserted: 0, updated: 0, deleted: 0 });
  });
});
