import { randomUUID } from 'node:crypto';
import type { CommandName } from '../../../domain/permissions.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import { rolesToDecide } from '../../../domain/possible-commands.ts';
import type { Role } from '../../../domain/roles.ts';
import type { VarianceGroup } from '../../../store/variances.ts';
import type { Place } from '../../access.ts';
import type { StepDetail } from '../../views.ts';
import {
  commandAddress,
  differencesAddress,
  evidenceAddress,
  quarantineAddress,
  stepAddress,
  stepAnchor,
  variancesAddress,
} from '../addresses.ts';
import { currentInput } from '../current-input.ts';
import { criterionRows } from '../words/criteria.ts';
import type { CriterionRow } from '../words/criteria.ts';
import { keyFacts } from '../words/facts.ts';
import { list } from '../words/format.ts';
import { prettyJson } from '../words/pretty-json.ts';
import { inputFields } from '../words/input-fields.ts';
import { ROLE_NAMES, stepTitle } from '../words/names.ts';
import { stepTag } from '../words/status-tags.ts';
import { whyNotCommand, whyNotDecide, whyNotWaive } from '../words/why-not.ts';
import type { Question } from '../words/why-not.ts';
import type { FormView, RefusedForm } from './form-state.ts';

/** What a card is made from, besides its step. */
export interface CardGround extends Question {
  readonly place: Place;
  readonly manifest: Manifest;
  readonly refused: RefusedForm | undefined;
  /** Content of the evidence of the steps that wait, by hash. */
  readonly evidence: ReadonlyMap<string, unknown>;
  /** The groups of variances of the periods that wait for explanations. */
  readonly variances: ReadonlyMap<string, readonly VarianceGroup[]>;
}

/** A step that waits for somebody: what is the matter, who may do what about it, and the forms to do it with. */
export function stepCard(step: StepDetail, ground: CardGround) {
  const { place } = ground;
  const documents = step.evidence.map((each) => ({
    ...each,
    href: evidenceAddress(place, each.hash),
  }));
  return {
    id: stepAnchor(step.key),
    key: step.key,
    title: stepTitle(step.key),
    href: stepAddress(place, step.key),
    kind: kindOf(step),
    tag: stepTag(step),
    status: step.status,
    failure: step.failure,
    problems: problemsOf(step),
    attempts: step.attempts,
    firstAttempt: step.startedAt,
    waitingSince: step.waitingSince,
    escalatesAt: step.escalatesAt,
    escalated: step.escalated,
    documents,
    criteria: criteriaOf(step, ground),
    red: step.red.length,
    facts: step.output === null ? [] : keyFacts(step.key, step.output),
    quorum: quorumOf(step, ground),
    rejected: step.decisions.filter((decision) => !decision.approved),
    variances: variancesOf(step, ground),
    quarantine: step.key.startsWith('migration/quarantine/')
      ? quarantineAddress(place, { dataset: step.item ?? '' })
      : undefined,
    differences:
      step.failure?.code === 'data/not-reconciled'
        ? differencesAddress(place, step.item ?? '', { stage: step.stage, raw: undefined })
        : undefined,
    ...formsOf(step, ground),
  };
}

function kindOf(step: StepDetail): 'parked' | 'gate' | 'explain' | 'quarantine' | 'running' {
  if (step.status === 'parked') return 'parked';
  if (step.status !== 'waiting') return 'running';
  if (step.key.startsWith('migration/quarantine/')) return 'quarantine';
  return step.key.startsWith('parallel-run/explain/') ? 'explain' : 'gate';
}

/** Single problems that a failure lists, beyond its one sentence. */
function problemsOf(step: StepDetail): string[] {
  const problems = step.failure?.details?.['problems'];
  if (!Array.isArray(problems) || problems.length < 2) return [];
  return problems.flatMap((problem: unknown) => {
    if (typeof problem === 'string') return [problem];
    const detail = (problem as { detail?: unknown; message?: unknown } | null) ?? {};
    const text = detail.detail ?? detail.message;
    return typeof text === 'string' ? [text] : [];
  });
}

function criteriaOf(
  step: StepDetail,
  { evidence, place, people }: CardGround,
): CriterionRow[] | undefined {
  return step.evidence
    .map(({ hash }) => criterionRows(evidence.get(hash), place, people))
    .find((rows) => rows !== undefined);
}

/** Per role: how many are asked, who may, and who has decided what. */
function quorumOf(step: StepDetail, { people }: CardGround) {
  return step.quorum.map(({ role, wanted, given }) => ({
    role: ROLE_NAMES[role],
    wanted,
    given,
    may: list(
      people.inRole(role).map((id) => people.name(id)),
      'or',
    ),
    decisions: step.decisions
      .filter((decision) => decision.role === role)
      .map((decision) => ({ ...decision, name: people.name(decision.by) })),
  }));
}

function variancesOf(step: StepDetail, { place, variances }: CardGround) {
  const period = step.item ?? '';
  const groups = variances.get(period);
  if (groups === undefined) return undefined;
  const open = groups.filter((group) => group.overTolerance && group.decision === null);
  return {
    period,
    href: variancesAddress(place, period),
    open: open.length,
    lines: open.reduce((sum, group) => sum + group.lines, 0),
    totalPence: open.reduce((sum, group) => sum + Math.abs(group.totalPence), 0),
    groups: open.slice(0, 5).map((group) => ({
      ...group,
      href: variancesAddress(place, period, group.signature),
    })),
  };
}

function formsOf(step: StepDetail, ground: CardGround) {
  const can = (command: CommandName): boolean => step.can.includes(command);
  const asked = step.status === 'parked' || step.status === 'waiting';
  const gate = step.kind === 'gate';
  const decides = step.status === 'waiting' && step.quorum.length > 0;
  const waivable = step.status === 'parked' || (gate && step.red.length > 0);
  return {
    retry: can('retryStep')
      ? { form: formOf('retry', step, ground), ...inputOf(step, ground) }
      : undefined,
    retryNot: asked && !can('retryStep') ? whyNotCommand('retryStep', ground) : undefined,
    skip: can('skipStep') ? formOf('skip', step, ground) : undefined,
    skipNot:
      step.status === 'parked' && step.optional && !can('skipStep')
        ? whyNotCommand('skipStep', ground)
        : undefined,
    optional: step.optional,
    waive: can('waiveStep')
      ? { form: formOf('waive', step, ground), criteria: step.red }
      : undefined,
    waiveNot: waivable && !can('waiveStep') ? whyNotWaive(ground) : undefined,
    decide: can('rejectGate')
      ? {
          form: formOf('decide', step, ground),
          mayApprove: can('approveGate'),
          evidence: step.evidence[0]?.hash ?? '',
          open: openOf(step),
          roles: rolesOf(step, ground).map((role) => ({ value: role, text: ROLE_NAMES[role] })),
        }
      : undefined,
    decideNot: decides && !can('rejectGate') ? whyNotDecide(step, ground) : undefined,
    explainNot:
      kindOf(step) === 'explain' && !can('explainVariance')
        ? whyNotCommand('explainVariance', ground)
        : undefined,
  };
}

/** The lines that an approver has to acknowledge. */
function openOf({ output }: StepDetail): string[] {
  const open = output?.['open'];
  return Array.isArray(open) ? open.map(String) : [];
}

/** The roles of the quorum the reader can decide in, those first that still lack approvals. */
function rolesOf(step: StepDetail, { actor, manifest, onboarding }: CardGround): Role[] {
  const quorum = Object.fromEntries(step.quorum.map(({ role, wanted }) => [role, wanted]));
  const situation = {
    status: onboarding.status,
    startedBy: onboarding.startedBy ?? undefined,
    people: manifest.people,
    steps: [],
  };
  const missing = new Set(
    step.quorum.filter(({ wanted, given }) => given < wanted).map(({ role }) => role),
  );
  return rolesToDecide(
    situation,
    { quorum } as Parameters<typeof rolesToDecide>[1],
    actor,
  ).toSorted((a, b) => Number(missing.has(b)) - Number(missing.has(a)));
}

function inputOf(step: StepDetail, { manifest, refused }: CardGround) {
  const input = currentInput(step.key, manifest, step.input as JsonObject | null);
  if (input === undefined) return { input: undefined };
  const given =
    refused?.form === 'retry' && refused.step === step.key ? refused.values['input'] : undefined;
  const text = given ?? prettyJson(input);
  return {
    input: {
      text,
      rows: Math.min(24, text.split('\n').length + 1),
      fields: inputFields(step.inputSchema),
    },
  };
}

/** A form of a step, with what was written in it when it was refused. */
export function formOf(
  form: string,
  { key }: Pick<StepDetail, 'key'>,
  { place, refused }: Pick<CardGround, 'place' | 'refused'>,
): FormView {
  const again = refused?.form === form && refused.step === key ? refused : undefined;
  return {
    action: commandAddress(place, form),
    id: key === '' ? form : `${form}-${stepAnchor(key)}`,
    step: key,
    refused: again !== undefined,
    values: again?.values ?? {},
    errors: Object.fromEntries(
      (again?.problems ?? []).map(({ field, text }) => [field ?? 'form', text]),
    ),
    key: randomUUID(),
  };
}
