import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeIn } from '../../dataplane/intake.ts';
import { resultsState } from '../../dataplane/results.ts';
import { compareResults } from '../../dataplane/variance.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { Variance } from '../../domain/variance.ts';
import { freshDatabase } from '../support/database.ts';
import { sharedData } from '../support/shared-data.ts';
import { freeWork } from '../support/work.ts';

const folder = sharedData('payroll-golden');
const PERIODS = ['1', '2', '3'];
const TOLERANCE: Record<string, number> = { 'total/gross': 99, 'employer_contribution/8': 1 };
const ONE_PENNY = 'employer_contribution/8';

/** Pay of a period by `person|element`, in pence. */
type Pay = Map<string, number>;

/** A defect this test plants in the legacy result, and how it must be found. */
interface Planted {
  readonly key: string;
  readonly class: string;
  readonly difference: number;
  readonly over: boolean;
}

describe.skipIf(folder === undefined)(
  'payroll golden data as the platform, defects in the legacy result',
  () => {
    let work: string;
    let url: string;
    const golden = new Map<string, Pay>();
    const legacy = new Map<string, { pay: Pay; planted: Planted[]; split: string[] }>();

    beforeAll(async () => {
      work = await mkdtemp(join(tmpdir(), 'slipway-golden-'));
      url = await freshDatabase('golden');
      for (const period of PERIODS) {
        const pay = await readGolden(period);
        golden.set(period, pay);
        legacy.set(period, plantDefects(pay, random(Number(period))));
      }
      const lines = [...legacy].flatMap(([period, { pay, split }]) =>
        legacyLines(period, pay, split),
      );
      await writeFile(
        join(work, 'legacy.csv'),
        `Period,Staff No,Element,Amount\n${lines.join('\n')}\n`,
      );
      const format = { format: 'csv', encoding: 'utf-8', delimiter: ',' } as const;
      const place = { stagingUrl: url, department: 'gsa', format };
      const names = PERIODS.map((period) => `pay-period-${period}.csv`);
      await takeIn(
        {
          ...place,
          sourceId: 'platform-files',
          fileId: 'results',
          files: names.map((name) => ({ name, path: join(folder ?? '', name) })),
        },
        freeWork(),
      );
      await takeIn(
        {
          ...place,
          sourceId: 'legacy-files',
          fileId: 'pay',
          files: [{ name: 'legacy.csv', path: join(work, 'legacy.csv') }],
        },
        freeWork(),
      );
    });

    afterAll(() => rm(work, { recursive: true }));

    describe.each(PERIODS)('period %s', (period) => {
      test('both sides are complete, with the people and the totals that the files hold', async () => {
        const state = await resultsState(request(url, period), freeWork());
        for (const [side, pay] of [
          [state.platform, golden.get(period)],
          [state.legacy, legacy.get(period)?.pay],
        ] as const) {
          expect(side).toMatchObject({
            people: peopleOf(pay).size,
            totalPence: [...(pay ?? [])].reduce((sum, [, pence]) => sum + pence, 0),
            complete: true,
          });
        }
      });

      test('every planted defect is found as what it is, and none is invented', async () => {
        const found: Variance[] = [];
        const tolerances = { defaultPence: 0, elements: TOLERANCE };
        const comparison = await compareResults(
          { ...request(url, period), tolerances },
          freeWork(),
          {
            variances: async (batch) => {
              found.push(...batch);
            },
          },
        );
        const { pay = new Map(), planted = [], split = [] } = legacy.get(period) ?? {};
        const ours = golden.get(period) ?? new Map();
        const asPlanted = found.map(
          ({ person, element, class: kind, differencePence, overTolerance }) => ({
            key: `${person}|${element}`,
            class: kind,
            difference: differencePence,
            over: overTolerance,
          }),
        );
        const byKey = (a: Planted, b: Planted) => (a.key < b.key ? -1 : 1);
        expect(asPlanted.toSorted(byKey)).toEqual(planted.toSorted(byKey));
        const kinds = new Set(planted.map((each) => `${each.class} ${each.over}`));
        const wanted = [
          'different true',
          'extra true',
          'missing false',
          'missing true',
          'rounding false',
        ];
        expect([...kinds]).toEqual(expect.arrayContaining(wanted));
        const [left, right] = [peopleOf(pay), peopleOf(ours)];
        const both = [...left].filter((person) => right.has(person)).length;
        expect(comparison.people).toEqual({
          legacy: left.size,
          platform: right.size,
          both,
          missing: left.size - both,
          extra: right.size - both,
        });
        expect(comparison.coverage).toBe(both / (left.size + right.size - both));
        expect(comparison.coverage).toBeLessThan(1);
        expect(comparison.lines.compared).toBe(new Set([...pay.keys(), ...ours.keys()]).size);
        expect(comparison.classes.equal).toBe(comparison.lines.compared - planted.length);
        expect(comparison.overTolerance).toBe(planted.filter((each) => each.over).length);
        expect(comparison.findings).toMatchObject([
          {
            code: 'results/repeated',
            table: 'legacy results',
            count: split.length,
            examples: split.toSorted(),
          },
        ]);
        const net = comparison.totals.find((total) => total.element === 'total/net');
        expect(net).toMatchObject({
          platformPence: sumOf(ours, 'total/net'),
          legacyPence: sumOf(pay, 'total/net'),
        });
      });
    });
  },
);

function request(url: string, period: string) {
  const side = (source: string, from: string, columns: [string, string, string]) => ({
    source,
    from,
    period: { trim: columns[0] },
    person: { trim: columns[1] },
    amount: { money: { trim: columns[2] } },
  });
  const manifest = {
    department: { id: 'gsa' },
    sources: { 'platform-files': { kind: 'files' }, 'legacy-files': { kind: 'files' } },
    codeLists: {},
    parallelRun: {
      periods: PERIODS,
      legacy: {
        ...side('legacy-files', 'pay', ['Period', 'Staff No', 'Amount']),
        element: { trim: 'Element' },
      },
      platform: {
        ...side('platform-files', 'results', ['pay_period', 'employee_id', 'amount']),
        element: { concat: ['kind', { value: '/' }, 'code'] },
        // Leave balances are hours; one deduction of period 3 has no amount.
        where: {
          all: [
            { equals: ['unit', { value: 'USD' }] },
            { not: { equals: ['amount', { value: '' }] } },
          ],
        },
      },
    },
  } as unknown as Manifest;
  return { manifest, period, urls: { sources: {}, staging: url, target: url } };
}

async function readGolden(period: string): Promise<Pay> {
  const text = await readFile(join(folder ?? '', `pay-period-${period}.csv`), 'utf8');
  const records: Record<string, string>[] = parse(text, { columns: true });
  const money = records.filter((record) => record['unit'] === 'USD' && record['amount'] !== '');
  return new Map(
    money.map((record) => [
      `${record['employee_id']}|${record['kind']}/${record['code']}`,
      Math.round(Number(record['amount']) * 100),
    ]),
  );
}

/** Derives a legacy result from the platform's, with every kind of defect; the differences are platform less legacy. */
function plantDefects(platform: Pay, next: () => number) {
  const pay = new Map(platform);
  const planted: Planted[] = [];
  const untouched = [...platform.keys()];
  const people = [...peopleOf(platform)];
  const pick = <T>(from: T[]): T => {
    const [taken] = from.splice(Math.floor(next() * from.length), 1);
    if (taken === undefined) throw new Error('nothing left to pick');
    return taken;
  };
  const pickLine = (fits: (key: string, pence: number) => boolean): [string, number] => {
    const key = pick(untouched.filter((each) => fits(each, platform.get(each) ?? 0)));
    untouched.splice(untouched.indexOf(key), 1);
    return [key, platform.get(key) ?? 0];
  };
  const linesOf = (person: string): string[] =>
    untouched.filter((key) => key.startsWith(`${person}|`));
  const tolerance = (key: string): number => TOLERANCE[key.split('|')[1] ?? ''] ?? 0;
  const isExact = (key: string, pence: number): boolean => tolerance(key) === 0 && pence > 100;
  const change = (key: string, pence: number, kind: string): void => {
    const difference = (platform.get(key) ?? 0) - pence;
    planted.push({ key, class: kind, difference, over: Math.abs(difference) > tolerance(key) });
    pay.set(key, pence);
  };
  // Whole people on one side only.
  const absent = pick(people);
  for (const key of linesOf(absent)) {
    const pence = platform.get(key) ?? 0;
    planted.push({
      key,
      class: 'extra',
      difference: pence,
      over: Math.abs(pence) > tolerance(key),
    });
    pay.delete(key);
    untouched.splice(untouched.indexOf(key), 1);
  }
  const twin = pick(people);
  for (const key of linesOf(twin)) {
    const copy = key.replace(twin, '999999999');
    pay.set(copy, platform.get(key) ?? 0);
    planted.push({
      key: copy,
      class: 'missing',
      difference: 0 - (platform.get(key) ?? 0),
      over: Math.abs(platform.get(key) ?? 0) > tolerance(key),
    });
  }
  // Single lines.
  for (let count = 0; count < 3; count += 1) {
    const [lost, lostPence] = pickLine(isExact);
    planted.push({ key: lost, class: 'extra', difference: lostPence, over: true });
    pay.delete(lost);
    const [more] = pickLine(isExact);
    change(`${more}-MORE`, 1234 + count, 'missing');
    const [within, withinPence] = pickLine((key) => key.endsWith(ONE_PENNY));
    change(within, withinPence + (count % 2 === 0 ? 1 : -1), 'rounding');
    const [beyond, beyondPence] = pickLine((key) => key.endsWith(ONE_PENNY));
    change(beyond, beyondPence + 2, 'different');
    const [penny, pennyPence] = pickLine(isExact);
    change(penny, pennyPence - 1, 'different');
    const [large, largePence] = pickLine(isExact);
    change(large, largePence * 10, 'different');
    const [flipped, flippedPence] = pickLine(isExact);
    change(flipped, -flippedPence, 'different');
  }
  const [nothing] = pickLine(isExact);
  change(`${nothing}-ZERO`, 0, 'missing');
  // Two lines that add up to the one of the platform are no variance.
  const split = [pickLine(isExact)[0], pickLine(isExact)[0]];
  return { pay, planted, split };
}

function legacyLines(period: string, pay: Pay, split: readonly string[]): string[] {
  return [...pay].flatMap(([key, pence]) => {
    const [person, element] = key.split('|');
    const parts = split.includes(key) ? [pence - 37, 37] : [pence];
    return parts.map((part) => `${period}, ${person} ,${element},"${pounds(part)}"`);
  });
}

/** As a legacy system writes it: with a pound sign and thousands separators. */
function pounds(pence: number): string {
  const [whole = '0', rest = '00'] = (Math.abs(pence) / 100).toFixed(2).split('.');
  return `${pence < 0 ? '-' : ''}£${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}.${rest}`;
}

function peopleOf(pay: Pay | undefined): Set<string> {
  return new Set([...(pay?.keys() ?? [])].map((key) => key.split('|')[0] ?? ''));
}

function sumOf(pay: Pay, element: string): number {
  return [...pay].reduce(
    (sum, [key, pence]) => (key.endsWith(`|${element}`) ? sum + pence : sum),
    0,
  );
}

/** A small generator with a seed (mulberry32): the same defects in every run. */
function random(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
