import { worseOf } from '../controls/c06-computed-rag.ts';
import type { Assessed, Health } from '../controls/c06-computed-rag.ts';
import type { Finding } from '../controls/c12-assurance.ts';
import type { Criterion, GateFacts } from '../gates/criterion.ts';
import type { Json } from '../json.ts';
import type { Role } from '../roles.ts';
import type { Stage } from '../stages.ts';
import type { StepKey } from '../step-catalogue.ts';
import { readinessCriteria } from './criteria.ts';
import type { Criticality, ReadinessCriterion } from './criteria.ts';

/** What a person said of a criterion. */
export interface Assessment {
  readonly criterion: string;
  readonly health: Assessed;
  readonly by: string;
  readonly reason: string;
  /** ISO time. */
  readonly at: string;
  /** ISO date by which the action plan is done. */
  readonly due?: string;
  /** Hash or reference of what it rests on. */
  readonly evidence?: string;
}

/** When a step ended, and the hash of what it found. */
export interface StepProof {
  readonly step: StepKey;
  readonly hash: string;
  /** ISO time. */
  readonly at: string;
}

/** `planned` is not met, of lower criticality, with a dated action plan. */
export type LineVerdict = 'met' | 'unmet' | 'waived' | 'planned' | 'not-applicable';

/** A line of the readiness statement. */
export interface ReadinessLine {
  /** What an approver acknowledges it by. */
  readonly line: string;
  readonly id: string;
  readonly title: string;
  /** The gate it was a criterion of. */
  readonly gate?: StepKey;
  readonly owner?: Role;
  readonly criticality: Criticality;
  readonly computed: boolean;
  readonly value: Json;
  readonly threshold: Json;
  readonly health: Health;
  readonly verdict: LineVerdict;
  readonly measuredBy: readonly StepKey[];
  readonly evidence: readonly {
    readonly hash: string;
    readonly at: string;
    readonly step?: StepKey;
  }[];
  /** ISO time after which the evidence no longer counts. */
  readonly validUntil?: string;
  readonly expired: boolean;
  readonly assessment?: Assessment;
  readonly waiver?: Criterion['waiver'];
  /** Why it does not apply. */
  readonly reason?: string;
}

/** Everything a readiness statement is made from. */
export interface ReadinessFacts extends GateFacts {
  /** ISO time: the later of clock and record. */
  readonly now: string;
  /** The criteria of the gates before, as they are measured now. */
  readonly gates: readonly { readonly gate: StepKey; readonly criteria: readonly Criterion[] }[];
  readonly proofs: ReadonlyMap<StepKey, StepProof>;
  /** In the order they were said; the last of a criterion counts. */
  readonly assessments: readonly Assessment[];
  readonly findings: readonly Finding[];
}

const DAY = 86_400_000;

const RED_FIRST: Record<LineVerdict, number> = {
  unmet: 0,
  waived: 1,
  planned: 2,
  met: 3,
  'not-applicable': 4,
};

/** Every line, the red ones first: the gates before, the list of criteria, the findings of assurance. Pure. */
export function readinessLines(facts: ReadinessFacts): ReadinessLine[] {
  const lines = [
    ...facts.gates.flatMap(({ gate, criteria }) =>
      criteria.map((each) => gateLine(facts, gate, each)),
    ),
    ...readinessCriteria(facts.manifest).map((each) => listLine(facts, each)),
    ...findingLines(facts),
  ];
  return lines.toSorted((a, b) => RED_FIRST[a.verdict] - RED_FIRST[b.verdict]);
}

/** The lines that deny the cutover. */
export function redLines(lines: readonly ReadinessLine[]): string[] {
  return lines.filter(({ verdict }) => verdict === 'unmet').map(({ line }) => line);
}

/** The lines that do not deny it and are not green either: each has to be acknowledged (control C6). */
export function openLines(lines: readonly ReadinessLine[]): string[] {
  return lines
    .filter(({ verdict }) => verdict === 'waived' || verdict === 'planned')
    .map(({ line }) => line);
}

/** When the first piece of evidence that counts expires, ISO; undefined when none does. */
export function validUntil(lines: readonly ReadinessLine[]): string | undefined {
  return lines
    .filter(({ verdict }) => verdict !== 'not-applicable' && verdict !== 'unmet')
    .flatMap((line) => line.validUntil ?? [])
    .toSorted((a, b) => a.localeCompare(b))[0];
}

type Aged = Pick<ReadinessLine, 'evidence' | 'expired'> & { readonly validUntil?: string };

/** Evidence is as old as its oldest part; each kind has its own validity. */
function ageOf(facts: ReadinessFacts, measuredBy: readonly StepKey[]): Aged {
  const evidence = measuredBy.flatMap((step) => facts.proofs.get(step) ?? []);
  const days = facts.manifest.policy.evidenceDays;
  const ends = evidence.map(({ step, at }) => {
    const stage = step.split('/')[0] as Stage;
    return Date.parse(at) + days[stage] * DAY;
  });
  return aged(facts, evidence, ends);
}

function aged(facts: ReadinessFacts, evidence: Aged['evidence'], ends: readonly number[]): Aged {
  if (ends.length === 0) return { evidence, expired: false };
  const end = Math.min(...ends);
  const until = new Date(end).toISOString();
  return { evidence, validUntil: until, expired: end <= Date.parse(facts.now) };
}

function gateLine(facts: ReadinessFacts, gate: StepKey, criterion: Criterion): ReadinessLine {
  const age = ageOf(facts, criterion.measuredBy);
  const verdict = age.expired ? 'unmet' : criterion.verdict;
  const health = { met: 'green', waived: 'amber', unmet: 'red' } as const;
  return {
    line: `${gate}/${criterion.id}`,
    gate,
    criticality: 'high',
    computed: true,
    ...criterion,
    verdict,
    health: health[verdict],
    ...age,
  };
}

function listLine(facts: ReadinessFacts, criterion: ReadinessCriterion): ReadinessLine {
  const { id, title, owner, criticality, measure } = criterion;
  const head = { line: id, id, title, owner, criticality, computed: measure !== undefined };
  // What the record can say is never left out.
  const reason =
    measure === undefined ? facts.manifest.cutover.readiness.notApplicable[id] : undefined;
  if (reason !== undefined) {
    return {
      ...head,
      value: 'not applicable',
      threshold: 'green',
      health: 'green',
      verdict: 'not-applicable',
      measuredBy: [],
      evidence: [],
      expired: false,
      reason,
    };
  }
  const said = facts.assessments.findLast((each) => each.criterion === id);
  const measured = measure?.(facts);
  const age = measured === undefined ? assessedAge(facts, said) : ageOf(facts, measured.measuredBy);
  const health =
    measured === undefined
      ? worseOf(said === undefined ? 'red' : 'green', said?.health)
      : worseOf(measured.met ? 'green' : 'red', said?.health);
  const shown = age.expired ? 'red' : health;
  return {
    ...head,
    value: measured === undefined ? (said?.health ?? 'not assessed') : measured.value,
    threshold: measured === undefined ? 'green' : measured.threshold,
    health: shown,
    verdict: verdictOf(facts, criterion, shown, age.expired, said),
    measuredBy: measured?.measuredBy ?? [],
    ...age,
    ...(said === undefined ? {} : { assessment: said }),
  };
}

/** The rule of the playbook: all high ones met; the others met, or with an action plan that has a date. */
function verdictOf(
  { now }: ReadinessFacts,
  { criticality }: ReadinessCriterion,
  health: Health,
  expired: boolean,
  said: Assessment | undefined,
): LineVerdict {
  if (health === 'green') return 'met';
  const planned = said?.due !== undefined && said.due >= now.slice(0, 10);
  return criticality !== 'high' && planned && !expired ? 'planned' : 'unmet';
}

function assessedAge(facts: ReadinessFacts, said: Assessment | undefined): Aged {
  if (said === undefined) return { evidence: [], expired: false };
  const evidence = said.evidence === undefined ? [] : [{ hash: said.evidence, at: said.at }];
  const days = facts.manifest.policy.evidenceDays.assessment;
  return aged(facts, evidence, [Date.parse(said.at) + days * DAY]);
}

/** Findings that are closed stand in the record only. */
function findingLines({ findings }: ReadinessFacts): ReadinessLine[] {
  const common = {
    criticality: 'high',
    owner: 'assurance',
    computed: true,
    threshold: 'closed',
    measuredBy: [],
    evidence: [],
    expired: false,
  } as const;
  const open = findings.filter(({ status }) => status !== 'closed');
  if (open.length === 0) {
    const title = 'Independent assurance has no open finding (control C12)';
    const id = 'assurance-findings';
    return [{ line: id, id, title, ...common, value: 'none', health: 'green', verdict: 'met' }];
  }
  return open.map((finding) => ({
    line: `finding/${finding.id}`,
    id: `finding/${finding.id}`,
    title: `Finding of independent assurance: ${finding.reason}`,
    ...common,
    value:
      finding.settled === undefined
        ? 'open'
        : `accepted by ${finding.settled.by}: ${finding.settled.reason}`,
    health: finding.settled === undefined ? 'red' : 'amber',
    verdict: finding.settled === undefined ? 'unmet' : 'waived',
  }));
}
