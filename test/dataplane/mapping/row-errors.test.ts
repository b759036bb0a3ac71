import { beforeAll, describe, expect, it } from 'vitest';
import { checkMapping } from '../../../dataplane/mapping/check.ts';
import { compileMapping } from '../../../dataplane/mapping/compile-mapping.ts';
import { freeWork } from '../../support/work.ts';
import { manifestWith, makeScene, type Scene } from '../support/scene.ts';

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
