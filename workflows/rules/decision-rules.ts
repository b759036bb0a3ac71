import { hasExpired } from '../../domain/controls/c03-waivers.ts';
import { timeToJudgeBy } from '../../domain/present-time.ts';
import { acknowledgementProblem } from '../../domain/controls/c06-computed-rag.ts';
import { clockProblems } from '../../domain/rollback-clock.ts';
import type { Engine } from '../engine.ts';
import type { AcceptQuarantine, Decide, ExplainVariance, RedriveQuarantine } from '../messages.ts';
import { refusal } from '../refusal.ts';
import {
  knownStep,
  mayCommand,
  mustBe,
  mustBeIndependent,
  mustBeNamed,
  mustNotHavePrepared,
  redCriteria,
} from './common.ts';

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
  if (args.role === 'assurance') mustBeIndependent(engine, args.actor);
  if (view.decisions.some((decision) => decision.by === args.actor.id)) {
    throw refusal('approval/four-eyes', `${args.actor.id} has decided on ${args.step} already`);
  }
  if (!view.evidence.some((evidence) => evidence.hash === args.evidence)) {
    throw refusal(
      'approval/stale-evidence',
      `${args.step} now rests on ${view.evidence.map((each) => each.hash).join(', ')}`,
    );
  }
  const now = timeToJudgeBy(Date.now(), view.waitingSince);
  const waivers = engine.state.waivers[args.step] ?? [];
  const expired = waivers.filter((waiver) => hasExpired(waiver, now));
  if (approve && expired.length > 0) {
    throw refusal(
      'approval/red-criteria',
      `red again, because their waivers have expired: ${expired.map((each) => each.criterion).join(', ')}`,
    );
  }
  const red = redCriteria(engine, args.step);
  if (approve && red.length > 0) {
    throw refusal(
      'approval/red-criteria',
      `${args.step} cannot be approved while these are red: ${red.join(', ')}`,
    );
  }
  if (approve) mustBeSeen(engine, args);
}

/** What is open is acknowledged (control C6), and nothing the statement rests on has expired since (control C5). */
function mustBeSeen(engine: Engine, { step, acknowledge = [] }: Decide): void {
  const output = engine.output(step);
  const until = output['validUntil'];
  if (typeof until === 'string' && Date.parse(until) <= Date.now()) {
    throw refusal('approval/stale-evidence', `${step} rests on evidence that expired at ${until}`);
  }
  const open = [
    ...((output['open'] as readonly string[] | undefined) ?? []),
    ...(step === 'cutover/no-return'
      ? clockProblems(engine.output('cutover/switch'), Date.now())
      : []),
  ];
  const problem = acknowledgementProblem(open, acknowledge);
  if (problem !== undefined) throw refusal('approval/not-acknowledged', `${step}: ${problem}`);
}

export function mayExplain(engine: Engine, args: ExplainVariance): void {
  const key = `parallel-run/explain/${args.period}`;
  knownStep(engine, key);
  mayCommand('explainVariance', args);
  mustBe(engine, key, ['waiting', 'parked'], 'explain');
  for (const { signature, decision, cause, cases, owner } of args.explanations) {
    if ((decision === undefined) !== (cause === undefined) || (cases !== undefined && !decision))
      throw refusal('request/invalid', `${signature}: a decision needs a cause, and a case both`);
    const isNamed = engine.state.plan.people.some((person) => person.id === owner);
    if (owner !== undefined && !isNamed)
      throw refusal('request/invalid', `${owner} is not a person of the manifest`);
  }
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
