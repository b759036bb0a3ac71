import { CAST, examplesOf, type OperatorExample } from './example.ts';

const whole = (value: string) => ({ value, type: 'bigint' });
const pounds = (value: string) => ({ value, type: 'numeric(12,2)' });

/** Examples of the operators on numbers. */
export const NUMBER_EXAMPLES: readonly OperatorExample[] = [
  ...examplesOf(
    'integer',
    [{ integer: 'years' }, { years: '-0012' }, '-12'],
    [{ integer: 'years' }, { years: '1.5' }, CAST],
    [{ integer: { of: 'posts', thousands: ',' } }, { posts: '1,234' }, '1234'],
    [{ integer: { of: 'posts', thousands: ',' } }, { posts: '12,34' }, CAST],
  ),
  ...examplesOf(
    'decimal',
    [{ decimal: { of: 'fte', scale: 3 } }, { fte: '.5' }, '0.500'],
    [
      { decimal: { of: 'amount', decimalMark: ',', thousands: '.' } },
      { amount: '1.234,56' },
      '1234.56',
    ],
    [
      { decimal: { of: 'amount', negative: ['leading', 'trailing'] } },
      { amount: '12.50-' },
      '-12.50',
    ],
    [{ decimal: { of: 'amount' } }, { amount: '1,234.50' }, CAST],
  ),
  ...examplesOf(
    'money',
    [{ money: 'pay' }, { pay: '£1,234.50' }, '1234.50'],
    [
      { money: { of: 'balance', thousands: ',', negative: ['brackets'] } },
      { balance: '(£1,234.50)' },
      '-1234.50',
    ],
    [
      { money: { of: 'balance', thousands: ' ', decimalMark: ',' } },
      { balance: '1 234,5' },
      '1234.50',
    ],
    [{ money: 'pay' }, { pay: '1.005' }, CAST],
  ),
  ...examplesOf('fromPence', [{ fromPence: 'pence' }, { pence: '12345' }, '123.45']),
  ...examplesOf(
    'toPence',
    [{ toPence: { money: 'pay' } }, { pay: '£1.05' }, '105'],
    [{ toPence: 'pay' }, { pay: { value: '1.005', type: 'numeric' } }, CAST],
  ),
  ...examplesOf(
    'add',
    [
      { add: [{ money: 'basic' }, { money: 'allowance' }] },
      { basic: '0.10', allowance: '0.20' },
      '0.30',
    ],
    [
      { add: ['a', 'b'] },
      { a: whole('9223372036854775807'), b: whole('1') },
      { rule: 'overflow:FIELD' },
    ],
  ),
  ...examplesOf('subtract', [
    { subtract: ['gross', 'tax', 'ni'] },
    { gross: pounds('100.00'), tax: pounds('20.00'), ni: pounds('8.01') },
    '71.99',
  ]),
  ...examplesOf(
    'multiply',
    [
      { multiply: { of: 'pay', by: 'fte', rounding: 'half-up' } },
      { pay: pounds('1000.01'), fte: { value: '0.5', type: 'numeric(3,2)' } },
      '500.01',
    ],
    [
      { multiply: { of: 'pay', by: 'fte', rounding: 'down' } },
      { pay: pounds('1000.01'), fte: { value: '0.5', type: 'numeric(3,2)' } },
      '500.00',
    ],
    [{ multiply: { of: 'pay', by: { value: 12 } } }, { pay: pounds('100.10') }, '1201.20'],
  ),
  ...examplesOf(
    'divide',
    [
      { divide: { of: 'annual', by: { value: 12 }, rounding: 'half-even' } },
      { annual: pounds('25000.00') },
      '2083.33',
    ],
    [
      { divide: { of: 'sum', by: 'count', rounding: 'half-up' } },
      { sum: pounds('1.00'), count: whole('0') },
      { rule: 'division-by-zero:FIELD' },
    ],
  ),
  ...examplesOf('percent', [
    { percent: { of: 'pay', rate: { value: 5.45 }, rounding: 'half-up' } },
    { pay: pounds('1234.56') },
    '67.28',
  ]),
  ...examplesOf(
    'round',
    [
      { round: { of: 'rate', scale: 1, rounding: 'half-even' } },
      { rate: { value: '-0.25', type: 'numeric(5,2)' } },
      '-0.2',
    ],
    [
      { round: { of: 'rate', scale: 0, rounding: 'up' } },
      { rate: { value: '2.01', type: 'numeric(5,2)' } },
      '3',
    ],
  ),
];
