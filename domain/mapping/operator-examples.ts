import { CONDITION_EXAMPLES } from './shown/conditions.ts';
import { DATE_EXAMPLES } from './shown/dates.ts';
import type { OperatorExample } from './shown/example.ts';
import { NUMBER_EXAMPLES } from './shown/numbers.ts';
import { OTHER_EXAMPLES } from './shown/others.ts';
import { TEXT_EXAMPLES } from './shown/texts.ts';

/** The code lists that examples look up. */
export const EXAMPLE_LISTS = { grades: { values: { EO: 'G1', HEO: 'G2' } } } as const;

/** The examples of `docs/mapping.md`, by chapter. Every one of them is run on PostgreSQL by a test. */
export const OPERATOR_EXAMPLES: readonly {
  readonly chapter: string;
  readonly examples: readonly OperatorExample[];
}[] = [
  { chapter: 'Texts', examples: TEXT_EXAMPLES },
  { chapter: 'Numbers and money', examples: NUMBER_EXAMPLES },
  { chapter: 'Dates and times', examples: DATE_EXAMPLES },
  { chapter: 'Choices, flags and keys', examples: OTHER_EXAMPLES },
  { chapter: 'Conditions', examples: CONDITION_EXAMPLES },
];
