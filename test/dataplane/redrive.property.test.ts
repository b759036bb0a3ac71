import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadManifest } from './support/load.ts';
import { decidable, LOAD } from './support/quarantine.ts';
import { makeScene, manifestWith } from './support/scene.ts';

/** A row of the source, and a correction of it: the oracle knows nothing else. */
interface Row {
  readonly name: string;
  readonly pay: string;
  readonly grade: string;
  readonly ni: string;
}

const cell: Record<keyof Row, fc.Arbitrary<string>> = {
  name: fc.constantFrom('Ann', "O'Neill", '=1+1', ''),
  pay: fc.constantFrom('1.50', '0', '-1', 'x', '1.005', ''),
  grade: fc.constantFrom('A', 'B', '?', 'test'),
  ni: fc.constantFrom('N1', 'N2', 'N3', 'N4', 'N5', 'N6'),
};
const row: fc.Arbitrary<Row> = fc.record(cell);
const correction = fc.option(fc.record(cell, { requiredKeys: [] }), { nil: undefined });
const round = fc.record({
  corrections: fc.array(correction, { minLength: 12, maxLength: 12 }),
  accept: fc.boolean(),
});

type Verdict = 'good' | 'bad' | 'excluded';

/** What the mapping below makes of rows, one by one in their order, when these national insurance numbers are taken. */
function judge(rows: readonly [number, Row][], taken: Set<string>): Map<number, Verdict> {
  const verdicts = new Map<number, Verdict>();
  for (const [id, { name, pay, grade, ni }] of rows) {
    if (grade === 'test') verdicts.set(id, 'excluded');
    else if (name === '' || !/^\d+(\.\d{1,2})?$/.test(pay) || grade === '?' || taken.has(ni))
      verdicts.set(id, 'bad');
    else {
      taken.add(ni);
      verdicts.set(id, 'good');
    }
  }
  return verdicts;
}

const manifest = manifestWith({
  datasets: [
    {
      id: 'people',
      target: 'app.person',
      source: 'legacy',
      from: 'public.person',
      key: ['id'],
      exclude: [{ when: { equals: ['grade', { value: 'test' }] }, reason: 'a test record' }],
      fields: {
        number: 'id',
        name: { trim: 'name' },
        pay: { money: 'pay' },
        grade: { lookup: { of: 'grade', list: 'grades' } },
        ni: 'ni',
      },
      totals: ['pay'],
      chunkRows: 100,
    },
  ],
  codeLists: { grades: { values: { A: 'a', B: 'b' } } },
});

it('whatever is corrected and accepted, every row is accounted for and the platform holds what the oracle says', async () => {
  const scene = await makeScene(
    'create table person (id integer primary key, name text, pay text, grade text, ni text)',
    `create schema app; create table app.person (department text not null, number integer not null, name text not null,
       pay numeric(10,2) not null check (pay >= 0), grade text not null, ni text not null,
       primary key (department, number), constraint person_ni unique (department, ni))`,
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 12, maxLength: 12 }),
      fc.array(round, { minLength: 1, maxLength: 2 }),
      async (rows, rounds) => {
        const list = rows.map((each, index) => ({ id: index + 1, ...each }));
        await scene.sql(
          'legacy',
          `truncate person; insert into person select * from jsonb_populate_recordset(null::person, $$${JSON.stringify(list)}$$)`,
        );
        await scene.sql(
          'platform',
          `truncate app.person, slipway.load_plan, slipway.load_ledger, slipway.quarantine_decision,
             slipway.correction, slipway.quarantine`,
        );
        await loadManifest(manifest, scene.urls, LOAD);
        const loaded = await decidable(scene, manifest);
        const source = new Map(rows.map((each, index) => [index + 1, each]));
        const present = new Map<number, Row>();
        let kept = [...source.keys()];
        let excluded = 0;
        const settle = (): void => {
          const taken = new Set([...present.values()].map(({ ni }) => ni));
          const verdicts = judge(
            kept.map((id) => [id, source.get(id) as Row]),
            taken,
          );
          for (const [id, verdict] of verdicts) {
            if (verdict === 'good') present.set(id, source.get(id) as Row);
            if (verdict === 'excluded') excluded += 1;
          }
          kept = kept.filter((id) => verdicts.get(id) === 'bad');
        };
        settle();
        for (const { corrections, accept } of rounds) {
          const open = (await loaded.kept('people')).map(({ source_key }) => Number(source_key));
          const cells = Object.fromEntries(
            open.flatMap((id) => {
              const correct = corrections[id - 1];
              return correct === undefined ? [] : [[String(id), correct]];
            }),
          );
          expect((await loaded.redrive('people', cells)).refused).toBeUndefined();
          for (const [id, correct] of Object.entries(cells))
            source.set(Number(id), { ...(source.get(Number(id)) as Row), ...correct });
          settle();
          const now = await loaded.kept('people');
          const accepted = accept ? now.length : 0;
          expect(await loaded.accept('people', accepted)).toMatchObject({ accepted });
          const figures = await loaded.figures('people');
          expect(figures).toMatchObject({
            read: 12,
            loaded: present.size,
            quarantined: kept.length,
            excluded,
          });
        }
        const there = await scene.sql<Row & { number: number }>(
          'platform',
          'select number, name, pay::text, grade, ni from app.person order by number',
        );
        const expected = [...present]
          .toSorted(([a], [b]) => a - b)
          .map(([number, each]) => ({
            number,
            name: each.name,
            pay: Number(each.pay).toFixed(2),
            grade: each.grade.toLowerCase(),
            ni: each.ni,
          }));
        expect(there).toEqual(expected);
        const pence = expected.reduce((sum, { pay }) => sum + Math.round(Number(pay) * 100), 0);
        expect(Number((await loaded.figures('people')).totals['pay'])).toBe(pence / 100);
        expect(await loaded.reconcile('people')).toMatchObject({ reconciled: true });
      },
    ),
    { numRuns: 6 },
  );
});
