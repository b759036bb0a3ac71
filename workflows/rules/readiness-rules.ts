import { assessmentProblem } from '../../domain/controls/c06-computed-rag.ts';
import { SENIOR_ROLES } from '../../domain/roles.ts';
import type { Engine } from '../engine.ts';
import type { AssessCriterion, Said, SettleFinding } from '../messages.ts';
import { refusal } from '../refusal.ts';
import { mayCommand, mustBeFree, mustBeIndependent, mustBeNamed } from './common.ts';

/** The named person who holds the owner role of each criterion; nobody turns a computed line green (control C6). */
export function mayAssess(engine: Engine, args: AssessCriterion): void {
  mayCommand('assessCriterion', args);
  mustBeFree(engine);
  const { assessable = {} } = engine.state.plan;
  const today = new Date().toISOString().slice(0, 10);
  for (const { criterion, health, due } of args.assessments) {
    const known = assessable[criterion];
    if (known === undefined) {
      throw refusal('request/invalid', `readiness is not judged by ${criterion} here`);
    }
    mustBeNamed(engine, args.actor, [known.owner]);
    const problem = assessmentProblem(known, health, due, today);
    if (problem !== undefined) throw refusal(problem.code, `${criterion}: ${problem.message}`);
  }
}

export function mayRecordFinding(engine: Engine, args: Said): void {
  mayCommand('recordFinding', args);
  mustBeFree(engine);
  mustBeNamed(engine, args.actor, ['assurance']);
  mustBeIndependent(engine, args.actor);
}

/** Only assurance says that a finding is dealt with (control C12). */
export function mayCloseFinding(engine: Engine, args: SettleFinding): void {
  mayCommand('closeFinding', args);
  mustBeFree(engine);
  mustBeNamed(engine, args.actor, ['assurance']);
  mustBeIndependent(engine, args.actor);
  mustBeOpen(engine, args, ['open', 'accepted']);
}

/** A senior person takes it on, in their name. */
export function mayAcceptFinding(engine: Engine, args: SettleFinding): void {
  mayCommand('acceptFinding', args);
  mustBeFree(engine);
  mustBeNamed(engine, args.actor, SENIOR_ROLES);
  if (args.actor.id === engine.state.startedBy) {
    throw refusal('approval/four-eyes', `${args.actor.id} started this onboarding`);
  }
  mustBeOpen(engine, args, ['open']);
}

function mustBeOpen(engine: Engine, { finding }: SettleFinding, statuses: readonly string[]): void {
  const status = engine.state.findings?.[finding];
  if (status === undefined) throw refusal('request/not-found', `there is no finding ${finding}`);
  if (!statuses.includes(status))
    throw refusal('command/not-now', `finding ${finding} is ${status}`);
}
