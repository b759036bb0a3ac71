import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { compareResults } from '../../dataplane/variance.ts';
import type { Neighbours, Variance } from '../../domain/variance.ts';
import { freshDatabase, withClient } from '../support/database.ts';
import { createReadOnlyRole } from '../support/read-only-role.ts';
import { freeWork } from '../support/work.ts';
import { sampleManifest } from '../workflows/sample-manifest.ts';

/** Pence by person and element. */
type Pay = Record<string, Record<string, number>>;

const ELEMENTS = ['NET', 'BASIC', 'SHIFT', 'BONUS', 'ROUND'];
const PROTECTED = new Set(['NET']);
const tolerances = { defaultPence: 0, elements: { ROUND: 2 } };

let legacyUrl: string;
let platformUrl: string;
let stagingUrl: string;
let reader: string;

beforeAll(async () => {
  [legacyUrl, platformUrl, stagingUrl] = await Promise.all([
    freshDatabase('legacy'),
    freshDatabase('platform'),
    freshDatabase('staging'),
  ]);
  const table =
    'create schema pay; create table pay.line (department text, period text, person text, element text, amount numeric(14,2))';
  await withClient(legacyUrl, (client) => client.query(table));
  await withClient(platformUrl, (client) => client.query(table));
  reader = await createReadOnlyRole(legacyUrl, ['pay']);
});

// Few amounts, so that differences cancel each other out, within a period and over two.
const amount = fc.constantFrom(0, 1, 2, 100, 200, 300, -100);
const lines = fc.dictionary(fc.constantFrom(...ELEMENTS), amount, {
  minKeys: 1,
  noNullPrototype: true,
});
const pay = fc.dictionary(fc.constantFrom('a', 'b', 'c'), lines, {
  minKeys: 1,
  noNullPrototype: true,
});

test('the comparison in the database says what a comparison in memory says', async () => {
  const scene = fc.record({ legacy: pay, platform: pay, previous: pay, next: pay });
  await fc.assert(
    fc.asyncProperty(scene, async ({ legacy, platform, previous, next }) => {
      await fill(legacyUrl, legacy);
      await fill(platformUrl, platform);
      const found: Variance[] = [];
      const unmatched: string[] = [];
      const comparison = await compareResults(
        { ...request(), tolerances, protectedElements: PROTECTED },
        freeWork(),
        {
          variances: async (batch) => {
            found.push(...batch);
          },
          unmatched: async (batch) => {
            unmatched.push(...batch.map(({ person, side }) => `${person} ${side}`));
          },
          neighbours: async (people) =>
            new Map(people.map((person) => [person, neighboursOf(person, previous, next)])),
        },
      );
      const wanted = oracle(legacy, platform, (person) => neighboursOf(person, previous, next));
      const asClasses = Object.fromEntries(
        found.map((each) => [`${each.person} ${each.element}`, each.class]),
      );
      expect(asClasses).toEqual(wanted.classes);
      expect(comparison.lines.compared).toBe(wanted.pairs);
      expect(comparison.classes.equal).toBe(wanted.pairs - found.length);
      expect(unmatched).toEqual(wanted.unmatched);
      expect(comparison.coverage === 1).toBe(wanted.unmatched.length === 0);
      expect(comparison.overTolerance).toBe(found.filter((each) => each.overTolerance).length);
      // Whatever it is called, what is over tolerance stays over tolerance.
      for (const { element, differencePence, overTolerance } of found)
        expect(overTolerance).toBe(Math.abs(differencePence) > (element === 'ROUND' ? 2 : 0));
    }),
    { numRuns: 25 },
  );
});

/** One period's differences of a person: what `previous` and `next` hold is taken as differences. */
function neighboursOf(person: string, previous: Pay, next: Pay): Neighbours {
  const of = (period: Pay): ReadonlyMap<string, number> =>
    new Map(Object.entries(period[person] ?? {}).filter(([, pence]) => pence !== 0));
  return { previous: of(previous), next: of(next) };
}

/** The same by brute force: every pair of person and element, and every pair of differences of a person. */
function oracle(legacy: Pay, platform: Pay, neighbours: (person: string) => Neighbours) {
  const classes: Record<string, string> = {};
  let pairs = 0;
  const people = [...new Set([...Object.keys(legacy), ...Object.keys(platform)])].toSorted();
  for (const person of people) {
    const [old, now] = [legacy[person] ?? {}, platform[person] ?? {}];
    const near = neighbours(person);
    const left: { element: string; difference: number; oneSided: boolean }[] = [];
    for (const element of new Set([...Object.keys(old), ...Object.keys(now)])) {
      pairs += 1;
      const [a, b] = [old[element], now[element]];
      if (a === b) continue;
      const difference = (b ?? 0) - (a ?? 0);
      const over = Math.abs(difference) > (element === 'ROUND' ? 2 : 0);
      const plain =
        b === undefined ? 'missing' : a === undefined ? 'extra' : over ? 'different' : 'rounding';
      const isMadeUp = [near.previous, near.next].some(
        (there) => over && there?.get(element) === -difference,
      );
      classes[`${person} ${element}`] = isMadeUp ? 'timing' : plain;
      if (over && !isMadeUp && !PROTECTED.has(element))
        left.push({ element, difference, oneSided: plain !== 'different' });
    }
    const total = left.reduce((sum, { difference }) => sum + difference, 0);
    const all = left.length > 1 && total === 0 && left.some(({ oneSided }) => oneSided);
    for (const line of left) {
      const partners = left.filter((other) => other.difference === -line.difference);
      const [partner] = partners;
      const rivals = left.filter((other) => other.difference === line.difference);
      const isPair =
        partner !== undefined &&
        partners.length === 1 &&
        rivals.length === 1 &&
        (line.oneSided || partner.oneSided);
      if (all || isPair) classes[`${person} ${line.element}`] = 'mapping';
    }
  }
  const unmatched = people.flatMap((person) => {
    if (platform[person] === undefined) return [`${person} legacy`];
    return legacy[person] === undefined ? [`${person} platform`] : [];
  });
  return { classes, pairs, unmatched };
}

async function fill(url: string, pays: Pay): Promise<void> {
  const rows = Object.entries(pays).flatMap(([person, elements]) =>
    Object.entries(elements).map(([element, pence]) => ({ person, element, pence })),
  );
  await withClient(url, async (client) => {
    await client.query('truncate pay.line');
    await client.query(
      `insert into pay.line select 'prisons', '1', person, element, pence / 100.0
       from jsonb_to_recordset($1::jsonb) as l (person text, element text, pence int)`,
      [JSON.stringify(rows)],
    );
  });
}

function request() {
  const side = {
    from: 'pay.line',
    period: 'period',
    person: 'person',
    element: 'element',
    amount: 'amount',
  };
  const parallelRun = {
    legacy: { ...side, source: 'hr' },
    platform: { ...side, source: 'platform' },
    periods: ['2027-01', '2027-02'],
  };
  const urls = { sources: { hr: reader }, staging: stagingUrl, target: platformUrl };
  return { manifest: sampleManifest({ parallelRun }), urls, period: '1' };
}
