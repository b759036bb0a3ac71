import { setTimeout as delay } from 'node:timers/promises';
import { SlipwayError } from '../../domain/errors.ts';
import type { DemoApi, DemoOnboarding, DemoStep } from './demo-api.ts';
import { disposeOfRejects, isQuarantine } from './demo-quarantine.ts';

/** How often the demo people look, in milliseconds. */
const LOOK_EVERY = 200;

/** Who decides for a role, in the order they are asked. */
const DECIDERS: Readonly<Record<string, readonly string[]>> = {
  'data-owner': ['demo-data-owner', 'demo-data-owner-2'],
  'finance-lead': ['demo-finance-lead'],
  // The first one explains variances, and who has explained cannot approve.
  'payroll-lead': ['demo-payroll-lead-2', 'demo-payroll-lead'],
  sro: ['demo-sro'],
  assurance: ['demo-assurance'],
};

/**
 * Does what the demo people do: approves what waits, explains variances. Each command goes through the API with the token
 * of the person who gives it.
 * @param stop looked at before each round
 * @returns the onboarding when it is closed or aborted, when a step is parked, or when `stop` says so
 */
export async function decideAsPeople(
  api: DemoApi,
  id: string,
  options: {
    stop: (onboarding: DemoOnboarding) => boolean;
    changed: (onboarding: DemoOnboarding) => void;
    /** Called while hypercare waits for live pay runs. */
    live?: (onboarding: DemoOnboarding) => Promise<void>;
    signal: AbortSignal;
  },
): Promise<DemoOnboarding> {
  for (;;) {
    const onboarding = await api.onboarding(id);
    options.changed(onboarding);
    const ended = onboarding.status === 'closed' || onboarding.status === 'aborted';
    if (
      ended ||
      options.stop(onboarding) ||
      onboarding.steps.some((step) => step.status === 'parked')
    )
      return onboarding;
    if (isStepWaiting(onboarding, 'cutover/hypercare')) await options.live?.(onboarding);
    for (const step of onboarding.steps.filter(
      (each) => each.status === 'waiting' && each.until === null,
    )) {
      await decide(api, onboarding, step).catch(toleratePassed);
    }
    await delay(LOOK_EVERY, undefined, { signal: options.signal });
  }
}

function isStepWaiting({ steps }: DemoOnboarding, key: string): boolean {
  return steps.some((step) => step.key === key && step.status === 'waiting');
}

/** Somebody was faster, or the step has gone on: the next look tells. */
function toleratePassed(error: unknown): void {
  const passed = [
    'command/not-now',
    'approval/four-eyes',
    'approval/stale-evidence',
    'quarantine/count-differs',
  ];
  if (!(error instanceof SlipwayError) || !passed.includes(error.code)) throw error;
}

async function decide(api: DemoApi, onboarding: DemoOnboarding, step: DemoStep): Promise<void> {
  const { id } = onboarding;
  const period = /^parallel-run\/explain\/(.+)$/.exec(step.key)?.[1];
  if (period !== undefined) return explain(api, id, period);
  if (isQuarantine(step)) return disposeOfRejects(api, onboarding, step);
  for (const { role, wanted, given } of step.quorum ?? []) {
    if (given >= wanted) continue;
    const person = DECIDERS[role]?.find(
      (each) => !step.decisions.some((decision) => decision.by === each),
    );
    const evidence = step.evidence[0]?.hash;
    if (person === undefined || evidence === undefined) continue;
    const open = (await api.output(id, step.key))['open'];
    const acknowledge = Array.isArray(open) ? open.map(String) : [];
    const reason = 'The demo looked at the evidence and agrees';
    await api.command(person, id, 'approve', {
      step: step.key,
      role,
      evidence,
      acknowledge,
      reason,
    });
  }
}

async function explain(api: DemoApi, id: string, period: string): Promise<void> {
  const open = (await api.variances(id, period)).filter(
    (group) => group.overTolerance && group.decision === null,
  );
  if (open.length === 0) return;
  await api.command('demo-payroll-lead', id, 'explain', {
    period,
    reason: 'Looked at the payslips of both systems',
    explanations: open.map((group) => ({
      signature: group.signature,
      decision: 'legacy-right',
      cause: `Demo: ${group.lines} ${group.class} line(s) of ${group.element}; the platform's set-up was corrected for the next period`,
    })),
  });
}
