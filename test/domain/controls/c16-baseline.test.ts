import { expect, test } from 'vitest';
import { judgeBaseline, savingsOf } from '../../../domain/controls/c16-baseline.ts';
import { changedCriteria, changedMembers } from '../../../domain/controls/c02-frozen-criteria.ts';
import { gateStatement, redCriteria } from '../../../domain/gates/statement.ts';
import { manifestSchema } from '../../../domain/manifest.ts';
import { planOf } from '../../../domain/plan.ts';
import { sampleManifest } from '../../workflows/sample-manifest.ts';

const manifest = sampleManifest();

test('no onboarding starts from a manifest without a cost, as programmes did whose savings nobody could show', () => {
  const without = (baseline: object) => manifestSchema.safeParse({ ...manifest, baseline }).success;
  expect(without({})).toBe(false);
  expect(without({ annualServiceCost: 0 })).toBe(false);
  expect(without({ annualServiceCost: 1 })).toBe(true);
});

test('discovery is red where the step that records the cost was waived or found none', () => {
  const red = (output: Record<string, number>) =>
    redCriteria(
      gateStatement(
        'discovery/gate',
        { manifest, outputs: new Map([['discovery/baseline', output]]) },
        [],
      ),
    );
  expect(red({})).toContain('cost-baseline');
  expect(red({ annualServiceCost: 0 })).toContain('cost-baseline');
  expect(red({ annualServiceCost: 412_000 })).not.toContain('cost-baseline');
  expect(judgeBaseline({ annualServiceCost: 'about a million' })).toEqual({
    value: null,
    met: false,
  });
});

test('the baseline is frozen with discovery: one person cannot make savings look larger', () => {
  const before = planOf(manifest).criteria?.discovery ?? {};
  const dearer = { ...manifest, baseline: { ...manifest.baseline, annualServiceCost: 9_000_000 } };
  const changes = changedCriteria(
    { discovery: { version: 1, criteria: before } },
    planOf(dearer).criteria ?? {},
  );
  expect(changes.map(changedMembers)).toEqual([['baseline']]);
});

const baseline = { annualServiceCost: 365_000, kpis: { 'cases-per-head': 2 } };
const actuals = {
  from: '2027-07-01',
  to: '2027-12-31',
  serviceCost: 92_000,
  kpis: { 'cases-per-head': 1.5 },
};
const times = { ended: '2027-06-30T15:00:00Z', now: '2028-01-01T00:00:00Z' };
const refused = (
  change: Partial<typeof actuals>,
  at: { ended: string | undefined; now: string } = times,
): string => {
  try {
    savingsOf(baseline, { ...actuals, ...change }, at);
    return 'let pass';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('savings are what is spent less than before, brought to a year, with every measure beside it', () => {
  expect(savingsOf(baseline, actuals, times)).toEqual({
    annual: 182_500,
    baselineCost: 365_000,
    actualAnnualCost: 182_500,
    kpis: { 'cases-per-head': { before: 2, after: 1.5 } },
  });
});

test('savings are not claimed before hypercare has ended, from a good month, or without actuals', () => {
  expect(refused({}, { ...times, ended: undefined })).toBe('savings/too-early');
  expect(refused({ from: '2027-06-01' })).toBe('savings/too-early');
  expect(refused({}, { ...times, now: '2027-12-31T23:00:00Z' })).toBe('savings/too-early');
  expect(refused({ to: '2027-08-31' })).toBe('savings/no-actuals');
  expect(refused({ kpis: {} as typeof actuals.kpis })).toBe('savings/no-actuals');
  expect(refused({})).toBe('let pass');
});
