import { describe, expect, it } from 'vitest';
import type { Admission } from '../../domain/gates/criterion.ts';
import { gateStatement, redCriteria } from '../../domain/gates/statement.ts';
import { rehearsalItems } from '../../domain/rehearsals.ts';
import type { JsonObject } from '../../domain/json.ts';
import { sampleManifest } from '../workflows/sample-manifest.ts';

const manifest = sampleManifest();
/** In the cutover window. */
const NOW = '2027-04-10T18:00:00Z';

/** Outputs of a department in which everything is as it should be. */
/** What a verdict says of a period in which everybody was compared. */
const EVERYBODY = {
  population: 100,
  compared: 100,
  scenarios: Object.fromEntries(
    ['retro', 'court-order', 'student-loan', 'overtime', 'shift-work'].map((id) => [
      id,
      { population: 2, compared: 2 },
    ]),
  ),
};
const GOOD: Record<string, JsonObject> = {
  'discovery/connect/hr': { readOnly: true },
  'discovery/intake/papers': { rows: 10 },
  'discovery/profile/hr': { columns: 5 },
  'discovery/profile/papers': { columns: 3 },
  'discovery/assess': { blockers: 0 },
  'discovery/baseline': { people: 101, peopleMeasured: true, annualServiceCost: 1_000_000 },
  'mapping/check': { problems: 0 },
  'mapping/coverage': { target: 1, source: 1 },
  'mapping/compile': { hash: 'm1' },
  'mapping/simulate': {
    datasets: { units: { read: 100, quarantined: 1 }, posts: { read: 0, quarantined: 0 } },
  },
  'mapping/confirm': { hash: 'm1' },
  'migration/transfer/units': { read: 100, loaded: 98, quarantined: 1, excluded: 1, mapping: 'm1' },
  'migration/transfer/posts': { read: 10, loaded: 10, quarantined: 0, excluded: 0, mapping: 'm1' },
  'migration/quarantine/units': {
    read: 100,
    loaded: 98,
    quarantined: 1,
    excluded: 1,
    open: 0,
    accepted: 1,
    loads: 2,
    rejectRate: 0.01,
    rejectRateBefore: 0.02,
  },
  'migration/quarantine/posts': {
    read: 10,
    loaded: 10,
    quarantined: 0,
    excluded: 0,
    open: 0,
    accepted: 0,
    loads: 2,
    rejectRate: 0,
    rejectRateBefore: null,
  },
  'migration/reconcile/units': { reconciled: true },
  'migration/reconcile/posts': { reconciled: true },
  'parallel-run/verdict/2027-01': { clean: false, ...EVERYBODY },
  'parallel-run/verdict/2027-02': { clean: true, ...EVERYBODY },
  'parallel-run/verdict/2027-03': { clean: true, ...EVERYBODY },
  'discovery/gate': { met: 6 },
  'mapping/gate': { met: 5 },
  'migration/gate': { met: 5 },
  'parallel-run/gate': { met: 1 },
  ...Object.fromEntries(
    rehearsalItems(manifest).map((item) => [
      `cutover/rehearse/${item}`,
      { ms: 60_000, endedAt: '2027-04-09T18:00:00Z', mapping: 'm1' },
    ]),
  ),
  'cutover/readiness': { red: [] },
  'cutover/window': { ...manifest.cutover.window, legal: true },
  'cutover/freeze/hr': { quiet: true },
  'cutover/reconcile/units': { reconciled: true },
  'cutover/reconcile/posts': { reconciled: true },
  'cutover/totals': { equal: true, totals: 2 },
  'cutover/first-run': { inScope: false, red: [], waived: [] },
  'cutover/smoke': { failed: 0 },
  'cutover/hypercare': { failed: 0, open: [] },
};

const ADMITTED: Admission = {
  plan: 'version 1',
  waves: { found: 'nothing is live yet', problems: [] },
  capacity: { found: 'nothing is measured yet', problems: [] },
};

/** The red criteria of a gate when some outputs are different; null for a step that was skipped or waived. */
function red(
  gate: string,
  change: Record<string, JsonObject | null> = {},
  admission: Admission = ADMITTED,
): string[] {
  const outputs = new Map(
    Object.entries({ ...GOOD, ...change }).map(([key, output]) => [key, output ?? {}]),
  );
  const facts = { manifest, outputs, now: NOW, waivers: [], admission };
  return redCriteria(gateStatement(gate, facts, []));
}

const GATES = [
  'discovery/gate',
  'mapping/gate',
  'migration/gate',
  'parallel-run/gate',
  'cutover/gate',
  'cutover/no-return',
  'cutover/exit',
];

describe('the criteria of a gate', () => {
  it.each(GATES)('are all met when everything is as it should be: %s', (gate) => {
    expect(red(gate)).toEqual([]);
  });

  it.each(GATES)('are never met for lack of evidence: %s', (gate) => {
    const facts = { manifest, outputs: new Map<string, JsonObject>() };
    const { criteria } = gateStatement(gate, facts, []);
    expect(criteria.length).toBeGreaterThan(0);
    const withoutOutputs = criteria
      .filter((criterion) => criterion.verdict === 'met')
      .map((criterion) => criterion.id);
    // Nothing was declared, so there is nothing to hold the load against.
    expect(withoutOutputs.filter((id) => id !== 'control-totals')).toEqual([]);
  });

  it.each([
    ['discovery/gate', 'sources-read-only', 'discovery/connect/hr', null],
    ['discovery/gate', 'files-taken-in', 'discovery/intake/papers', null],
    ['discovery/gate', 'profiled', 'discovery/profile/hr', null],
    ['discovery/gate', 'blockers', 'discovery/assess', { blockers: 1 }],
    ['discovery/gate', 'headcount', 'discovery/baseline', { people: 103, annualServiceCost: 1 }],
    ['mapping/gate', 'target-coverage', 'mapping/coverage', { target: 0.999, source: 1 }],
    ['mapping/gate', 'source-coverage', 'mapping/coverage', { target: 1, source: 0.999 }],
    ['mapping/gate', 'mapping-confirmed', 'mapping/confirm', { hash: 'm0' }],
    [
      'mapping/gate',
      'simulated-reject-rate',
      'mapping/simulate',
      { datasets: { units: { read: 100, quarantined: 2 }, posts: { read: 1, quarantined: 0 } } },
    ],
    [
      'migration/gate',
      'rows-accounted',
      'migration/quarantine/posts',
      {
        read: 10,
        loaded: 9,
        quarantined: 0,
        excluded: 0,
        open: 0,
        accepted: 0,
        rejectRate: 0,
        loads: 2,
      },
    ],
    [
      'migration/gate',
      'reject-rate-not-worse',
      'migration/quarantine/posts',
      {
        read: 10,
        loaded: 10,
        quarantined: 0,
        excluded: 0,
        open: 0,
        accepted: 0,
        loads: 2,
        rejectRate: 0.003,
        rejectRateBefore: 0.002,
      },
    ],
    [
      'migration/gate',
      'quarantine-decided',
      'migration/quarantine/units',
      {
        read: 100,
        loaded: 98,
        quarantined: 1,
        excluded: 1,
        open: 1,
        accepted: 0,
        loads: 2,
        rejectRate: 0.01,
        rejectRateBefore: null,
      },
    ],
    ['migration/gate', 'reconciled', 'migration/reconcile/posts', null],
    [
      'migration/gate',
      'mapping-frozen',
      'migration/transfer/posts',
      { read: 10, loaded: 10, quarantined: 0, excluded: 0, mapping: 'm2' },
    ],
    ['cutover/gate', 'gates-passed', 'migration/gate', null],
    ['cutover/gate', 'nothing-red', 'cutover/readiness', { red: ['headcount'] }],
    ['cutover/gate', 'window-legal', 'cutover/window', null],
    ['cutover/no-return', 'frozen', 'cutover/freeze/hr', null],
    ['cutover/no-return', 'control-totals', 'cutover/totals', null],
    ['cutover/no-return', 'first-live-run', 'cutover/first-run', null],
    ['cutover/no-return', 'first-live-run', 'cutover/first-run', { red: ['bank-details'] }],
    ['cutover/exit', 'hypercare-criteria', 'cutover/hypercare', { failed: 0, open: ['backlog'] }],
    ['cutover/no-return', 'smoke', 'cutover/smoke', { failed: 1 }],
  ] as const)('%s refuses by %s', (gate, criterion, step, output) => {
    expect(red(gate, { [step]: output })).toEqual([criterion]);
  });

  it('want what the department declared, rows and sums, to the penny (control C13)', () => {
    const declared = { units: { rows: 100, totals: { salary_cost: 90_209.44 } } };
    const own = { ...manifest, baseline: { ...manifest.baseline, controlTotals: declared } };
    const judged = (sum: string) => {
      const outputs = new Map(
        Object.entries({
          ...GOOD,
          'migration/reconcile/units': { reconciled: true, sums: { salary_cost: sum } },
        }),
      );
      const { criteria } = gateStatement(
        'migration/gate',
        { manifest: own, outputs, now: NOW },
        [],
      );
      return criteria.find(({ id }) => id === 'control-totals');
    };
    expect(judged('90209.4400')).toMatchObject({ verdict: 'met', value: 2 });
    expect(judged('90209.45')).toMatchObject({
      verdict: 'unmet',
      value: 'units: salary_cost declared as 90209.44, loaded 90209.45',
    });
  });

  it('want the programme to admit the wave, and the provider to carry it (controls C7 and C8)', () => {
    const refused = { found: '', problems: ['the pilot is not live'] };
    expect(red('cutover/gate', {}, { ...ADMITTED, waves: refused })).toEqual(['wave-admitted']);
    expect(red('cutover/gate', {}, { ...ADMITTED, capacity: refused })).toEqual([
      'provider-capacity',
    ]);
  });

  it('want clean pay periods in a row at the end: clean, dirty, clean is not two (control C1)', () => {
    const verdicts = (...clean: boolean[]) =>
      Object.fromEntries(
        clean.map((each, index) => [
          `parallel-run/verdict/2027-0${index + 1}`,
          { clean: each, ...EVERYBODY },
        ]),
      );
    expect(red('parallel-run/gate', verdicts(true, false, true))).toEqual(['clean-periods']);
    // No clean period counts, so no scenario was compared in one either.
    expect(red('parallel-run/gate', verdicts(true, true, false))).toEqual([
      'clean-periods',
      'scope-ledger',
    ]);
    expect(red('parallel-run/gate', verdicts(false, true, true))).toEqual([]);
  });

  it('stay visible when one is waived, and name who accepted what', () => {
    const outputs = new Map(Object.entries({ ...GOOD, 'discovery/assess': { blockers: 3 } }));
    const waiver = {
      criterion: 'blockers',
      by: 'sro',
      reason: 'known',
      impact: 'three rows',
      expires: '2027-12-31',
    };
    const statement = gateStatement('discovery/gate', { manifest, outputs }, [waiver]);
    expect(redCriteria(statement)).toEqual([]);
    expect(statement.criteria.find((each) => each.id === 'blockers')).toMatchObject({
      value: 3,
      verdict: 'waived',
      waiver,
    });
  });
});
