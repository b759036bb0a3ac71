import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { loadState } from '../../dataplane/ledger.ts';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { reconcileDataset } from '../../dataplane/reconcile.ts';
import { transferDataset } from '../../dataplane/transfer-dataset.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { freeWork } from '../support/work.ts';
import { makeScene, manifestWith, type Scene } from './support/scene.ts';

const LEGACY =
  'create table person (id integer, part text, name text, pay text, born text, grade text, unit text, ni text, flag text, primary key (id, part))';
const PLATFORM = `
  create schema app;
  create table app.unit (department text, code text, primary key (department, code));
  insert into app.unit values ('moj', 'U1'), ('moj', 'U2'), ('other', 'U9');
  create table app.person (
    department text not null, number integer not null, part text not null, name varchar(12) not null, pay numeric(8,2) check (pay >= -100), born date,
    grade text, unit text, ni text, live boolean, primary key (department, number, part),
    constraint person_ni unique (department, ni),
    constraint person_unit foreign key (department, unit) references app.unit);`;

/** What is in a cell of the source, and what it means. */
interface Cell {
  readonly text: string | null;
  /** As the platform holds it; `BAD` cannot be mapped. */
  readonly value: string | null | typeof BAD;
}
const BAD = Symbol('cannot be mapped');

interface SourceRow {
  readonly id: number;
  readonly part: string;
  readonly name: string | null;
  readonly pay: Cell;
  readonly born: Cell;
  readonly grade: Cell;
  readonly unit: string | null;
  readonly ni: string | null;
  readonly flag: Cell;
}

/** The choices of a mapping that a case makes. */
interface Choices {
  readonly trims: boolean;
  readonly otherwise: boolean;
  readonly excludes: boolean;
  readonly format: 'YYYY-MM-DD' | 'DD/MM/YYYY';
  readonly chunkRows: number;
  readonly lanes: number;
}

const same = (text: string, value: string | typeof BAD = text): Cell => ({ text, value });
const NOTHING: Cell = { text: null, value: null };
const pad = (number: number, width = 2): string => String(number).padStart(width, '0');

/** Texts with quotes, separators, blanks, line ends and characters of up to four bytes. */
const anyText = fc.string({
  unit: fc.constantFrom(...Array.from('aZ9 \'",\\|\t\n()£é€\u00a0😀𝒵')),
  maxLength: 14,
});

const pay = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: -12_000, max: 100_000_000 }).chain(written) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('n/a', '12.345', '£', '1e5', '--5', 'NaN')
      .map((text) => same(text, BAD)),
  },
  { weight: 1, arbitrary: fc.constant(NOTHING) },
);

/** An amount of pence as somebody may have written it. */
function written(pence: number): fc.Arbitrary<Cell> {
  const [pounds, rest] = [Math.floor(Math.abs(pence) / 100), pad(Math.abs(pence) % 100)];
  const sign = pence < 0 ? '-' : '';
  // Eight digits, of which two are pence.
  const value = pounds >= 1_000_000 ? BAD : `${sign}${pounds}.${rest}`;
  const forms = [
    `${sign}${pounds}.${rest}`,
    `${sign}£${pounds}.${rest}`,
    `${sign}${pounds}.${rest}00`,
  ];
  return fc.constantFrom(...forms).map((text) => ({ text, value }));
}

const born = (format: Choices['format']): fc.Arbitrary<Cell> =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .record({
          y: fc.integer({ min: 1900, max: 2030 }),
          m: fc.integer({ min: 1, max: 12 }),
          d: fc.integer({ min: 1, max: 31 }),
        })
        .map(({ y, m, d }) => {
          const [iso, british] = [`${y}-${pad(m)}-${pad(d)}`, `${pad(d)}/${pad(m)}/${y}`];
          const isDay = new Date(Date.UTC(y, m - 1, d)).toISOString().startsWith(iso);
          return same(format === 'YYYY-MM-DD' ? iso : british, isDay ? iso : BAD);
        }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', 'x', '1/2/20', '00/00/0000').map((text) => same(text, BAD)),
    },
    { weight: 1, arbitrary: fc.constant(NOTHING) },
  );

const choices: fc.Arbitrary<Choices> = fc.record({
  trims: fc.boolean(),
  otherwise: fc.boolean(),
  excludes: fc.boolean(),
  format: fc.constantFrom('YYYY-MM-DD', 'DD/MM/YYYY'),
  chunkRows: fc.constantFrom(3, 10, 1000),
  lanes: fc.integer({ min: 1, max: 3 }),
});

const testCase = choices.chain((chosen) => {
  const row: fc.Arbitrary<SourceRow> = fc.record({
    id: fc.integer({ min: -5, max: 40 }),
    part: fc.constantFrom('a', 'B', 'é', '"'),
    name: fc.oneof({ weight: 9, arbitrary: anyText }, { weight: 1, arbitrary: fc.constant(null) }),
    pay,
    born: born(chosen.format),
    grade: fc.oneof(
      { weight: 10, arbitrary: fc.constantFrom(same('six', 'G6'), same("se'ven", 'G"7'), NOTHING) },
      { weight: 1, arbitrary: fc.constant(same('zz', chosen.otherwise ? 'G0' : BAD)) },
    ),
    unit: fc.oneof(
      { weight: 10, arbitrary: fc.constantFrom('U1', 'U2', null) },
      { weight: 1, arbitrary: fc.constantFrom('U9', '') },
    ),
    ni: fc.oneof(
      { weight: 6, arbitrary: fc.uuid() },
      { weight: 2, arbitrary: fc.constantFrom('QQ1', 'QQ2', null) },
    ),
    flag: fc.constantFrom(
      same('Y', 'true'),
      same('N', 'false'),
      same('N', 'false'),
      NOTHING,
      same('?', BAD),
    ),
  });
  const rows = fc.uniqueArray(row, { selector: ({ id, part }) => `${id}|${part}`, maxLength: 60 });
  return rows.map((list) => ({ chosen, rows: list }));
});

function manifestOf(chosen: Choices): Manifest {
  const list = {
    of: 'grade',
    list: 'grades',
    ...(chosen.otherwise ? { otherwise: { value: 'G0' } } : {}),
  };
  return manifestWith({
    codeLists: { grades: { values: { six: 'G6', "se'ven": 'G"7' } } },
    datasets: [
      {
        id: 'people',
        target: 'app.person',
        source: 'legacy',
        from: 'public.person',
        key: ['id', 'part'],
        exclude: chosen.excludes
          ? [{ when: { equals: ['unit', { value: 'U2' }] }, reason: 'not in scope' }]
          : [],
        fields: {
          number: 'id',
          part: 'part',
          name: chosen.trims ? { trim: 'name' } : 'name',
          pay: { money: 'pay' },
          born: { date: { of: 'born', format: chosen.format } },
          grade: { lookup: list },
          unit: 'unit',
          ni: 'ni',
          live: { boolean: { of: 'flag', yes: ['Y'], no: ['N'] } },
        },
        totals: ['pay'],
      },
    ],
  });
}

type TargetRow = Readonly<Record<string, string | null>>;
interface Expected {
  readonly loaded: readonly TargetRow[];
  readonly quarantined: readonly string[];
  readonly excluded: number;
}

/** What the platform has to hold, worked out row by row without a database. */
function expectedOf(
  chosen: Choices,
  rows: readonly SourceRow[],
  order: readonly string[],
): Expected {
  const place = new Map(order.map((key, index) => [key, index]));
  const keyOf = ({ id, part }: SourceRow): string => `${id}|${part}`;
  const inOrder = rows.toSorted((a, b) => (place.get(keyOf(a)) ?? 0) - (place.get(keyOf(b)) ?? 0));
  const loaded: TargetRow[] = [];
  const quarantined: string[] = [];
  const taken = new Set<string>();
  let excluded = 0;
  for (const row of inOrder) {
    if (chosen.excludes && row.unit === 'U2') {
      excluded += 1;
      continue;
    }
    const cells = [row.pay, row.born, row.grade, row.flag].map(({ value }) => value);
    const name = chosen.trims ? trimmed(row.name) : row.name;
    const isBad =
      cells.includes(BAD) ||
      name === null ||
      Array.from(name).length > 12 ||
      Number(row.pay.value) < -100 ||
      ![null, 'U1', 'U2'].includes(row.unit) ||
      (row.ni !== null && taken.has(row.ni));
    if (isBad) {
      quarantined.push(keyOf(row));
      continue;
    }
    if (row.ni !== null) taken.add(row.ni);
    const [amount, day, grade, live] = cells as (string | null)[];
    const [number, { part, unit, ni }] = [String(row.id), row];
    loaded.push({
      number,
      part,
      name,
      pay: amount ?? null,
      born: day ?? null,
      grade: grade ?? null,
      unit,
      ni,
      live: live ?? null,
    });
  }
  return { loaded, quarantined, excluded };
}

function trimmed(text: string | null): string | null {
  const rest = text?.replaceAll(/^[ \t\n\r\f\u00a0]+|[ \t\n\r\f\u00a0]+$/g, '') ?? '';
  return rest === '' ? null : rest;
}

let scene: Scene;
beforeAll(async () => {
  scene = await makeScene(LEGACY, PLATFORM);
});

async function fill(rows: readonly SourceRow[]): Promise<readonly string[]> {
  await scene.sql(
    'platform',
    'truncate app.person, slipway.load_ledger, slipway.load_plan, slipway.quarantine cascade',
  );
  const texts = rows.map(({ pay: p, born: b, grade: g, flag: f, ...rest }) => ({
    ...rest,
    pay: p.text,
    born: b.text,
    grade: g.text,
    flag: f.text,
  }));
  const json = JSON.stringify(texts).replaceAll("'", "''");
  const ordered = await scene.sql<{ key: string }>(
    'legacy',
    `with filled as (
       insert into person select * from jsonb_populate_recordset(null::person, '${json}') returning id, part
     ) select id || '|' || part as key from filled order by id, part`,
  );
  return ordered.map(({ key }) => key);
}

it('for any table, mapping and corruptions, no row is lost or invented and each is as it has to be', async () => {
  await fc.assert(
    fc.asyncProperty(testCase, async ({ chosen, rows }) => {
      await scene.sql('legacy', 'truncate person');
      const expected = expectedOf(chosen, rows, await fill(rows));
      const manifest = manifestOf(chosen);
      const { urls } = scene;
      const mapping = await compileMapping({ manifest, urls }, freeWork());
      const [dataset] = mapping.datasets;
      if (dataset === undefined) throw new Error('the manifest has a dataset');
      const limits = { ...manifest.policy.limits, lanes: chosen.lanes };
      const request = { dataset, urls, loadId: 'load-1', mappingHash: mapping.hash, limits };
      // Which of two rows with one value comes first is only settled within a lane.
      const parallel = new Set(rows.map(({ ni }) => ni)).size < rows.length ? 1 : chosen.lanes;
      await transferDataset({ ...request, chunkRows: chosen.chunkRows, parallel }, freeWork());
      const [ledger] = await loadState({ urls, department: 'moj', loadId: 'load-1' }, freeWork());
      expect(ledger).toMatchObject({
        read: rows.length,
        loaded: expected.loaded.length,
        quarantined: expected.quarantined.length,
        excluded: expected.excluded,
      });
      const found = await scene.sql<Record<string, string | null>>(
        'platform',
        `select number::text, part, name, pay::text, born::text, grade, unit, ni, live::text from app.person p where department = 'moj' order by p.number, p.part`,
      );
      expect(found).toEqual(expected.loaded);
      const kept = await scene.sql<{ key: string }>(
        'platform',
        'select source_key as key from slipway.quarantine order by id',
      );
      expect(kept.map(({ key }) => key).toSorted()).toEqual(expected.quarantined.toSorted());
      const reconciled = { mapping, dataset: 'people', urls, loadId: 'load-1' };
      expect(await reconcileDataset(reconciled, freeWork())).toMatchObject({ reconciled: true });
    }),
    { numRuns: 15, seed: 20_261_123, endOnFailure: true },
  );
}, 120_000);
