import { expect, test } from 'vitest';
import { amendmentImpact } from '../../domain/amendment.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { STAGES } from '../../domain/stages.ts';
import { sampleManifest } from '../workflows/sample-manifest.ts';

const before = sampleManifest();
const [units, posts] = before.datasets as [
  Manifest['datasets'][number],
  Manifest['datasets'][number],
];

/** What is changed, and the first step that has to be done again. */
const CASES: readonly [string, Partial<Manifest>, string][] = [
  [
    'a source',
    { sources: { ...before.sources, papers: { kind: 'files', files: {} } } },
    'discovery/connect/hr',
  ],
  [
    'a dataset more',
    { datasets: [units, posts, { ...posts, id: 'more' }] },
    'discovery/connect/hr',
  ],
  ['a dataset less', { datasets: [units] }, 'discovery/connect/hr'],
  [
    'rows left out',
    { datasets: [units, { ...posts, exclude: [{ when: { isNull: 'Ref' }, reason: 'empty' }] }] },
    'discovery/connect/hr',
  ],
  [
    'the key of a dataset',
    { datasets: [{ ...units, key: ['code'] }, posts] },
    'discovery/connect/hr',
  ],
  [
    'declared control totals',
    { baseline: { ...before.baseline, controlTotals: { units: { rows: 3, totals: {} } } } },
    'discovery/connect/hr',
  ],
  ['the headcount', { department: { ...before.department, headcount: 99 } }, 'discovery/baseline'],
  [
    'the cost of today',
    { baseline: { ...before.baseline, annualServiceCost: 1 } },
    'discovery/baseline',
  ],
  ['the blockers allowed', { policy: { ...before.policy, maxBlockers: 2 } }, 'discovery/gate'],
  [
    'an expression',
    { datasets: [{ ...units, fields: { unit_code: { trim: 'id' } } }, posts] },
    'mapping/suggest',
  ],
  ['a code list', { codeLists: { grades: { values: { a: 'b' } } } }, 'mapping/suggest'],
  [
    'a column that is dropped',
    { datasets: [units, { ...posts, drop: { Town: 'not wanted' } }] },
    'mapping/suggest',
  ],
  [
    'the coverage wanted',
    { policy: { ...before.policy, sourceCoverage: 0.9 } },
    'mapping/coverage',
  ],
  ['the reject rate allowed', { policy: { ...before.policy, maxRejectRate: 0.5 } }, 'mapping/gate'],
  [
    'the rows of a chunk',
    { datasets: [{ ...units, chunkRows: 100 }, posts] },
    'migration/preflight',
  ],
  [
    'tolerances of pay',
    { policy: { ...before.policy, tolerances: { defaultPence: 1, elements: {} } } },
    'parallel-run/tolerances',
  ],
  [
    'the clean periods wanted',
    { policy: { ...before.policy, cleanPeriods: 3 } },
    'parallel-run/await/2027-01',
  ],
  ['the window', { cutover: { ...before.cutover, rollbackHours: 5 } }, 'cutover/readiness'],
  [
    'the length of hypercare',
    { policy: { ...before.policy, hypercareHours: 1 } },
    'cutover/hypercare',
  ],
];

test.each(CASES)(
  'a change of %s: goes back to the first step it concerns',
  (_what, change, step) => {
    const impact = amendmentImpact(before, { ...before, ...change }, 'cutover');
    expect(impact.rewindTo).toBe(step);
    expect(impact.changes.map((each) => each.step)).toContain(step);
  },
);

test('other people and names concern the gate ahead only', () => {
  const people = [...before.people, { id: 'new', name: 'New', roles: ['viewer' as const] }];
  for (const stage of STAGES) {
    expect(amendmentImpact(before, { ...before, people }, stage).rewindTo).toBe(`${stage}/gate`);
  }
});

test('a gate that asks other people is decided again, also when it is behind', () => {
  const approvals = { mapping: { 'data-owner': 2 } };
  const impact = amendmentImpact(
    before,
    { ...before, policy: { ...before.policy, approvals } },
    'migration',
  );
  expect(impact).toMatchObject({
    rewindTo: 'mapping/gate',
    changes: [{ path: 'approvals of mapping/gate', step: 'mapping/gate' }],
  });
});

test('of several changes the first step counts, and the plan is that of the new manifest', () => {
  const impact = amendmentImpact(
    before,
    {
      ...before,
      cutover: { ...before.cutover, rollbackHours: 5 },
      codeLists: { grades: { values: { a: 'b' } } },
    },
    'parallel-run',
  );
  expect(impact.rewindTo).toBe('mapping/suggest');
  expect(impact.changes).toHaveLength(2);
  expect(impact.plan.steps).toContain('migration/transfer/units');
});

test('the order in which a manifest is written does not matter', () => {
  const turned = Object.fromEntries(Object.entries(before).toReversed()) as unknown as Manifest;
  expect(amendmentImpact(before, turned, 'mapping').changes).toEqual([]);
});
