import { expect, test } from 'vitest';
import { judgeBaseline } from '../../../domain/controls/c16-baseline.ts';
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
