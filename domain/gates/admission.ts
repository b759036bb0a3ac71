import type { ErrorCode } from '../errors.ts';
import type { Admission, CriterionRule } from './criterion.ts';

/** What the programme asks before a department cuts over, with the code of its refusal when the window has opened. */
export const ADMISSION = [
  {
    id: 'wave-admitted',
    title:
      'The waves before are live and paid cleanly, and no more moves at once than the plan allows (control C8)',
    code: 'cutover/wave-not-admitted',
    problems: (admission) => admission.waves,
  },
  {
    id: 'provider-capacity',
    title: 'The provider can carry the wave beside its backlog, as it was measured (control C7)',
    code: 'cutover/no-capacity',
    problems: (admission) => admission.capacity,
  },
] as const satisfies readonly {
  readonly id: string;
  readonly title: string;
  readonly code: ErrorCode;
  problems(admission: Admission): readonly string[];
}[];

/** The same as criteria of go or no-go. Unmet where nobody has asked the programme. */
export const ADMISSION_CRITERIA: readonly CriterionRule[] = ADMISSION.map(
  ({ id, title, problems }) => ({
    id,
    title,
    measure: ({ admission }) => {
      const found = admission === undefined ? ['not measured'] : problems(admission);
      const met = found.length === 0;
      return {
        value: met ? 'admitted' : found.join('; '),
        threshold:
          admission?.planned === false
            ? 'as the manifests say: no plan was approved'
            : 'the plan in force',
        met,
        measuredBy: [],
      };
    },
  }),
);
