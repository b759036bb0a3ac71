import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadState } from '../../dataplane/ledger.ts';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { quarantineSummary } from '../../dataplane/quarantine.ts';
import { reconcileDataset } from '../../dataplane/reconcile.ts';
import { simulateMapping } from '../../dataplane/simulate.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { Expression } from '../../domain/mapping/expression.ts';
import { withClient } from '../support/database.ts';
import { freeWork } from '../support/work.ts';
import { loadManifest } from './support/load.ts';
import { manifestWith, makeScene, type Scene } from './support/scene.ts';

const LEGACY = `
  create table unit (code text, name text);
  create table person (id integer primary key, name text, unit text, grade text, born text, pay text, ni text, phone text, mobile text, status text);`;

/** Every kind of constraint; National Insurance numbers are unique over all departments. */
const PLATFORM = `
  create schema app;
  create table app.unit (department text, code varchar(4), primary key (department, code));
  create table app.person (
    department text, number integer, part text not null default '', name varchar(12) not null, unit text, grade text, born date check (born > '1900-01-01'),
    pay numeric(7,2), ni text, phone text, constraint pay_is_positive check (pay >= 0),
    constraint person_number primary key (department, number, part), constraint ni_is_unique unique (ni),
    constraint person_unit foreign key (department, unit) references app.unit
  );
  create unique index person_phone on app.person (department, lower(phone)) where phone is not null;
  insert into app.person (department, number, name, ni) values ('other', 1, 'Somebody', 'N3');`;

const text = (...values: (string | null)[]) => fc.constantFrom(...values);
/** Good values mostly, and every way in which they go wrong. */
const person = fc.record({
  name: text('Ann', 'Bob', ' Cy ', 'A name that is too long', ' ', null),
  unit: text('U1', 'U1', 'U2', 'U9', null),
  grade: text('A', 'B', 'B', 'Z', null),
  born: text('01/02/1980', '28/02/1999', '31/02/1980', '1/2/80', '01/01/1800', null),
  pay: text('£1,234.50', '10', '0.01', '-5', '99999999', '1.005', 'n/a', null),
  ni: fc.oneof(
    fc.nat({ max: 60 }).map((n) => `N${n}`),
    fc.constant(null),
  ),
  phone: fc.oneof(
    fc.nat({ max: 99 }).map((n) => `0${n}`),
    fc.constant(null),
    fc.constant(''),
  ),
  mobile: text('07', '070', '071', null),
  status: text('live', 'live', 'live', 'test', 'odd'),
});

const expression = (...choices: Expression[]) => fc.constantFrom(...choices);
const born: Expression = { date: { of: 'born', format: 'DD/MM/YYYY' } };
const fields = fc.record(
  {
    number: expression('id'),
    name: expression(
      'name',
      { trim: 'name' },
      { proper: { coalesce: [{ trim: 'name' }, { value: 'x' }] } },
    ),
    unit: expression('unit', { nullIf: { of: 'unit', values: ['U9'] } }, 'place.name'),
    grade: expression(
      'grade',
      { lookup: { of: 'grade', list: 'grades' } },
      { lookup: { of: 'grade', list: 'grades', otherwise: { value: 'other' } } },
    ),
    born: expression(
      born,
      { shift: { of: born, years: 1 } },
      { date: { of: 'born', format: 'FMDD/FMMM/YY', pivot: 30 } },
    ),
    pay: expression(
      { money: 'pay' },
      { percent: { of: { money: 'pay' }, rate: { value: 110 }, rounding: 'half-up' } },
      { divide: { of: { money: { value: '100' } }, by: { money: 'pay' }, rounding: 'down' } },
    ),
    ni: expression('ni'),
    phone: expression({ trim: 'phone' }, { coalesce: ['mobile', 'phone'] }),
  },
  { requiredKeys: ['number', 'name'] },
);

const STATUS: Expression = { boolean: { of: 'status', yes: ['test'], no: ['live'] } };
const scope = fc.constantFrom(
  [],
  [{ when: { equals: ['status', { value: 'test' }] }, reason: 'a test record' }],
  [{ when: { equals: [STATUS, { value: true }] }, reason: 'a test record' }],
);
const rows = fc.constantFrom(
  {},
  { onePer: ['ni'] },
  {
    parts: [
      { name: 'first', values: { ni: 'ni' } },
      { name: 'second', values: { ni: { value: null } } },
    ],
  },
);

const cases = fc.record({
  people: fc.array(person, { minLength: 1, maxLength: 120 }),
  fields,
  scope,
  rows,
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function manifestOf({ fields: chosen, scope: exclude, rows: made }: Case): Manifest {
  const isCut = 'parts' in made;
  return manifestWith({
    datasets: [
      {
        id: 'people',
        source: 'legacy',
        from: 'public.person',
        key: ['id'],
        target: 'app.person',
        joins: { place: { from: 'public.unit', on: [{ theirs: 'code', ours: 'unit' }] } },
        ...made,
        exclude,
        fields: {
          ...chosen,
          ...(isCut
            ? { part: 'part.name', ...(chosen.ni === undefined ? {} : { ni: 'part.ni' }) }
            : {}),
        },
        totals: chosen.pay === undefined ? [] : ['pay'],
        chunkRows: 100,
      },
      {
        id: 'units',
        source: 'legacy',
        from: 'public.unit',
        key: ['code'],
        target: 'app.unit',
        fields: { code: 'name' },
      },
    ],
    codeLists: { grades: { values: { A: 'G1', B: 'G2' } } },
  });
}

async function begin(scene: Scene, people: Case['people']): Promise<void> {
  await scene.sql(
    'platform',
    `delete from app.person where department = 'moj'; delete from app.unit;
     truncate slipway.load_plan, slipway.load_ledger, slipway.quarantine, slipway.row_loaded_elsewhere cascade`,
  );
  await withClient(scene.legacy, async (client) => {
    await client.query('truncate person, unit');
    await client.query(
      "insert into unit values ('U1', 'U1'), ('U2', 'U2'), ('U3', 'U2 is taken'), ('U4', 'U4')",
    );
    await client.query(
      `insert into person select o, r.name, r.unit, r.grade, r.born, r.pay, r.ni, r.phone, r.mobile, r.status
       from jsonb_array_elements($1) with ordinality e(row, o),
         jsonb_to_record(e.row) as r(name text, unit text, grade text, born text, pay text, ni text, phone text, mobile text, status text)`,
      [JSON.stringify(people)],
    );
  });
}

it('a simulation says what the load then does, for any rows, mapping and mistakes', {
  timeout: 120_000,
}, async () => {
  const scene = await makeScene(LEGACY, PLATFORM);
  const { urls } = scene;
  await fc.assert(
    fc.asyncProperty(cases, async (example) => {
      await begin(scene, example.people);
      const manifest = manifestOf(example);
      const mapping = await compileMapping({ manifest, urls }, freeWork());
      const { datasets } = await simulateMapping({ mapping, urls }, freeWork());
      await loadManifest(manifest, urls, 'load-1');
      const request = { urls, department: 'moj', loadId: 'load-1' };
      const loaded = await loadState(request, freeWork());
      for (const simulated of datasets) {
        const {
          dataset,
          read,
          loaded: good,
          quarantined,
          excluded,
          excludedBy,
          totals,
        } = simulated;
        expect(read).toBe(good + quarantined + excluded);
        expect(loaded.find((each) => each.dataset === dataset)).toMatchObject({
          read,
          loaded: good,
          quarantined,
          excluded,
          excludedBy,
          totals,
        });
        const rules = await quarantineSummary({ ...request, dataset }, freeWork());
        expect(
          rules.map(({ rule, field, rows: count, examples }) => ({
            rule,
            field,
            rows: count,
            examples,
            shapes: [],
          })),
        ).toEqual(simulated.quarantinedBy);
      }
      const proof = await reconcileDataset(
        { mapping, dataset: 'people', urls, loadId: 'load-1' },
        freeWork(),
      );
      expect(proof.differing).toEqual({ missing: 0, extra: 0, different: 0 });
    }),
    { numRuns: 8 },
  );
});
