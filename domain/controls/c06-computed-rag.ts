import type { ErrorCode } from '../errors.ts';
import type { Control } from './control.ts';

/** Red, amber or green. */
export type Health = 'green' | 'amber' | 'red';

/** What a person says of a criterion. `as-computed` takes back what was said of one that is computed. */
export type Assessed = Health | 'as-computed';

const ORDER: Readonly<Record<Health, number>> = { green: 0, amber: 1, red: 2 };

/** The worse of both: what a person says can only make a computed health worse. */
export function worseOf(computed: Health, said: Assessed | undefined): Health {
  if (said === undefined || said === 'as-computed') return computed;
  return ORDER[said] > ORDER[computed] ? said : computed;
}

/** Why an assessment cannot be given like that; undefined where it can. */
export function assessmentProblem(
  criterion: { readonly computed: boolean },
  health: Assessed,
  due: string | undefined,
  today: string,
): { readonly code: ErrorCode; readonly message: string } | undefined {
  if (criterion.computed && health === 'green') {
    const message = 'it is computed from the record: a person can only make it worse';
    return { code: 'control/override-to-green', message };
  }
  if (!criterion.computed && health === 'as-computed')
    return { code: 'request/invalid', message: 'it is not computed: say green, amber or red' };
  if (due !== undefined && due < today)
    return {
      code: 'request/invalid',
      message: `an action plan is due in the future; found ${due}`,
    };
  return undefined;
}

/**
 * Every open line has to be acknowledged, and no other: who approves says what they have seen.
 * @returns what is missing or too much; undefined where both are the same
 */
export function acknowledgementProblem(
  open: readonly string[],
  acknowledged: readonly string[],
): string | undefined {
  const missing = open.filter((id) => !acknowledged.includes(id));
  const unknown = acknowledged.filter((id) => !open.includes(id));
  const parts = [
    ...(missing.length > 0 ? [`not acknowledged: ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`not open: ${unknown.join(', ')}`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

/** C6: red, amber and green are computed. */
export const COMPUTED_RAG: Control = {
  id: 'C6',
  title: 'Red, amber and green are computed, and what is open is acknowledged',
  wentWrong:
    'The failing bank reconciliation of Birmingham City Council was reported green (Grant Thornton); the National Audit Office found self-reported dashboards unusable (2026).',
  rule: 'Health is computed from the record. What a person says of a computed line can only make it worse. Who approves has to name every line that is waived or amber; a red one cannot be approved at all.',
  refuses: [
    'an assessment that would turn a computed line green',
    'an approval that does not name exactly the lines that are open',
    'an approval while a line is red',
  ],
  codes: ['control/override-to-green', 'approval/not-acknowledged', 'approval/red-criteria'],
  usedBy: ['assessCriterion', 'approveGate', 'cutover/readiness', 'cutover/gate'],
  evidence: ['readiness-statement', 'gate-statement'],
};
