import { beforeAll, expect, it } from 'vitest';
import { useOfCodeLists } from '../../../dataplane/mapping/code-list-use.ts';
import { compileMapping } from '../../../dataplane/mapping/compile-mapping.ts';
import type { CodeListFindings } from '../../../domain/mapping/evidence.ts';
import { freeWork } from '../../support/work.ts';
import { manifestWith, makeScene } from '../support/scene.ts';

let found: CodeListFindings;

beforeAll(async () => {
  const scene = await makeScene(
    `create table person (id integer primary key, grade text, kind text, phone text, unit text, status text);
     insert into person select i, case i % 4 when 0 then 'EO' when 1 then 'eo ' when 2 then 'SEO' else null end,
       case when i % 3 = 0 then 'P' else 'T' end, '020 7946 0' || (100 + i % 2), 'U' || i % 3, 'live' from generate_series(1, 40) i;
     insert into person values (41, 'Old', 'P', null, 'U1', 'test'), (42, 'Huge', 'P', null, 'U1', 'x');`,
    `create schema app;
     create table app.person (department text, id integer, grade text, kind text, phone text, unit text, primary key (department, id))`,
  );
  const manifest = manifestWith({
    datasets: [
      {
        id: 'people',
        source: 'legacy',
        from: 'public.person',
        key: ['id'],
        target: 'app.person',
        // Of the last row it cannot be told whether it is in scope.
        exclude: [
          {
            when: {
              equals: [{ boolean: { of: 'status', yes: ['test'], no: ['live'] } }, { value: true }],
            },
            reason: 'a test record',
          },
        ],
        fields: {
          id: 'id',
          grade: { lookup: { of: { upper: { trim: 'grade' } }, list: 'grades' } },
          kind: {
            when: {
              cases: [{ if: { equals: ['kind', { value: 'P' }] }, then: { value: 'permanent' } }],
              otherwise: { lookup: { of: 'kind', list: 'kinds' } },
            },
          },
          phone: { lookup: { of: 'phone', list: 'phones' } },
          unit: { lookup: { of: 'unit', list: 'units', otherwise: { value: 'other' } } },
        },
      },
    ],
    codeLists: {
      grades: { values: { EO: 'G1', HEO: 'G2' } },
      kinds: { values: { T: 'temporary', P: 'permanent' } },
      phones: { values: { none: '' } },
      units: { values: { U1: 'one' } },
      nowhere: { values: { A: 'a' } },
    },
  });
  const mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
  found = await useOfCodeLists({ manifest, mapping }, freeWork());
});

it('names the values that a list does not have, with counts and keys, of rows in scope only', () => {
  expect(found.uses[0]).toEqual({
    list: 'grades',
    dataset: 'people',
    of: '(grade without blanks around it) in capitals',
    field: 'grade',
    hasOtherwise: false,
    values: 1,
    rows: 10,
    unmapped: [{ value: 'SEO', masked: false, rows: 10, examples: ['10', '14', '18', '2', '22'] }],
  });
});

it('asks only where the mapping comes to ask', () => {
  expect(found.uses[1]).toMatchObject({ list: 'kinds', values: 0, rows: 0 });
});

it('shows what looks like personal data only as what it looks like', () => {
  expect(found.uses[2]?.unmapped).toMatchObject([
    { value: '999·9999·9999', masked: true, rows: 20 },
    { value: '999·9999·9999', masked: true, rows: 20 },
  ]);
});

it('tells values that the mapping provides for from those that go to quarantine', () => {
  expect(found.uses[3]).toMatchObject({ hasOtherwise: true, values: 2, rows: 26 });
});

it('notes codes that no row has', () => {
  expect(found.unused).toEqual({ grades: ['HEO'], kinds: ['P'], phones: ['none'] });
});
