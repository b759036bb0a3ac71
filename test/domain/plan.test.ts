import { describe, expect, it } from 'vitest';
import { planOf, stepsOfStage, unfilledRoles } from '../../domain/plan.ts';
import { parseStepKey, STEP_CATALOGUE } from '../../domain/step-catalogue.ts';
import { sampleManifest } from '../workflows/sample-manifest.ts';

describe('the plan of a manifest', () => {
  it('has every step of the catalogue once per item, in the order of the journey', () => {
    const { steps } = planOf(sampleManifest());
    expect(new Set(steps).size).toBe(steps.length);
    const missing = STEP_CATALOGUE.filter(
      ({ id }) => !steps.some((key) => parseStepKey(key)?.id === id),
    );
    // Steps that only a tolerance of net pay, or a roll-back, brings up.
    expect(missing.map(({ id }) => id)).toEqual(['parallel-run/tolerances', 'cutover/undo']);
    expect(steps.indexOf('parallel-run/verdict/2027-01')).toBeLessThan(
      steps.indexOf('parallel-run/await/2027-02'),
    );
  });

  it('takes files in and connects to databases, never the other way round', () => {
    const steps = stepsOfStage(planOf(sampleManifest()), 'discovery');
    expect(steps).toContain('discovery/connect/hr');
    expect(steps).toContain('discovery/intake/papers');
    expect(steps).not.toContain('discovery/connect/papers');
    expect(steps).not.toContain('discovery/intake/hr');
  });

  it('asks the senior owner about a parallel run that is not in scope', () => {
    const plan = planOf(
      sampleManifest({ parallelRun: { notApplicable: 'no pay is in scope here' } }),
    );
    expect(plan.periods).toEqual([]);
    expect(plan.quorums['parallel-run/gate']).toEqual({ sro: 1 });
    expect(stepsOfStage(plan, 'parallel-run')).toEqual(['parallel-run/gate']);
  });

  it('names the roles that nobody fills', () => {
    const manifest = sampleManifest();
    const people = manifest.people.filter((person) => person.id !== 'finance');
    expect(unfilledRoles(planOf({ ...manifest, people }))).toEqual([
      { step: 'migration/gate', role: 'finance-lead', wanted: 1, found: 0 },
    ]);
  });

  it('carries references of people, never their names', () => {
    const manifest = sampleManifest();
    const text = JSON.stringify(planOf(manifest));
    for (const { name } of manifest.people) expect(text).not.toContain(name);
  });
});

describe('the key of a step', () => {
  it('is read back, and refused when it is of no step', () => {
    expect(parseStepKey('migration/transfer/people')).toEqual({
      id: 'migration/transfer',
      item: 'people',
    });
    expect(parseStepKey('cutover/undo/cutover/freeze/hr')).toEqual({
      id: 'cutover/undo',
      item: 'cutover/freeze/hr',
    });
    for (const key of [
      '',
      'migration',
      'migration/transfer',
      'mapping/check/people',
      'nothing/here',
    ]) {
      expect(parseStepKey(key)).toBeUndefined();
    }
  });
});
