import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../dataplane/mapping/compile-expression.ts';
import type { Condition, Expression } from '../../../domain/mapping/expression.ts';

const COLUMNS = new Map([
  ['name', 'text'],
  ['number', 'integer'],
  ['pay', 'numeric(10,2)'],
  ['born', 'date'],
  ['at', 'timestamp without time zone'],
  ['moment', 'timestamp with time zone'],
  ['active', 'boolean'],
]);

const when = (condition: Condition): Expression => ({
  when: { cases: [{ if: condition, then: 'name' }] },
});

describe('a type error is found before anything runs, with its place', () => {
  it.each<[string, Expression, string, string]>([
    [
      'a text in a sum',
      { add: ['pay', 'name'] },
      'add.1',
      'expected a number, found a text: say what it is with money',
    ],
    [
      'a date in a product',
      { multiply: { of: 'born', by: 'pay' } },
      'multiply.of',
      'expected a number, found a date',
    ],
    [
      'a scale without a rounding',
      { multiply: { of: 'pay', by: 'pay', scale: 2 } },
      'multiply',
      'needs its rounding',
    ],
    ['pence of a text', { toPence: 'name' }, 'toPence', 'expected a number, found a text'],
    [
      'one mark for two things',
      { money: { of: 'name', decimalMark: ',', thousands: ',' } },
      'money',
      'in both',
    ],
    [
      'a year of two digits',
      { date: { of: 'name', format: 'DD/MM/YY' } },
      'date.format',
      'need a pivot',
    ],
    [
      'a needless pivot',
      { date: { of: 'name', format: 'DD/MM/YYYY', pivot: 30 } },
      'date.pivot',
      'only years of two digits',
    ],
    [
      'half a clock',
      { timestamp: { of: 'name', format: 'DD/MM/YYYY HH12:MI' } },
      'timestamp.format',
      'HH12 and AM belong together',
    ],
    [
      'a time without an hour',
      { timestamp: { of: 'name', format: 'DD/MM/YYYY' } },
      'timestamp.format',
      'expected an hour',
    ],
    [
      'a text without a format',
      { timestamp: { of: 'name' } },
      'timestamp',
      'a text needs a format',
    ],
    [
      'a zone that is not one',
      { timestamp: { of: 'at', zone: 'London' } },
      'timestamp.zone',
      'there is no time zone "London"',
    ],
    [
      'two zones',
      { timestamp: { of: 'name', format: 'YYYY-MM-DD HH24TZ', zone: 'Europe/London' } },
      'timestamp.zone',
      'in the value already',
    ],
    [
      'a zone of a time without',
      { inZone: { of: 'at', zone: 'Europe/London' } },
      'inZone.of',
      'expected a time with its zone, found a time',
    ],
    [
      'the day of a moment',
      { day: 'moment' },
      'day',
      'expected a time, found a time with its zone',
    ],
    ['the month of a text', { monthEnd: 'name' }, 'monthEnd', 'expected a date, found a text'],
    [
      'a shifted number',
      { shift: { of: 'number', days: 1 } },
      'shift.of',
      'expected a date or a time, found a whole number',
    ],
    [
      'a format of a number',
      { text: { of: 'number', format: 'YYYY' } },
      'text.format',
      'a whole number has no format',
    ],
    [
      'a key of money',
      { surrogate: { of: ['pay'], space: 'x' } },
      'surrogate.of.0',
      'expected a text, a whole number or a date',
    ],
    [
      'an order of texts',
      when({ less: ['name', { value: 'm' }] }),
      'when.cases.0.if.less',
      'expected numbers, dates or times, found a text',
    ],
    [
      'a number between dates',
      when({ between: { of: 'number', from: 'born', to: 'born' } }),
      'when.cases.0.if.between',
      'expected values of one type',
    ],
    [
      'a code that is a number',
      { lookup: { of: 'name', list: 'l', otherwise: 'pay' } },
      'lookup.otherwise',
      'expected a text',
    ],
  ])('%s', (_, expression, path, message) => {
    const context = { columns: COLUMNS, codeLists: { l: { values: {} } }, path: [] };
    const { problems } = compileExpression(expression, context);
    expect(problems.map((each) => [each.path.join('.'), each.message])).toEqual([
      [path, expect.stringContaining(message)],
    ]);
  });
});
