import type { ErrorCode } from '../errors.ts';
import type { Admission, AdmissionLine, CriterionRule } from './criterion.ts';

/** What the programme asks before a department cuts over, with the code of its refusal when the window has opened. */
export const ADMISSION = [
  {
    id: 'wave-admitted',
    title:
      'The waves before are live and paid cleanly, and no more moves at once than the plan allows (control C8)',
    code: 'cutover/wave-not-admitted',
    line: (admission) => admission.waves,
  },
  {
    id: 'provider-capacity',
    title: 'The provider can carry the wave beside its backlog, as it was measured (control C7)',
    code: 'cutover/no-capacity',
    line: (admission) => admission.capacity,
  },
] as const satisfies readonly {
  readonly id: string;
  readonly title: string;
  readonly code: ErrorCode;
  line(admission: Admission): AdmissionLine;
}[];

/** The same as criteria of go or no-go. Unmet where nobody has asked the programme. */
export const ADMISSION_CRITERIA: readonly CriterionRule[] = ADMISSION.map(
  ({ id, title, line }) => ({
    id,
    title,
    measure: ({ admission }) => {
      const { found, problems } =
        admission === undefined ? { found: '', problems: ['not measured'] } : line(admission);
      const met = problems.length === 0;
      return {
        value: met ? found : problems.join('; '),
        threshold: admission?.plan ?? 'the waves of the manifests: no plan was approved',
        met,
        measuredBy: [],
      };
    },
  }),
);
