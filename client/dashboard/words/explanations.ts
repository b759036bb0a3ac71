import type { Explanation } from '../../../domain/step-run.ts';

type Decision = NonNullable<Explanation['decision']>;

/** What an explanation may decide, in words. */
export const DECISIONS: readonly {
  readonly value: Decision;
  readonly text: string;
  readonly hint: string;
}[] = [
  {
    value: 'legacy-right',
    text: 'The legacy pay is right',
    hint: 'The platform has to be corrected.',
  },
  {
    value: 'platform-right',
    text: 'The platform is right',
    hint: 'The legacy system paid something else than it should have.',
  },
  { value: 'both-wrong', text: 'Neither is right', hint: 'Both sides have to be corrected.' },
  { value: 'accepted', text: 'Accepted', hint: 'The difference is known and stays.' },
];

/** Is the text one of the decisions? */
export function isDecision(text: string): text is Decision {
  return DECISIONS.some((decision) => decision.value === text);
}
