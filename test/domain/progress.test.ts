import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SlipwayEvent } from '../../domain/events.ts';
import { applyEvent, NO_PROGRESS } from '../../domain/progress.ts';
import { viewStep } from '../../domain/step-view.ts';
import { viewOnboarding } from '../../domain/onboarding-view.ts';
import type { Progress } from '../../domain/progress.ts';
import { at, eventStream } from './event-stream.ts';

function read(events: readonly SlipwayEvent[]): Progress {
  return events.reduce((progress, event) => applyEvent(progress, event), NO_PROGRESS);
}

/** The read model that people see. */
function views(progress: Progress): unknown {
  const keys = Object.keys(progress.steps).toSorted();
  return [
    viewOnboarding(progress.onboarding),
    keys.map((key) => viewStep(key, progress.steps[key] ?? [])),
  ];
}

describe('the reducer', () => {
  it('gives the same read model for any order of delivery and any repetition', () => {
    fc.assert(
      fc.property(
        eventStream.chain((events) =>
          fc.tuple(
            fc.constant(events),
            fc.array(fc.subarray(events), { maxLength: 3 }).chain((repeated) =>
              fc.shuffledSubarray([...events, ...repeated.flat()], {
                minLength: events.length + repeated.flat().length,
              }),
            ),
          ),
        ),
        ([events, delivered]) => {
          expect(views(read(delivered))).toEqual(views(read(events)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps the newest events of a step that was retried for days, in any order', () => {
    const attempts = Array.from({ length: 500 }, (_, index) => [
      {
        version: 1,
        part: index * 2 + 1,
        at,
        type: 'step.started' as const,
        step: 'discovery/assess',
        attempt: index + 1,
      },
      {
        version: 1,
        part: index * 2 + 2,
        at,
        type: 'step.attempt-failed' as const,
        step: 'discovery/assess',
        attempt: index + 1,
        failure: { code: 'source/unreachable' as const, message: `attempt ${index + 1}` },
      },
    ]).flat();
    const forward = read(attempts);
    expect(read(attempts.toReversed())).toEqual(forward);
    const view = viewStep('discovery/assess', forward.steps['discovery/assess'] ?? []);
    expect(view.failure?.message).toBe('attempt 500');
    expect(view.attempts.at(-1)?.number).toBe(500);
  });

  it('shows an attempt whose worker was lost, and the one after it', () => {
    const step = 'discovery/assess';
    const view = viewStep(step, [
      { version: 1, part: 1, at, type: 'step.started', step, attempt: 1 },
      { version: 1, part: 3, at, type: 'step.started', step, attempt: 2 },
      {
        version: 1,
        part: 4,
        at,
        type: 'step.succeeded',
        step,
        attempt: 2,
        output: {},
        evidence: [],
      },
    ]);
    expect(view.status).toBe('succeeded');
    expect(view.attempts.map((attempt) => attempt.endedAt)).toEqual([undefined, at]);
  });

  it('counts approvals of the present evidence only', () => {
    const step = 'discovery/gate';
    const waiting = (version: number, hash: string) =>
      ({
        version,
        part: 2,
        at,
        type: 'step.waiting',
        step,
        output: {},
        evidence: [{ kind: 'x', hash }],
        quorum: {},
      }) as const;
    const approved = {
      version: 2,
      part: 0,
      at,
      type: 'step.approved',
      step,
      by: 'a',
      role: 'sro',
      evidence: 'one',
      reason: 'r',
    } as const;
    expect(viewStep(step, [waiting(1, 'one'), approved]).decisions).toHaveLength(1);
    expect(viewStep(step, [waiting(1, 'one'), approved, waiting(3, 'two')]).decisions).toHaveLength(
      0,
    );
  });
});
