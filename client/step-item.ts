import { z } from 'zod';
import { ERRORS } from '../domain/errors.ts';
import type { Failure } from '../domain/events.ts';
import { paceOf } from '../domain/pace.ts';
import { possibleForStep, redCriteria } from '../domain/possible-commands.ts';
import type { Situation } from '../domain/possible-commands.ts';
import type { StepView } from '../domain/step-view.ts';
import type { Actor, Role } from '../domain/roles.ts';
import { definitionOf, parseStepKey } from '../domain/step-catalogue.ts';
import { stepInputSchema } from '../domain/step-inputs.ts';
import type { StepProgress } from '../store/read-model.ts';
import type { FailureView, ProgressView, StepDetail, StepItem } from './views.ts';

/** A step as people see it. `actor` is who looks. */
export function stepItem(
  situation: Situation,
  step: StepView,
  progress: StepProgress | undefined,
  actor: Actor,
): StepItem {
  const definition = definitionOf(step.key);
  return {
    key: step.key,
    stage: definition.stage,
    title: definition.title,
    item: parseStepKey(step.key)?.item ?? null,
    kind: definition.kind,
    optional: definition.optional,
    status: step.status,
    attempts: step.attempts.length,
    startedAt: step.startedAt ?? null,
    endedAt: step.endedAt ?? null,
    waitingSince: step.waitingSince ?? null,
    escalatesAt: step.escalatesAt ?? null,
    escalated: step.escalated,
    until: step.until ?? null,
    failure: failureView(step.failure),
    progress: progressView(step, progress),
    evidence: step.evidence.map(({ kind, hash }) => ({ kind, hash })),
    quorum: Object.entries(step.quorum ?? {}).map(([role, wanted]) => ({
      role: role as Role,
      wanted,
      given: step.decisions.filter((each) => each.approved && each.role === role).length,
    })),
    red: [...redCriteria(step)],
    decisions: step.decisions.map((decision) => ({ ...decision })),
    can: possibleForStep(situation, step, actor),
  };
}

/** Everything about a step. */
export function stepDetail(
  situation: Situation,
  step: StepView,
  progress: StepProgress | undefined,
  actor: Actor,
): StepDetail {
  const { id } = definitionOf(step.key);
  return {
    ...stepItem(situation, step, progress, actor),
    history: step.attempts.map((attempt) => ({
      number: attempt.number,
      startedAt: attempt.startedAt ?? null,
      endedAt: attempt.endedAt ?? null,
      failure: failureView(attempt.failure),
    })),
    input: step.input ?? null,
    inputSchema: z.toJSONSchema(stepInputSchema(id), { io: 'input' }),
    output: step.output ?? null,
    by: step.by ?? null,
    reason: step.reason ?? null,
  };
}

function failureView(failure: Failure | undefined): FailureView | null {
  if (failure === undefined) return null;
  const { title, advice } = ERRORS[failure.code];
  const { code, message, details } = failure;
  return { code, title, message, advice, details: details === undefined ? null : { ...details } };
}

/** Progress of the present run; what an earlier run left behind is not shown. */
function progressView(step: StepView, progress: StepProgress | undefined): ProgressView | null {
  if (progress === undefined || step.startedAt === undefined) return null;
  if (progress.at.getTime() < Date.parse(step.startedAt)) return null;
  return progressOf(progress, step.status === 'running' || step.status === 'retrying');
}

/** How far a step is and how fast it goes. Only what runs has an end ahead. */
export function progressOf(progress: StepProgress, running: boolean): ProgressView {
  const { unit, done, total, startedAt, at } = progress;
  const { ratePerSecond, etaSeconds } = paceOf(progress, new Date());
  return {
    unit,
    done,
    total,
    ratePerSecond,
    etaSeconds: running ? etaSeconds : null,
    startedAt: startedAt.toISOString(),
    at: at.toISOString(),
  };
}
