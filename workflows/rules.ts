import type { CommandName } from '../domain/permissions.ts';
import { PERMISSIONS } from '../domain/permissions.ts';
import { isSettled } from '../domain/step-view.ts';
import type { Actor, Role } from '../domain/roles.ts';
import { holdsAny, SENIOR_ROLES } from '../domain/roles.ts';
import { definitionOf, parseStepKey } from '../domain/step-catalogue.ts';
import type { StepDefinition, StepKey } from '../domain/step-catalogue.ts';
import type { Engine } from './engine.ts';
import type {
  AcceptQuarantine,
  Amend,
  Decide,
  ExplainVariance,
  RedriveQuarantine,
  Reschedule,
  RetryStep,
  Rewind,
  Said,
  SkipStep,
  WaiveStep,
} from './messages.ts';
import { refusal } from './refusal.ts';

/**
 * The rules a command has to pass inside the workflow: synchronous, because the SDK does not wait for a validator.
 * The API checks roles as well; here nobody gets around them.
 */

/** The actor must hold a role of the permission table, and must say why. */
function mayCommand(command: CommandName, { actor, reason }: Said): void {
  const allowed = PERMISSIONS[command];
  if (allowed !== 'by-quorum' && !holdsAny(actor, allowed)) {
    throw refusal(
      'access/not-permitted',
      `${command} needs the role ${allowed.join(' or ')}; ${actor.id} does not hold it`,
    );
  }
  if (reason.trim() === '') throw refusal('command/reason-required', `${command} needs a reason`);
}

/** The step must be one of this onboarding. */
function knownStep(engine: Engine, key: StepKey): StepDefinition {
  const known = engine.state.plan.steps.includes(key) || parseStepKey(key)?.id === 'cutover/undo';
  if (!known || parseStepKey(key) === undefined) {
    throw refusal('command/unknown-step', `${engine.state.onboarding} has no step ${key}`);
  }
  return definitionOf(key);
}

function mustBe(engine: Engine, key: StepKey, statuses: readonly string[], command: string): void {
  // Judged when the activity has ended: the handler waits for it and asks again.
  if (engine.isExecuting(key)) return;
  const { status } = engine.view(key);
  if (!statuses.includes(status)) {
    throw refusal(
      'command/not-now',
      `${command} needs a step that is ${statuses.join(' or ')}; ${key} is ${status}`,
    );
  }
  if (engine.interrupted) throw refusal('command/not-now', 'another command is being carried out');
}

export function mayRetry(engine: Engine, args: RetryStep): void {
  knownStep(engine, args.step);
  mayCommand('retryStep', args);
  mustBe(engine, args.step, ['parked', 'waiting'], 'retry');
}

export function maySkip(engine: Engine, args: SkipStep): void {
  const definition = knownStep(engine, args.step);
  mayCommand('skipStep', args);
  if (!definition.optional) throw refusal('command/step-mandatory', `${args.step} is mandatory`);
  mustBe(engine, args.step, ['parked'], 'skip');
}

export function mayWaive(engine: Engine, args: WaiveStep): void {
  const definition = knownStep(engine, args.step);
  mayCommand('waiveStep', args);
  mustBeNamed(engine, args.actor, SENIOR_ROLES);
  mustNotHavePrepared(engine, args.actor, definition);
  if (args.impact.trim() === '')
    throw refusal('command/reason-required', 'a waiver says what the impact is');
  if (!(Date.parse(args.expires) > Date.now())) {
    throw refusal('request/invalid', `a waiver expires in the future; found ${args.expires}`);
  }
  const gate = definition.kind === 'gate';
  if (gate !== (args.criterion !== undefined)) {
    throw refusal(
      'request/invalid',
      gate ? 'a gate is waived criterion by criterion' : `${args.step} has no criteria`,
    );
  }
  if (engine.isExecuting(args.step)) return;
  if (args.criterion !== undefined && !redCriteria(engine, args.step).includes(args.criterion)) {
    throw refusal('request/invalid', `${args.criterion} is not an unmet criterion of ${args.step}`);
  }
  mustBe(engine, args.step, gate ? ['waiting'] : ['parked'], 'waive');
}

/** The unmet criteria that a gate shows. */
function redCriteria(engine: Engine, key: StepKey): readonly string[] {
  return (engine.output(key)['red'] as readonly string[] | undefined) ?? [];
}

export function mayDecide(engine: Engine, args: Decide, approve: boolean): void {
  const definition = knownStep(engine, args.step);
  mayCommand('approveGate', args);
  mustBe(engine, args.step, ['waiting'], approve ? 'approve' : 'reject');
  if (engine.isExecuting(args.step)) return;
  const view = engine.view(args.step);
  if (view.quorum?.[args.role] === undefined) {
    throw refusal(
      'approval/role-not-wanted',
      `${args.step} asks for ${Object.keys(view.quorum ?? {}).join(', ')}; not for ${args.role}`,
    );
  }
  mustBeNamed(engine, args.actor, [args.role]);
  mustNotHavePrepared(engine, args.actor, definition);
  if (view.decisions.some((decision) => decision.by === args.actor.id)) {
    throw refusal('approval/four-eyes', `${args.actor.id} has decided on ${args.step} already`);
  }
  if (!view.evidence.some((evidence) => evidence.hash === args.evidence)) {
    throw refusal(
      'approval/stale-evidence',
      `${args.step} now rests on ${view.evidence.map((each) => each.hash).join(', ')}`,
    );
  }
  const red = redCriteria(engine, args.step);
  if (approve && red.length > 0) {
    throw refusal(
      'approval/red-criteria',
      `${args.step} cannot be approved while these are red: ${red.join(', ')}`,
    );
  }
}

/** Only the named people of the manifest decide; nobody by proxy (control C5). */
function mustBeNamed(engine: Engine, actor: Actor, roles: readonly Role[]): void {
  const person = engine.state.plan.people.find((each) => each.id === actor.id);
  if (person === undefined || !holdsAny(person, roles)) {
    throw refusal(
      'access/not-permitted',
      `${actor.id} is not named as ${roles.join(' or ')} in the manifest`,
    );
  }
}

/** Who started the onboarding, or changed what runs in the stage, does not approve it. */
function mustNotHavePrepared(engine: Engine, actor: Actor, definition: StepDefinition): void {
  const { startedBy, touched } = engine.state;
  if (actor.id === startedBy)
    throw refusal('approval/four-eyes', `${actor.id} started this onboarding`);
  if (touched[definition.stage]?.includes(actor.id) === true) {
    throw refusal(
      'approval/four-eyes',
      `${actor.id} changed what runs in stage ${definition.stage}`,
    );
  }
}

export function mayExplain(engine: Engine, args: ExplainVariance): void {
  const key = `parallel-run/explain/${args.period}`;
  knownStep(engine, key);
  mayCommand('explainVariance', args);
  mustBe(engine, key, ['waiting', 'parked'], 'explain');
}

export function mayRedrive(engine: Engine, args: RedriveQuarantine): void {
  const key = `migration/quarantine/${args.dataset}`;
  knownStep(engine, key);
  mayCommand('redriveQuarantine', args);
  mustBe(engine, key, ['waiting', 'parked'], 'redrive');
}

/** The count must be that of the rows the step has shown; the step counts again before it accepts them. */
export function mayAccept(engine: Engine, args: AcceptQuarantine): void {
  const key = `migration/quarantine/${args.dataset}`;
  const definition = knownStep(engine, key);
  mayCommand('acceptQuarantine', args);
  mustBe(engine, key, ['waiting'], 'accept');
  mustBeNamed(engine, args.actor, ['data-owner']);
  mustNotHavePrepared(engine, args.actor, definition);
  if (engine.isExecuting(key)) return;
  const rules = (engine.output(key)['openByRule'] ?? {}) as Readonly<Record<string, number>>;
  const { rule } = args;
  const open =
    rule === undefined
      ? Object.values(rules).reduce((sum, rows) => sum + rows, 0)
      : (rules[rule] ?? 0);
  if (open !== args.count || open === 0) {
    const which = rule === undefined ? '' : ` of the rule ${rule}`;
    throw refusal(
      'quarantine/count-differs',
      `${args.count} rows were to be accepted; ${open} rows${which} of ${args.dataset} are open`,
    );
  }
}

export function mayPause(engine: Engine, args: Said): void {
  mayCommand('pause', args);
  if (engine.state.paused) throw refusal('command/not-now', 'it is paused already');
}

export function mayResume(engine: Engine, args: Said): void {
  mayCommand('resume', args);
  if (!engine.state.paused) throw refusal('command/not-now', 'it is not paused');
}

export function mayRewind(engine: Engine, args: Rewind): void {
  knownStep(engine, args.to);
  mayCommand('rewind', args);
  mustBeFree(engine);
  mustBeUndone(engine);
  const before = engine.state.plan.steps.slice(0, engine.state.plan.steps.indexOf(args.to));
  const open = before.find((key) => !isSettled(engine.view(key).status));
  if (open !== undefined)
    throw refusal('command/not-now', `${args.to} has not been reached yet: ${open} comes first`);
}

export function mayAmend(engine: Engine, args: Amend): void {
  mayCommand('amend', args);
  mustBeFree(engine);
  mustBeUndone(engine);
}

export function mayReschedule(engine: Engine, args: Reschedule): void {
  mayCommand('reschedule', args);
  mustBeFree(engine);
  if (engine.view('cutover/gate').status === 'succeeded') {
    throw refusal(
      'command/not-now',
      'go was decided for this window; rewind to cutover/window first',
    );
  }
  if (!(Date.parse(args.to) > Date.parse(args.from))) {
    throw refusal('request/invalid', 'the window must end after it starts');
  }
}

export function mayRollBack(engine: Engine, args: Said): void {
  mayCommand('rollBack', args);
  mustBeFree(engine);
  if (engine.undoable().length === 0)
    throw refusal('command/not-now', 'there is nothing to roll back');
}

export function mayAbort(engine: Engine, args: Said): void {
  mayCommand('abort', args);
  mustBeFree(engine);
  mustBeUndone(engine);
}

/** Nothing else is being carried out, and the point of no return is ahead. */
function mustBeFree(engine: Engine): void {
  if (engine.interrupted) throw refusal('command/not-now', 'another command is being carried out');
  if (engine.view('cutover/no-return').status === 'succeeded') {
    throw refusal('cutover/past-no-return', 'the point of no return was passed');
  }
}

/** While the legacy side is frozen or the platform live, only a roll-back leads back. */
function mustBeUndone(engine: Engine): void {
  const undoable = engine.undoable();
  if (undoable.length > 0) {
    throw refusal(
      'command/not-now',
      `roll back first: ${undoable.join(', ')} took effect outside Slipway`,
    );
  }
}
