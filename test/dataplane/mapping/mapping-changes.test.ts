import { beforeAll, describe, expect, it } from 'vitest';
import { compileMapping } from '../../../dataplane/mapping/compile-mapping.ts';
import { mappingChanges } from '../../../dataplane/mapping/mapping-changes.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import type { MappingChanges } from '../../../domain/mapping/evidence.ts';
import { diffInWords, diffMappings } from '../../../domain/mapping/diff.ts';
import { freeWork } from '../../support/work.ts';
import { manifestWith, makeScene, type Scene } from '../support/scene.ts';

const PEOPLE = {
  id: 'people',
  source: 'legacy',
  from: 'public.person',
  key: ['id'],
  target: 'app.person',
  fields: {
    id: 'id',
    name: { trim: 'name' },
    grade: { lookup: { of: 'grade', list: 'grades' } },
    pay: { money: 'pay' },
  },
};
const GRADES = { grades: { values: { A: 'G1', B: 'G2' } } };

let scene: Scene;
beforeAll(async () => {
  scene = await makeScene(
    `create table person (id integer primary key, name text, grade text, pay text, status text);
     insert into person select i, ' Name ' || i, case when i % 2 = 0 then 'A' else 'B' end, case when i = 7 then 'n/a' else i || '.00' end,
       case when i > 90 then 'left' else 'live' end from generate_series(1, 100) i;`,
    `create schema app;
     create table app.person (department text, id integer, name text, grade text, pay numeric(10,2), note text, primary key (department, id));`,
  );
});

async function changes(before: Manifest, after: Manifest): Promise<MappingChanges> {
  const mapping = await compileMapping({ manifest: after, urls: scene.urls }, freeWork());
  return mappingChanges({ before, after, mapping, urls: scene.urls }, freeWork());
}

const one = (dataset: object, codeLists: object = GRADES): Manifest =>
  manifestWith({ datasets: [{ ...PEOPLE, ...dataset }], codeLists });

describe('the changes of a mapping', () => {
  it('are said in words, and counted over all rows with the first keys', async () => {
    const found = await changes(
      one({}),
      one({
        fields: {
          ...PEOPLE.fields,
          name: { upper: { trim: 'name' } },
          pay: {
            when: {
              cases: [
                { if: { equals: ['pay', { value: 'n/a' }] }, then: { money: { value: '0' } } },
              ],
              otherwise: { money: 'pay' },
            },
          },
          note: 'status',
        },
        exclude: [{ when: { equals: ['status', { value: 'left' }] }, reason: 'has left' }],
      }),
    );
    expect(found).toEqual({
      datasets: [
        {
          dataset: 'people',
          change: 'changed',
          rows: { changed: 90, more: 0, fewer: 10 },
          others: ['excluded from now on: status equals "left" (has left)'],
          fields: [
            {
              field: 'name',
              change: 'changed',
              before: 'name without blanks around it',
              after: '(name without blanks around it) in capitals',
              rows: 90,
              examples: ['1', '10', '11', '12', '13'],
            },
            {
              field: 'pay',
              change: 'changed',
              before: 'pay as pounds',
              after: 'if pay equals "n/a": "0" as pounds; otherwise pay as pounds',
              rows: 1,
              examples: ['7'],
            },
            {
              field: 'note',
              change: 'added',
              after: 'status',
              rows: 90,
              examples: ['1', '10', '11', '12', '13'],
            },
          ],
        },
      ],
      codeLists: [],
      uncounted: [],
    });
  });

  it('are found where only a code list says something else', async () => {
    const found = await changes(one({}), one({}, { grades: { values: { A: 'G1', B: 'G3' } } }));
    expect(found.codeLists).toEqual(['code list grades: B became G2; it becomes G3']);
    expect(found.datasets).toEqual([
      {
        dataset: 'people',
        change: 'same',
        rows: { changed: 50, more: 0, fewer: 0 },
        others: [],
        fields: [
          { field: 'grade', change: 'same', rows: 50, examples: ['1', '11', '13', '15', '17'] },
        ],
      },
    ]);
  });

  it('are counted when rows are made in another way', async () => {
    const parts = [
      { name: 'one', values: { text: 'name' } },
      { name: 'two', values: { text: 'status' } },
    ];
    const found = await changes(
      one({}),
      one({
        parts,
        exclude: [{ when: { equals: ['part.name', { value: 'two' }] }, reason: 'not needed' }],
      }),
    );
    expect(found.datasets[0]?.rows).toEqual({ changed: 0, more: 100, fewer: 100 });
    expect(found.datasets[0]?.others).toEqual([
      'excluded from now on: part.name equals "two" (not needed)',
      'part one is new: text is name',
      'part two is new: text is status',
    ]);
  });

  it('are only said where the earlier mapping does not fit any more', async () => {
    const before = one({ fields: { ...PEOPLE.fields, note: 'gone' } });
    const found = await changes(before, one({}));
    expect(found.datasets[0]).toMatchObject({
      rows: null,
      fields: [{ field: 'note', change: 'removed', before: 'gone', rows: null }],
    });
    expect(found.uncounted[0]).toContain('there is no source column "gone"');
  });

  it('are none when nothing has changed', async () => {
    expect(await changes(one({}), one({}))).toEqual({ datasets: [], codeLists: [], uncounted: [] });
  });
});

it('two versions can be compared in words alone', () => {
  const join = { from: 'public.grade', on: [{ theirs: 'code', ours: 'grade' }] };
  const after = one({
    id: 'staff',
    joins: { grade: join },
  });
  expect(diffInWords(diffMappings(one({}), after))).toEqual([
    'dataset staff is new',
    'dataset people is gone',
  ]);
  const again = one({
    fields: { id: 'id', name: 'grade.name', grade: { column: 'grade' } },
    joins: { grade: { ...join, take: 'last', order: ['since'], missing: 'nothing' } },
    drop: { pay: 'comes from payroll' },
  });
  expect(diffInWords(diffMappings(one({ joins: { grade: join } }), again))).toEqual([
    'people.name was name without blanks around it; it is grade.name',
    'people.grade was the code of list grades for grade; it is grade',
    'people.pay is not mapped any more; it was pay as pounds',
    'people: dropped from now on: pay (comes from payroll)',
    'people: join grade was the only row of public.grade where its code is grade; it is the last row by since of public.grade where its code is grade or nothing',
  ]);
});
