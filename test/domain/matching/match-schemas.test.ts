import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sketchValues } from '../../../dataplane/matching/sketch-values.ts';
import { matchSchemas } from '../../../domain/matching/match-schemas.ts';
import type { MatchColumn, MatchTable } from '../../../domain/matching/schema.ts';

const table = (name: string, ...columns: (string | MatchColumn)[]): MatchTable => ({
  name,
  columns: columns.map((column) => (typeof column === 'string' ? { name: column } : column)),
});
const holding = (name: string, values: readonly string[]): MatchColumn => ({
  name,
  values: sketchValues(name, values),
  sample: values,
});
/** Source column to target column of what the matcher stands by. */
const matched = (a: MatchTable, b: MatchTable): Record<string, string> =>
  Object.fromEntries(
    matchSchemas([a], [b]).matches.map(({ source, target }) => [source.column, target.column]),
  );

describe('by names alone', () => {
  test('abbreviations, dropped vowels, initials and words written together are known', () => {
    const legacy = table(
      'tbl_emp',
      'EMPNO',
      'lst_nm',
      'frst_nm',
      'dt_of_brth',
      'cc',
      'ni_no',
      'descr',
      'fax',
    );
    const platform = table(
      'person',
      'description',
      'cost_centre',
      'employee_number',
      'last_name',
      'first_name',
      'date_of_birth',
      'national_insurance_number',
    );
    expect(matched(legacy, platform)).toEqual({
      EMPNO: 'employee_number',
      lst_nm: 'last_name',
      frst_nm: 'first_name',
      dt_of_brth: 'date_of_birth',
      cc: 'cost_centre',
      ni_no: 'national_insurance_number',
      descr: 'description',
    });
  });

  test('what has no counterpart has none', () => {
    const found = matchSchemas(
      [table('vehicle', 'wheel_count', 'colour', 'registration_plate')],
      [table('invoice', 'due_date', 'net_amount', 'supplier')],
    );
    expect(found.matches).toEqual([]);
    expect(found.targets.map(({ match }) => match)).toEqual([undefined, undefined, undefined]);
  });

  test('every candidate says why', () => {
    const [best] = matchSchemas([table('t', 'org_cd')], [table('u', 'organisation_code')]).ranked;
    expect(best?.why).toEqual([
      expect.objectContaining({ what: 'name', words: expect.stringContaining('organisation') }),
    ]);
  });

  test('the tables that belong together are found, and columns of the same name in the right one', () => {
    const source = [
      table('tbl_supplier', 'supp_no', 'supp_name', 'status'),
      table('tbl_invoice', 'inv_no', 'supp_no', 'inv_dt', 'status'),
    ];
    const target = [
      table('finance.invoice', 'invoice_number', 'supplier_number', 'invoice_date', 'status'),
      table('finance.supplier', 'supplier_number', 'name', 'status'),
    ];
    const found = matchSchemas(source, target, { cardinality: 'per-table' });
    expect(found.tables.slice(0, 2).map((pair) => [pair.source, pair.target])).toEqual(
      expect.arrayContaining([
        ['tbl_supplier', 'finance.supplier'],
        ['tbl_invoice', 'finance.invoice'],
      ]),
    );
    for (const { source: from, target: to } of found.matches) {
      expect(to.table).toContain(from.table.replace('tbl_', ''));
    }
    expect(found.matches).toHaveLength(7);
  });
});

describe('by values', () => {
  const cities = ['Leeds', 'York', 'Bath', 'Derby', 'Exeter', 'Truro', 'Wells', 'Ely'];
  const posts = cities.map((_, i) => `AB${i}-${100 + i}`);
  const pay = cities.map((_, i) => String(21_000 + i * 1500));
  const days = (year: string): string[] => cities.map((_, i) => `${year}-0${i + 1}-15`);

  test('columns under meaningless names are found by what they hold', () => {
    const a = table('a', holding('c1', cities), holding('c2', posts), holding('c3', pay));
    const b = table('b', holding('x', pay), holding('y', cities.toReversed()), holding('z', posts));
    expect(matched(a, b)).toEqual({ c1: 'y', c2: 'z', c3: 'x' });
  });

  test('the same name over values of another kind is not enough', () => {
    const a = table('a', holding('start', days('2020')));
    const b = table('b', holding('start', cities));
    const same = table('b', holding('start', days('2018')));
    const score = (other: MatchTable): number => matchSchemas([a], [other]).ranked[0]?.score ?? 0;
    expect(matchSchemas([a], [b]).matches).toEqual([]);
    expect(score(same)).toBeGreaterThan(0.75);
  });

  test('values that keep the rule of the other side speak for a pair', () => {
    const rule = { patterns: ['^[0-9]{6}$'], among: undefined };
    const source = table(
      's',
      holding('bank', ['20-00-00', '11-22-33', '40-47-84']),
      holding('town', cities),
      holding('post', posts),
      holding('hired', days('2020')),
    );
    const found = matchSchemas([source], [table('t', { name: 'routing', rule })]);
    const scores = Object.fromEntries(found.ranked.map((pair) => [pair.source.column, pair.score]));
    expect(scores['bank'] ?? 0).toBeGreaterThan(scores['town'] ?? 0);
    expect(found.ranked[0]?.why.map(({ what }) => what)).toContain('rule');
  });
});

describe('for any two schemas', () => {
  const word = fc.constantFrom(
    'person',
    'name',
    'date',
    'amount',
    'post',
    'code',
    'unit',
    'start',
    'end',
    'pay',
  );
  const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('_'));
  const values = fc.array(fc.string({ maxLength: 8 }), { maxLength: 12 });
  const column = fc.record({ name, values }).map((made) => holding(made.name, made.values));
  const anyTable = fc
    .uniqueArray(column, { selector: (made) => made.name, minLength: 1, maxLength: 6 })
    .map((columns) => ({ name: 't', columns }));

  test('scores are between 0 and 1, and the answer is the same each time', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (a, b) => {
        const found = matchSchemas([a], [b]);
        for (const { score, why } of found.ranked) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
          expect(why.length).toBeGreaterThan(0);
        }
        expect(matchSchemas([a], [b])).toEqual(found);
      }),
      { numRuns: 60 },
    );
  });

  test('the two sides can change places', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (a, b) => {
        const scores = (
          from: MatchTable,
          to: MatchTable,
          turned: boolean,
        ): Record<string, number> =>
          Object.fromEntries(
            matchSchemas([from], [to]).ranked.map(({ source, target, score }) => [
              turned ? `${target.column} ${source.column}` : `${source.column} ${target.column}`,
              score,
            ]),
          );
        expect(scores(b, a, true)).toEqual(scores(a, b, false));
      }),
      { numRuns: 60 },
    );
  });

  test('no column has two matches', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (a, b) => {
        const { matches } = matchSchemas([a], [b]);
        expect(new Set(matches.map(({ source }) => source.column)).size).toBe(matches.length);
        expect(new Set(matches.map(({ target }) => target.column)).size).toBe(matches.length);
      }),
      { numRuns: 60 },
    );
  });

  test('a table finds every column of its own copy', () => {
    fc.assert(
      fc.property(anyTable, (a) => {
        const { matches } = matchSchemas([a], [a]);
        expect(matches.map(({ source }) => source.column).toSorted()).toEqual(
          a.columns.map((each) => each.name).toSorted(),
        );
        for (const { source, target } of matches) expect(target.column).toBe(source.column);
      }),
      { numRuns: 60 },
    );
  });

  test('a column that nothing resembles changes nobody else’s best candidate', () => {
    fc.assert(
      fc.property(anyTable, (a) => {
        const odd = holding('zzqx', ['~~~~', '^^^^', '====']);
        const best = (to: MatchTable): Record<string, string | undefined> =>
          Object.fromEntries(
            matchSchemas([a], [to]).sources.map(({ place, candidates }) => [
              place.column,
              candidates[0]?.target.column,
            ]),
          );
        expect(best({ ...a, columns: [...a.columns, odd] })).toEqual(best(a));
      }),
      { numRuns: 60 },
    );
  });
});
