import type { JsonObject } from '../json.ts';
import type { Manifest } from '../manifest.ts';
import { partsOf, rehearsedParts } from '../rehearsals.ts';
import type { RehearsedPart } from '../rehearsals.ts';
import type { StepKey } from '../step-catalogue.ts';
import type { Control } from './control.ts';

/** Why a cutover may not begin: it is not known that it can be taken back. */
export interface RollbackProblem {
  readonly rule:
    | 'not-rehearsed'
    | 'incomplete'
    | 'other-mapping'
    | 'too-old'
    | 'clock'
    | 'too-long';
  readonly detail: string;
}

/** What the control is decided on. */
export interface RollbackFacts {
  readonly manifest: Manifest;
  /** Outputs of the settled steps. A step that was waived or skipped has an empty one. */
  readonly outputs: ReadonlyMap<StepKey, JsonObject>;
  /** ISO time: the later of the clock and the latest event of the record, so that a clock set back does not help. */
  readonly now: string;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** Parts of a rehearsal that a cutover does inside its window. The load is done before. */
const IN_WINDOW = new Set([
  'freeze',
  'delta',
  'reconcile',
  'totals',
  'switch',
  'smoke',
  'rollback',
]);

/**
 * Why the cutover is refused, empty when it is not (control C9). The last rehearsal of the manifest with a roll-back
 * counts: all its parts must have ended well, with the mapping that is frozen now, within `policy.rehearsalValidDays`;
 * its roll-back must fit `cutover.rollbackHours`, and all of it the window that is left.
 */
export function rollbackProblems({ manifest, outputs, now }: RollbackFacts): RollbackProblem[] {
  const rehearsal = manifest.cutover.rehearsals.findLast((each) => each.rollback);
  if (rehearsal === undefined) {
    return [{ rule: 'not-rehearsed', detail: 'no rehearsal of the manifest includes a roll-back' }];
  }
  const done = rehearsedParts(rehearsal, outputs);
  if (done.length === 0) {
    return [{ rule: 'not-rehearsed', detail: `the rehearsal ${rehearsal.id} has not run` }];
  }
  const missing = partsOf(rehearsal).filter((part) => !done.some((each) => each.part === part));
  if (missing.length > 0) {
    const detail = `the rehearsal ${rehearsal.id} did not end well in ${missing.join(', ')}`;
    return [{ rule: 'incomplete', detail }];
  }
  return [
    ...mappingProblems(done, outputs.get('mapping/compile')?.['hash']),
    ...ageProblems(done, manifest.policy.rehearsalValidDays, Date.parse(now)),
    ...lengthProblems(done, manifest, outputs.get('cutover/window') ?? {}, Date.parse(now)),
  ];
}

function mappingProblems(done: readonly RehearsedPart[], hash: unknown): RollbackProblem[] {
  const other = done.find((each) => each.mapping !== hash);
  if (other === undefined) return [];
  const detail = `${other.step} was rehearsed with another mapping than the one that is frozen`;
  return [{ rule: 'other-mapping', detail }];
}

function ageProblems(
  done: readonly RehearsedPart[],
  validDays: number,
  now: number,
): RollbackProblem[] {
  // Evidence counts from its oldest part.
  const oldest = Math.min(...done.map((each) => Date.parse(each.endedAt)));
  const latest = Math.max(...done.map((each) => Date.parse(each.endedAt)));
  if (!(latest <= now)) {
    const detail = 'the rehearsal ended after the present time: a clock was set back';
    return [{ rule: 'clock', detail }];
  }
  const days = (now - oldest) / DAY;
  if (days <= validDays) return [];
  const detail = `it was rehearsed ${Math.floor(days)} days ago; ${validDays} are allowed`;
  return [{ rule: 'too-old', detail }];
}

function lengthProblems(
  done: readonly RehearsedPart[],
  { cutover }: Manifest,
  checked: JsonObject,
  now: number,
): RollbackProblem[] {
  const problems: RollbackProblem[] = [];
  const rollback = done.find((each) => each.part === 'rollback')?.ms ?? 0;
  const allowed = cutover.rollbackHours * HOUR;
  if (rollback > allowed) {
    const detail = `the roll-back took ${minutes(rollback)}; rolling back is viable for ${minutes(allowed)}`;
    problems.push({ rule: 'too-long', detail });
  }
  const at = (name: 'from' | 'to'): number => {
    const value = checked[name];
    return Date.parse(typeof value === 'string' ? value : cutover.window[name]);
  };
  const left = Math.max(0, at('to') - Math.max(now, at('from')));
  const needed = done
    .filter(({ part }) => IN_WINDOW.has(part))
    .reduce((sum, { ms }) => sum + ms, 0);
  if (needed > left) {
    const detail = `cutover and roll-back took ${minutes(needed)}; the window has ${minutes(left)} left`;
    problems.push({ rule: 'too-long', detail });
  }
  return problems;
}

function minutes(ms: number): string {
  return `${Math.ceil(ms / 60_000)} min`;
}

/** Novopay could not go back: the old database was stale. */
export const C09_ROLLBACK_REHEARSED: Control = {
  id: 'C9',
  title: 'A rehearsed, timed roll-back',
  wentWrong:
    'Novopay could not go back when it failed: the old payroll database was stale and nobody had tried (Novopay inquiry coverage).',
  rule: 'A cutover begins only when a rehearsal with a complete, timed roll-back ended well with the frozen mapping, recently, and fits the window that is left. The point of no return has an approval of its own.',
  refuses: [
    'A cutover without a rehearsal that includes a roll-back.',
    'A cutover whose last rehearsal did not end well in every part, also where a part was waived.',
    'A rehearsal older than policy.rehearsalValidDays, or from after the present time.',
    'A rehearsal with another mapping than the one that is frozen.',
    'A roll-back that takes longer than cutover.rollbackHours or than the window that is left.',
  ],
  codes: ['cutover/rollback-not-rehearsed', 'cutover/rollback-unproven', 'cutover/past-no-return'],
  usedBy: ['cutover/rehearse', 'cutover/gate', 'cutover/wait', 'cutover/no-return', 'rollBack'],
  evidence: ['rehearsal', 'runbook', 'gate-statement', 'rollback-proof'],
};
