import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  compileCondition,
  compileExpression,
} from '../../../dataplane/mapping/compile-expression.ts';
import type { Condition, Expression } from '../../../domain/mapping/expression.ts';
import { freshDatabase } from '../../support/database.ts';
import { CODE_LISTS, evaluate } from '../support/evaluate.ts';

let client: pg.Client;

beforeAll(async () => {
  client = new pg.Client({ connectionString: await freshDatabase('expression') });
  await client.connect();
});
afterAll(async () => {
  await client.end();
});

const v = (value: string | null): { v: string | null } => ({ v: value });
/** A data error that was foretold. */
const FAILURE = {
  foretold: true,
  error: expect.objectContaining({ code: expect.stringMatching(/^22/) }),
};

function problemsOf(expression: Expression, columns: Record<string, string> = { name: 'text' }) {
  return compileExpression(expression, {
    columns: new Map(Object.entries(columns)),
    codeLists: CODE_LISTS,
    path: ['x'],
  }).problems;
}

describe('an expression yields', () => {
  it.each<[string, Expression, Record<string, string | null>, string | null]>([
    ['a column as it is', 'v', v(' a '), ' a '],
    ['a column with a difficult name', { column: 'Pay "max" (£)' }, { 'Pay "max" (£)': '5' }, '5'],
    ['a constant with quotes and backslashes', { value: 'it\'s \\ "so"' }, {}, 'it\'s \\ "so"'],
    ['a whole constant', { value: -5 }, {}, '-5'],
    ['a decimal constant', { value: 0.1 }, {}, '0.1'],
    ['nothing', { value: null }, {}, null],
    ['a trimmed text', { trim: 'v' }, v(' \t\u00a0a b\r\n'), 'a b'],
    ['null for blanks', { trim: 'v' }, v('  '), null],
    ['capitals', { upper: 'v' }, v('aé'), 'AÉ'],
    ['small letters', { lower: 'v' }, v('AÉ'), 'aé'],
    ['digits', { digits: 'v' }, v('20-30 40'), '203040'],
    ['null without digits', { digits: 'v' }, v('none'), null],
    ['joined texts', { concat: ['v', { value: '-' }, { value: 7 }] }, v('a'), 'a-7'],
    ['null when a part is null', { concat: ['v', { value: '-' }] }, v(null), null],
    ['the first that is there', { coalesce: [{ trim: 'v' }, { value: 'x' }] }, v(' '), 'x'],
    ['null for a named text', { nullIf: { of: 'v', values: ['N/D'] } }, v(' N/D '), null],
    ['any other text', { nullIf: { of: 'v', values: ['N/D'] } }, v('N/A'), 'N/A'],
    ['a code', { lookup: { of: 'v', list: 'grades' } }, v("O'B"), 'G7'],
    ['a code with quotes', { lookup: { of: 'v', list: 'grades' } }, v('é "x"'), 'G6'],
    ['a code of a long list', { lookup: { of: 'v', list: 'many' } }, v('k1999'), 'v1999'],
    ['no code for null', { lookup: { of: 'v', list: 'grades' } }, v(null), null],
    ['a date', { date: { of: 'v', format: 'DD/MM/YYYY' } }, v('29/02/2020'), '2020-02-29'],
    [
      'a date with a month name',
      { date: { of: 'v', format: 'DD-Mon-YYYY' } },
      v('05-JAN-2020'),
      '2020-01-05',
    ],
    [
      'a date with a long month name',
      { date: { of: 'v', format: 'DD Month YYYY' } },
      v('05 May 2020'),
      '2020-05-05',
    ],
    [
      'a date without leading zeros',
      { date: { of: 'v', format: 'FMDD/FMMM/YYYY' } },
      v('5/1/2020'),
      '2020-01-05',
    ],
    ['a compact date', { date: { of: 'v', format: 'YYYYMMDD' } }, v('20200105'), '2020-01-05'],
    ['a whole number', { integer: 'v' }, v('-0012'), '-12'],
    ['a decimal, rounded', { decimal: { of: 'v' } }, v('2.345'), '2.35'],
    ['a decimal with its scale', { decimal: { of: 'v', scale: 4 } }, v('.5'), '0.5000'],
    ['pounds', { money: 'v' }, v('£1,234.50'), '1234.50'],
    ['negative pounds', { money: 'v' }, v('-£1234.5'), '-1234.50'],
    ['pounds with needless zeros', { money: 'v' }, v('10.5000'), '10.50'],
    ['pounds from pence', { fromPence: 'v' }, v('12345'), '123.45'],
    ['yes', { boolean: { of: 'v', yes: ['Y', '1'], no: ['N'] } }, v('1'), 'true'],
    ['no', { boolean: { of: 'v', yes: ['Y', '1'], no: ['N'] } }, v('N'), 'false'],
    ['neither', { boolean: { of: 'v', yes: ['Y'], no: ['N'] } }, v(null), null],
    ['a part', { split: { of: 'v', by: ', ', part: 2 } }, v('Smith, Jo'), 'Jo'],
    ['an empty part', { split: { of: 'v', by: ',', part: 2 } }, v('a,,b'), ''],
    ['null where there is no such part', { split: { of: 'v', by: ',', part: 3 } }, v('a,b'), null],
    ['a replaced text', { replace: { of: 'v', find: '.*', by: "'" } }, v('a.*b'), "a'b"],
    ['a filled text', { padLeft: { of: 'v', width: 5, fill: '0' } }, v('42'), '00042'],
    ['a longer text uncut', { padLeft: { of: 'v', width: 2, fill: '0' } }, v('12345'), '12345'],
    [
      'the case that holds',
      {
        when: {
          cases: [{ if: { equals: ['v', { value: 'a' }] }, then: { value: 'first' } }],
          otherwise: 'v',
        },
      },
      v('b'),
      'b',
    ],
    [
      'null when no case holds',
      { when: { cases: [{ if: { isNull: 'v' }, then: 'v' }] } },
      v('b'),
      null,
    ],
  ])('%s', async (_, expression, row, expected) => {
    expect(await evaluate(client, expression, row)).toEqual({ foretold: false, value: expected });
  });

  it.each<[string, Expression, string, string, string | null]>([
    [
      'digits of a number, filled',
      { padLeft: { of: 'v', width: 6, fill: '0' } },
      'integer',
      '42',
      '000042',
    ],
    [
      'the code of a number',
      { lookup: { of: { concat: ['v', { value: '' }] }, list: 'none' } },
      'integer',
      '1',
      'one',
    ],
    [
      'null for a named date',
      { nullIf: { of: 'v', values: ['9999-01-01'] } },
      'date',
      '9999-01-01',
      null,
    ],
    ['a whole number of a numeric', { integer: 'v' }, 'numeric(10,2)', '12.00', '12'],
    ['pounds of a float', { money: 'v' }, 'double precision', '10.1', '10.10'],
    ['a text of a name', { upper: 'v' }, 'character varying(5)', 'ab', 'AB'],
  ])('%s', async (_, expression, type, value, expected) => {
    const context = {
      columns: new Map([['v', type]]),
      codeLists: { none: { values: { '1': 'one' } } },
    };
    const { sql, problems } = compileExpression(expression, context);
    expect(problems).toEqual([]);
    const { rows } = await client.query<{ r: string | null }>(
      `select (${sql})::text as r from (select $1::${type} as v) s`,
      [value],
    );
    expect(rows[0]?.r).toBe(expected);
  });
});

describe('a row fails by a data error', () => {
  it.each<[string, Expression, string]>([
    ['for 31 February', { date: { of: 'v', format: 'DD/MM/YYYY' } }, '31/02/2020'],
    ['for a short date', { date: { of: 'v', format: 'DD/MM/YYYY' } }, '1/2/2020'],
    ['for a short year', { date: { of: 'v', format: 'DD/MM/YYYY' } }, '01/02/20'],
    ['for text after a date', { date: { of: 'v', format: 'YYYY-MM-DD' } }, '2020-01-01T00:00:00'],
    ['for an American date', { date: { of: 'v', format: 'DD/MM/YYYY' } }, '12/31/2020'],
    ['for no date at all', { date: { of: 'v', format: 'DD/MM/YYYY' } }, ''],
    ['for a fraction as a whole number', { integer: 'v' }, '1.5'],
    ['for a hexadecimal number', { integer: 'v' }, '0x1F'],
    ['for an underscored number', { integer: 'v' }, '1_000'],
    ['for blanks around a number', { integer: 'v' }, ' 1'],
    ['for an empty number', { integer: 'v' }, ''],
    ['for a thousands separator in a decimal', { decimal: { of: 'v' } }, '1,234.50'],
    ['for NaN', { decimal: { of: 'v' } }, 'NaN'],
    ['for an exponent', { decimal: { of: 'v' } }, '1e5'],
    ['for N/D as money', { money: 'v' }, 'N/D'],
    ['for misplaced separators', { money: 'v' }, '£1,23.50'],
    ['for a fraction of a penny', { money: 'v' }, '1.005'],
    ['for another text as boolean', { boolean: { of: 'v', yes: ['Y'], no: ['N'] } }, 'y'],
  ])('%s', async (_, expression, value) => {
    expect(await evaluate(client, expression, v(value))).toEqual(FAILURE);
  });

  it('whose message names the code list and not the value, when a code list does not have it', async () => {
    const outcome = await evaluate(client, { lookup: { of: 'v', list: 'grades' } }, v('secret'));
    expect(outcome).toEqual(FAILURE);
    const message = 'error' in outcome ? outcome.error.message : '';
    expect(message).toContain('slipway:unmapped:grades');
    expect(message).not.toContain('secret');
  });

  it('only when the row is reached', async () => {
    const guarded: Expression = {
      when: {
        cases: [{ if: { matches: { of: 'v', pattern: '^[0-9]+$' } }, then: { integer: 'v' } }],
      },
    };
    expect(await evaluate(client, guarded, v('abc'))).toEqual({ foretold: false, value: null });
  });
});

describe('a condition', () => {
  async function check(condition: Condition, value: string | null): Promise<boolean | undefined> {
    const { sql, problems } = compileCondition(condition, {
      columns: new Map([['v', 'text']]),
      codeLists: CODE_LISTS,
    });
    expect(problems).toEqual([]);
    const { rows } = await client.query<{ r: boolean }>(
      `select ${sql} as r from (select $1::text as v) s`,
      [value],
    );
    return rows[0]?.r;
  }

  it.each<[string, Condition, string | null, boolean]>([
    ['equals', { equals: ['v', { value: 'a' }] }, 'a', true],
    ['does not equal null', { equals: ['v', { value: 'a' }] }, null, false],
    ['not equals holds for null', { not: { equals: ['v', { value: 'a' }] } }, null, true],
    ['in', { in: { of: 'v', values: ['a', 1] } }, '1', true],
    ['is null', { isNull: 'v' }, null, true],
    ['matches', { matches: { of: 'v', pattern: "^it's$" } }, "it's", true],
    ['all', { all: [{ isNull: 'v' }, { equals: ['v', { value: 'a' }] }] }, 'a', false],
    ['any', { any: [{ isNull: 'v' }, { equals: ['v', { value: 'a' }] }] }, 'a', true],
  ])('%s', async (_, condition, value, expected) => {
    expect(await check(condition, value)).toBe(expected);
  });
});

describe('a mistake is a problem with its place', () => {
  it.each<[string, Expression, string, string]>([
    [
      'a misspelt column',
      { trim: 'nmae' },
      'x.trim',
      'there is no source column "nmae"; did you mean "name"?',
    ],
    [
      'a misspelt code list',
      { lookup: { of: 'name', list: 'grade' } },
      'x.lookup.list',
      'did you mean "grades"?',
    ],
    [
      'a text operator on a number',
      { upper: { value: 5 } },
      'x.upper',
      'expected a text, found a whole number',
    ],
    [
      'mixed types',
      { coalesce: ['name', { value: 5 }] },
      'x.coalesce',
      'found a text and a whole number',
    ],
    [
      'a time format',
      { date: { of: 'name', format: 'YYYY-MM-DD HH24' } },
      'x.date.format',
      'cannot be part of a date',
    ],
    [
      'a format without a day',
      { date: { of: 'name', format: 'YYYY-MM' } },
      'x.date.format',
      'expected a day (DD) once',
    ],
    ['yes that is no', { boolean: { of: 'name', yes: ['Y'], no: ['Y'] } }, 'x.boolean', 'in both'],
    [
      'a comparison with null',
      { when: { cases: [{ if: { equals: ['name', { value: null }] }, then: 'name' }] } },
      'x.when.cases.0.if.equals',
      'use isNull',
    ],
  ])('%s', (_, expression, path, message) => {
    const problems = problemsOf(expression);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.path.join('.')).toBe(path);
    expect(problems[0]?.message).toContain(message);
  });

  it('and all of them are reported at once', () => {
    expect(
      problemsOf({ concat: ['a', 'b', { lookup: { of: 'name', list: 'none' } }] }),
    ).toHaveLength(3);
  });
});
