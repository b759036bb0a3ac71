import type { ErrorCode } from '../errors.ts';
import type { StepKey } from '../step-catalogue.ts';
import type { Waiver } from '../step-run.ts';
import type { Control } from './control.ts';

/** A waiver as the go/no-go record prints it: what was waived, by whom, why, with which impact, until when. */
export interface RecordedWaiver {
  readonly step: StepKey;
  /** The criterion of a gate; left out for a step as a whole. */
  readonly criterion?: string;
  readonly by: string;
  readonly reason: string;
  readonly impact: string;
  /** ISO date. */
  readonly expires: string;
  /** True once the date is reached: what was waived is red again. */
  readonly expired: boolean;
}

/** Is the date reached? One that cannot be read counts as reached. */
export function hasExpired({ expires }: Pick<Waiver, 'expires'>, now: number): boolean {
  return !(Date.parse(expires) > now);
}

/** Why a waiver cannot be given like that; undefined where it can. */
export function waiverProblem(
  waiver: Pick<Waiver, 'impact' | 'expires'>,
  now: number,
): { readonly code: ErrorCode; readonly message: string } | undefined {
  if (waiver.impact.trim() === '')
    return { code: 'command/reason-required', message: 'a waiver says what the impact is' };
  if (hasExpired(waiver, now)) {
    return {
      code: 'request/invalid',
      message: `a waiver expires in the future; found ${waiver.expires}`,
    };
  }
  return undefined;
}

/**
 * Criteria that are not waived as a whole: a red line of readiness is dealt with by itself, so that the record says which
 * one was accepted, by whom (controls C5 and C12).
 */
const LINE_BY_LINE: readonly string[] = ['nothing-red'];

/** Why a criterion cannot be waived; undefined where it can. */
export function unwaivable(
  criterion: string | undefined,
): { readonly code: ErrorCode; readonly message: string } | undefined {
  if (criterion === undefined || !LINE_BY_LINE.includes(criterion)) return undefined;
  return {
    code: 'control/line-by-line',
    message: `${criterion} is not waived as a whole: assess each red line, waive it in its own gate, or accept the finding`,
  };
}

/** The waivers of a gate that still hold. */
export function validWaivers(waivers: readonly Waiver[], now: number): Waiver[] {
  return waivers.filter((waiver) => !hasExpired(waiver, now));
}

/** Control C3. */
export const C03_WAIVERS: Control = {
  id: 'C3',
  title: 'Mandatory steps are waived by a senior person, never skipped',
  wentWrong:
    'Phoenix cancelled its pilot and Novopay its staged roll-out, and nobody assessed the impact (Auditor General of Canada, 2017-18; coverage of the Novopay inquiry).',
  rule: 'A mandatory step or an unmet criterion is accepted only by another, senior, named person, with reason, impact and expiry date. Each waiver is printed on the go/no-go record, and is red again once it has expired.',
  refuses: [
    'A skip of a mandatory step.',
    'A waiver by a person who is not senior, is not named, started the onboarding or changed what runs in the stage.',
    'A waiver without impact, or with an expiry date that is not in the future.',
    'A gate, or an approval of it, that rests on a waiver that has expired.',
    'A waiver of all red lines of readiness at once.',
  ],
  codes: [
    'command/step-mandatory',
    'access/not-permitted',
    'approval/four-eyes',
    'command/reason-required',
    'request/invalid',
    'approval/red-criteria',
    'control/line-by-line',
  ],
  usedBy: [
    'skipStep',
    'waiveStep',
    'approveGate',
    'discovery/gate',
    'mapping/gate',
    'migration/gate',
    'parallel-run/gate',
    'cutover/gate',
    'cutover/no-return',
  ],
  evidence: ['gate-statement'],
};
