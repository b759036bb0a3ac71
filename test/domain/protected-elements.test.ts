import { expect, test } from 'vitest';
import { planOf, stepsOfStage } from '../../domain/plan.ts';
import { manifestSchema } from '../../domain/manifest.ts';
import {
  absentElements,
  effectiveTolerances,
  protectedElements,
  protectedTolerances,
} from '../../domain/protected-elements.ts';
import { toleranceOf } from '../../domain/variance.ts';
import { sampleManifest } from '../workflows/sample-manifest.ts';

const withTolerances = (defaultPence: number, elements: Record<string, number> = {}) =>
  sampleManifest({ policy: { tolerances: { defaultPence, elements } } });

test('net pay, tax, National Insurance and pension are protected by default', () => {
  expect([...protectedElements(sampleManifest())]).toEqual([
    ['NET', 'net'],
    ['PAYE', 'tax'],
    ['NI', 'nationalInsurance'],
    ['PENSION', 'pension'],
  ]);
  const parallelRun = { notApplicable: 'no pay is in scope here' };
  expect(protectedElements(sampleManifest({ parallelRun })).size).toBe(0);
});

test('a tolerance of a protected element counts as zero until it is signed, named or by default', () => {
  const manifest = withTolerances(5, { NI: 2, NET: 0, ALLOWANCE: 3 });
  expect(protectedTolerances(manifest)).toEqual([
    { element: 'PAYE', kind: 'tax', pence: 5 },
    { element: 'NI', kind: 'nationalInsurance', pence: 2 },
    { element: 'PENSION', kind: 'pension', pence: 5 },
  ]);
  const unsigned = effectiveTolerances(manifest, false);
  const of = (element: string): number => toleranceOf(unsigned, element);
  expect(['NET', 'PAYE', 'NI', 'PENSION'].map(of)).toEqual([0, 0, 0, 0]);
  expect([of('ALLOWANCE'), of('OTHER')]).toEqual([3, 5]);
  expect(effectiveTolerances(manifest, true)).toEqual(manifest.policy.tolerances);
});

test('the senior owner is asked only when a protected element has a tolerance', () => {
  const asked = planOf(withTolerances(0, { NI: 1 }));
  expect(stepsOfStage(asked, 'parallel-run')[0]).toBe('parallel-run/tolerances');
  expect(asked.quorums['parallel-run/tolerances']).toEqual({ sro: 1 });
  const free = planOf(withTolerances(0, { ALLOWANCE: 1 }));
  expect(free.steps).not.toContain('parallel-run/tolerances');
  expect(free.quorums).not.toHaveProperty('parallel-run/tolerances');
});

test('no kind can be left without an element', () => {
  const { parallelRun } = sampleManifest();
  const found = manifestSchema.safeParse({
    ...sampleManifest(),
    parallelRun: { ...parallelRun, protected: { pension: [] } },
  });
  expect(found.success).toBe(false);
});

test('a protected element that goes by another name is absent, on the side that renamed it', () => {
  const line = (element: string, legacyLines = 1, platformLines = 1) => ({
    element,
    legacyLines,
    platformLines,
  });
  const totals = [line('NET'), line('NI'), line('PAYE', 1, 0), line('TAX', 0, 1), line('PENSION')];
  expect(absentElements(sampleManifest(), totals)).toEqual([
    { element: 'PAYE', kind: 'tax', side: 'platform' },
  ]);
  expect(absentElements(sampleManifest(), [])).toHaveLength(8);
});
