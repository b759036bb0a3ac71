import type { Condition, Expression } from '../expression.ts';
import { examplesOf, type ExampleRow, type OperatorExample } from './example.ts';

const day = (value: string) => ({ value, type: 'date' });
const number = (value: string) => ({ value, type: 'numeric(10,2)' });

/** A condition stands in a `when` or an `exclude`: the examples show it choosing between yes and no. */
function examples(
  operator: keyof Condition,
  ...cases: readonly (readonly [Condition, ExampleRow, boolean])[]
): OperatorExample[] {
  return cases.flatMap(([condition, row, holds]) => {
    const when: Expression = {
      when: { cases: [{ if: condition, then: { value: 'yes' } }], otherwise: { value: 'no' } },
    };
    return examplesOf(operator, [when, row, holds ? 'yes' : 'no']);
  });
}

/** Examples of conditions. */
export const CONDITION_EXAMPLES: readonly OperatorExample[] = [
  ...examples(
    'equals',
    [{ equals: ['status', { value: 'L' }] }, { status: 'L' }, true],
    [{ equals: ['status', { value: 'L' }] }, { status: null }, false],
  ),
  ...examples('less', [{ less: ['pay', { value: 0 }] }, { pay: number('-0.01') }, true]),
  ...examples('atMost', [
    { atMost: ['starts', 'ends'] },
    { starts: day('2020-01-01'), ends: day('2020-01-01') },
    true,
  ]),
  ...examples('greater', [
    { greater: ['pay', { money: { value: '£150,000' } }] },
    { pay: number('150000.00') },
    false,
  ]),
  ...examples('atLeast', [
    { atLeast: ['starts', { date: { of: { value: '2020-04-06' }, format: 'YYYY-MM-DD' } }] },
    { starts: day('2020-04-05') },
    false,
  ]),
  ...examples(
    'between',
    [
      { between: { of: 'fte', from: { value: 0 }, to: { value: 1 } } },
      { fte: number('1.00') },
      true,
    ],
    [
      { between: { of: 'fte', from: { value: 0 }, to: { value: 1 } } },
      { fte: number('1.01') },
      false,
    ],
  ),
  ...examples('in', [{ in: { of: 'grade', values: ['EO', 'HEO'] } }, { grade: 'HEO' }, true]),
  ...examples('isNull', [{ isNull: { trim: 'left' } }, { left: ' ' }, true]),
  ...examples('matches', [
    { matches: { of: 'number', pattern: '^[0-9]{6}$' } },
    { number: '12345' },
    false,
  ]),
  ...examples('not', [{ not: { equals: ['status', { value: 'L' }] } }, { status: null }, true]),
  ...examples('all', [
    { all: [{ isNull: 'left' }, { equals: ['status', { value: 'A' }] }] },
    { left: null, status: 'A' },
    true,
  ]),
  ...examples('any', [
    { any: [{ isNull: 'left' }, { equals: ['status', { value: 'A' }] }] },
    { left: 'x', status: 'A' },
    true,
  ]),
];
