import { expect, test } from 'vitest';
import type { StepEventBody } from '../../domain/events.ts';
import { planOf } from '../../domain/plan.ts';
import { possibleForOnboarding, possibleForStep } from '../../domain/possible-commands.ts';
import type { Situation } from '../../domain/possible-commands.ts';
import { viewStep } from '../../domain/step-view.ts';
import type { StepView } from '../../domain/step-view.ts';
import type { Actor, Role } from '../../domain/roles.ts';
import { sampleManifest } from '../workflows/sample-manifest.ts';

const plan = planOf(sampleManifest());
const at = '2026-03-01T10:00:00Z';
const actor = (id: string, ...roles: Role[]): Actor => ({ id, roles });

/** The steps of the sample, settled up to `here`, which has the events given. */
function situation(here: string, ...events: StepEventBody[]): Situation & { step: StepView } {
  const place = plan.steps.indexOf(here);
  const view = (key: string, bodies: StepEventBody[]): StepView =>
    viewStep(
      key,
      bodies.map((body, index) => ({ version: index + 1, part: 0, at, ...body })),
    );
  const done = (step: string): StepEventBody[] => [
    { type: 'step.succeeded', step, output: {}, evidence: [] },
  ];
  const steps = plan.steps.map((key, index) =>
    view(key, index < place ? done(key) : index === place ? events : []),
  );
  const step = steps[place] as StepView;
  return { status: 'running', startedBy: 'lead', people: plan.people, steps, step };
}

const failure = { code: 'intake/malformed', message: 'not UTF-8' } as const;
const parked = (step: string): StepEventBody => ({
  type: 'step.parked',
  step,
  attempts: 1,
  failure,
  escalatesAt: at,
});
const waiting = (step: string, red: string[] = []): StepEventBody => ({
  type: 'step.waiting',
  step,
  output: { red },
  evidence: [],
  quorum: plan.quorums[step] ?? {},
});

const can = (here: ReturnType<typeof situation>, who: Actor) =>
  possibleForStep(here, here.step, who);

test('a parked step is retried by operators, and waived by a senior person who is named', () => {
  const here = situation('mapping/compile', parked('mapping/compile'));
  expect(can(here, actor('engineer', 'migration-engineer'))).toEqual(['retryStep', 'rewind']);
  expect(can(here, actor('sro', 'sro'))).toEqual(['waiveStep']);
  expect(can(here, actor('other', 'sro'))).toEqual([]);
  expect(can({ ...here, startedBy: 'sro' }, actor('sro', 'sro'))).toEqual([]);
  expect(can(here, actor('viewer', 'viewer'))).toEqual([]);
});

test('a gate is decided by those it asks, not by who started, and not while it is red', () => {
  const gate = 'migration/gate';
  const owner = actor('owner', 'data-owner');
  expect(can(situation(gate, waiting(gate)), owner)).toEqual(['approveGate', 'rejectGate']);
  expect(can(situation(gate, waiting(gate, ['reconciled'])), owner)).toEqual(['rejectGate']);
  expect(can({ ...situation(gate, waiting(gate)), startedBy: 'owner' }, owner)).toEqual([]);
  expect(can(situation(gate, waiting(gate)), actor('payroll', 'payroll-lead'))).toEqual([]);
  expect(can(situation(gate, waiting(gate, ['x'])), actor('sro', 'sro'))).toEqual(['waiveStep']);
  const decided = situation(gate, waiting(gate), {
    type: 'step.approved',
    step: gate,
    role: 'data-owner',
    evidence: '',
    by: 'owner',
    reason: 'right',
  });
  expect(can(decided, owner)).toEqual([]);
});

test('variances are explained by the payroll lead', () => {
  const key = 'parallel-run/explain/2027-01';
  expect(can(situation(key, waiting(key)), actor('payroll', 'payroll-lead'))).toEqual([
    'explainVariance',
  ]);
});

test('the whole is paused or resumed, and turns back only while nothing took effect outside', () => {
  const lead = actor('lead', 'programme-lead');
  const early = situation('mapping/compile', parked('mapping/compile'));
  expect(possibleForOnboarding(early, lead)).toEqual(['pause', 'reschedule', 'amend', 'abort']);
  expect(possibleForOnboarding({ ...early, status: 'paused' }, lead)[0]).toBe('resume');
  const frozen = situation('cutover/freeze/hr', {
    type: 'step.started',
    step: 'cutover/freeze/hr',
    attempt: 1,
  });
  expect(possibleForOnboarding(frozen, lead)).toEqual(['pause', 'rollBack']);
  expect(possibleForOnboarding(situation('cutover/hypercare'), lead)).toEqual(['pause']);
  expect(possibleForOnboarding({ ...early, status: 'closed' }, lead)).toEqual([]);
  expect(possibleForStep({ ...early, status: 'aborted' }, early.step, lead)).toEqual([]);
});
