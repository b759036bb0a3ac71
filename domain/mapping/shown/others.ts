import { CAST, examplesOf, type OperatorExample } from './example.ts';

const GRADE = {
  when: {
    cases: [
      {
        if: { equals: ['type', { value: 'T' }] as ['type', { value: string }] },
        then: { value: 'temporary' },
      },
    ],
  },
};

/** Examples of the operators that choose, tell and identify. */
export const OTHER_EXAMPLES: readonly OperatorExample[] = [
  ...examplesOf('coalesce', [
    { coalesce: [{ trim: 'known_as' }, 'first'] },
    { known_as: ' ', first: 'Jo' },
    'Jo',
  ]),
  ...examplesOf(
    'nullIf',
    [{ nullIf: { of: 'left', values: ['31/12/9999', 'N/A'] } }, { left: 'N/A' }, null],
    [{ nullIf: { of: 'left', values: ['N/A'] } }, { left: 'x' }, 'x'],
  ),
  ...examplesOf(
    'boolean',
    [{ boolean: { of: 'active', yes: ['Y', '1'], no: ['N', '0'] } }, { active: 'Y' }, 'true'],
    [{ boolean: { of: 'active', yes: ['Y'], no: ['N'] } }, { active: 'y' }, CAST],
  ),
  ...examplesOf(
    'surrogate',
    [
      { surrogate: { of: ['payroll', 'number'], space: 'person' } },
      { payroll: 'A', number: '1' },
      '7232693625562175987',
    ],
    [
      { surrogate: { of: ['payroll', 'number'], space: 'person', as: 'uuid' } },
      { payroll: 'A', number: '1' },
      'e45fb088-30dd-89f3-8af1-4f2ac7b30d28',
    ],
    [{ surrogate: { of: ['number'], space: 'person' } }, { number: null }, null],
  ),
  ...examplesOf(
    'when',
    [GRADE, { type: 'T' }, 'temporary'],
    [GRADE, { type: 'P' }, null],
    [{ when: { ...GRADE.when, otherwise: { lower: 'type' } } }, { type: 'P' }, 'p'],
  ),
];
