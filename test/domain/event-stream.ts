import fc from 'fast-check';
import type { OnboardingEventBody, SlipwayEvent, StepEventBody } from '../../domain/events.ts';
import { STAGES } from '../../domain/stages.ts';

/** One moment for all events: the reducer goes by versions, not by clocks. */
export const at = '2027-03-26T09:00:00.000Z';

const step = fc.constantFrom('discovery/assess', 'discovery/gate', 'migration/transfer/people');
const attempt = fc.integer({ min: 1, max: 4 });
const command = {
  by: fc.constantFrom('ann', 'bob'),
  reason: fc.string({ minLength: 1, maxLength: 8 }),
};
const output = fc.record({ rows: fc.nat() });
const evidence = fc.array(
  fc.record({ kind: fc.constant('statement'), hash: fc.constantFrom('aa', 'bb') }),
  { maxLength: 2 },
);
const failure = fc.record({
  code: fc.constantFrom('source/unreachable' as const, 'data/chunk-failed' as const),
  message: fc.string(),
});

const stepBody: fc.Arbitrary<StepEventBody> = fc.oneof(
  fc.record({ type: fc.constant('step.started' as const), step, attempt }),
  fc.record({ type: fc.constant('step.attempt-failed' as const), step, attempt, failure }),
  fc.record({ type: fc.constant('step.succeeded' as const), step, attempt, output, evidence }),
  fc.record({
    type: fc.constant('step.waiting' as const),
    step,
    output,
    evidence,
    quorum: fc.constant({ sro: 1 }),
  }),
  fc.record({
    type: fc.constant('step.parked' as const),
    step,
    attempts: attempt,
    failure,
    escalatesAt: fc.constant(at),
  }),
  fc.record({ type: fc.constant('step.escalated' as const), step, waitedMs: fc.nat() }),
  fc.record({ type: fc.constant('step.retry-requested' as const), step, ...command }),
  fc.record({ type: fc.constant('step.skipped' as const), step, ...command }),
  fc.record({
    type: fc.constant('step.waived' as const),
    step,
    impact: fc.string(),
    expires: fc.constant('2027-12-31'),
    ...command,
  }),
  fc.record({ type: fc.constant('step.rewound' as const), step, to: step, ...command }),
  fc.record({ type: fc.constant('step.cancelled' as const), step, because: fc.string() }),
  fc.record({ type: fc.constant('step.not-needed' as const), step, because: fc.string() }),
  fc.record({
    type: fc.constantFrom('step.approved' as const, 'step.rejected' as const),
    step,
    role: fc.constant('sro' as const),
    evidence: fc.constant('aa'),
    ...command,
  }),
);

const onboardingBody: fc.Arbitrary<OnboardingEventBody> = fc.oneof(
  fc.record({
    type: fc.constant('onboarding.started' as const),
    by: fc.constant('ann'),
    programme: fc.constant('harbour'),
    department: fc.constant('prisons'),
    manifest: fc.constantFrom('m1', 'm2'),
    steps: fc.constant(['discovery/assess']),
  }),
  fc.record({ type: fc.constant('stage.entered' as const), stage: fc.constantFrom(...STAGES) }),
  fc.record({
    type: fc.constantFrom('onboarding.paused' as const, 'onboarding.resumed' as const),
    ...command,
  }),
  fc.record({ type: fc.constant('onboarding.rolling-back' as const), ...command }),
  fc.record({
    type: fc.constantFrom('onboarding.rolled-back' as const, 'onboarding.closed' as const),
  }),
  fc.record({ type: fc.constant('onboarding.aborted' as const), ...command }),
  fc.record({
    type: fc.constant('onboarding.amendment-proposed' as const),
    manifest: fc.constantFrom('m1', 'm2'),
    criteria: fc.constant([]),
    ...command,
  }),
  fc.record({
    type: fc.constantFrom(
      'onboarding.amendment-confirmed' as const,
      'onboarding.amendment-withdrawn' as const,
    ),
    manifest: fc.constantFrom('m1', 'm2'),
    ...command,
  }),
);

/** Events of one onboarding, each with a version and part of its own, in order. */
export const eventStream: fc.Arbitrary<SlipwayEvent[]> = fc
  .array(fc.tuple(fc.oneof(stepBody, onboardingBody), fc.integer({ min: 0, max: 1 })), {
    minLength: 1,
    maxLength: 25,
  })
  .map((bodies) => {
    let version = 0;
    let part = 0;
    return bodies.map(([body, sameVersion]) => {
      if (sameVersion === 1 && version > 0) part += 1;
      else {
        version += 1;
        part = 0;
      }
      return { version, part, at, ...body };
    });
  });
