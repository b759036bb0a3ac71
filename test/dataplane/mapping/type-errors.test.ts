import { beforeAll, describe, expect, it } from 'vitest';
import { checkMapping } from '../../../dataplane/mapping/check.ts';
import { compileExpression } from '../../../dataplane/mapping/compile-expression.ts';
import { compileMapping } from '../../../dataplane/mapping/compile-mapping.ts';
import type { Condition, Expression } from '../../../domain/mapping/expression.ts';
import { freeWork } from '../../support/work.ts';
import { manifestWith, makeScene, type Scene } from '../support/scene.ts';

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

describe('what rows are made of is checked', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await makeScene(
      `create table person (id integer primary key, grade text, start text, phone text, "grade.name" text);
       create table grade (code text, name text, level integer);`,
      'create schema app; create table app.person (department text, id integer, grade text, primary key (department, id))',
    );
  });
  const dataset = (more: object) => ({
    id: 'people',
    source: 'legacy',
    from: 'public.person',
    key: ['id'],
    target: 'app.person',
    fields: { id: 'id', grade: 'grade' },
    ...more,
  });
  const problemsOf = async (more: object): Promise<[string, string][]> => {
    const manifest = manifestWith({ datasets: [dataset(more)] });
    const { problems } = await checkMapping({ manifest, urls: scene.urls }, freeWork());
    return problems.map(({ path, message }) => [path.join('.'), message]);
  };
  const join = { from: 'public.grade', on: [{ theirs: 'code', ours: 'grade' }] };

  it.each<[string, object, string, string]>([
    [
      'a join to nothing',
      { joins: { g: { ...join, from: 'public.grad' } } },
      'datasets.0.joins.g.from',
      'there is no table',
    ],
    [
      'keys of two types',
      { joins: { g: { ...join, on: [{ theirs: 'level', ours: 'grade' }] } } },
      'datasets.0.joins.g.on.0',
      'a whole number and a text are never the same',
    ],
    [
      'a misspelt joined column',
      { joins: { g: join }, fields: { id: 'id', grade: 'g.nam' } },
      'datasets.0.fields.grade',
      'did you mean "g.name"?',
    ],
    [
      'an order that is missing',
      { joins: { g: { ...join, take: 'last' } } },
      'datasets.0.joins.g.order',
      'last needs an order',
    ],
    [
      'an order of texts',
      { joins: { g: { ...join, take: 'last', order: ['name'] } } },
      'datasets.0.joins.g.order.0',
      'expected a number, a date or a time, found a text',
    ],
    [
      'a sum of texts',
      { joins: { g: { ...join, values: { total: { sum: 'name' } } } } },
      'datasets.0.joins.g.values.total.sum',
      'expected a number, found a text',
    ],
    [
      'a name that is taken',
      { joins: { grade: join } },
      'datasets.0',
      '"grade.name" is a column of the source already',
    ],
    [
      'a part that may fail',
      {
        parts: [
          { name: 'a', values: { v: { integer: 'phone' } } },
          { name: 'b', values: {} },
        ],
      },
      'datasets.0.parts.0.values.v',
      'this may fail',
    ],
    [
      'parts of two types',
      {
        parts: [
          { name: 'a', values: { v: 'id' } },
          { name: 'b', values: { v: 'phone' } },
        ],
      },
      'datasets.0.parts',
      'v must be of one type in all parts',
    ],
    [
      'a history of texts',
      { history: { per: ['id'], start: 'start' } },
      'datasets.0.history.start',
      'expected a date, found a text',
    ],
    [
      'a history of nobody',
      { history: { per: ['idd'], start: { date: { of: 'start', format: 'YYYYMMDD' } } } },
      'datasets.0.history.per.0',
      'did you mean "id"?',
    ],
  ])('%s', async (_, more, path, message) => {
    expect(await problemsOf(more)).toEqual([[path, expect.stringContaining(message)]]);
  });

  it('the hash of a mapping is that of its SQL: it changes with what rows become, and with nothing else', async () => {
    const hashOf = async (
      more: object,
      codes: object = { A: 'one' },
      description = '',
    ): Promise<string> => {
      const manifest = manifestWith({
        datasets: [dataset(more)],
        codeLists: { grades: { description, values: codes } },
      });
      return (await compileMapping({ manifest, urls: scene.urls }, freeWork())).hash;
    };
    const lookup = { fields: { id: 'id', grade: { lookup: { of: 'grade', list: 'grades' } } } };
    const day = { date: { of: 'start', format: 'YYYYMMDD' } };
    const same = await hashOf(lookup);
    expect(
      await hashOf(
        { ...lookup, drop: { phone: 'not needed' }, chunkRows: 100, after: [] },
        { A: 'one' },
        'said',
      ),
    ).toBe(same);
    expect(
      await hashOf({
        fields: {
          id: { column: 'id' },
          grade: { lookup: { of: { column: 'grade' }, list: 'grades' } },
        },
      }),
    ).toBe(same);
    const others = [
      hashOf(lookup, { A: 'two' }),
      hashOf(lookup, { A: 'one', B: 'two' }),
      hashOf({ ...lookup, exclude: [{ when: { isNull: 'grade' }, reason: 'has none' }] }),
      hashOf({ ...lookup, onePer: ['grade'] }),
      hashOf({
        ...lookup,
        joins: { g: join },
        exclude: [{ when: { isNull: 'g.name' }, reason: 'has none' }],
      }),
      hashOf({
        ...lookup,
        joins: { g: { ...join, missing: 'nothing' } },
        exclude: [{ when: { isNull: 'g.name' }, reason: 'has none' }],
      }),
      hashOf({ ...lookup, joins: { g: { ...join, where: { isNull: 'name' } } } }),
      hashOf({
        ...lookup,
        parts: [
          { name: 'a', values: {} },
          { name: 'b', values: {} },
        ],
      }),
      hashOf({ ...lookup, history: { per: ['grade'], start: day } }),
      hashOf({ ...lookup, history: { per: ['grade'], start: day, gaps: 'quarantine' } }),
      hashOf({ ...lookup, history: { per: ['grade'], start: day, take: 'latest' } }),
    ];
    expect(new Set([same, ...(await Promise.all(others))]).size).toBe(others.length + 1);
  });
});
