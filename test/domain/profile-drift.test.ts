import fc from 'fast-check';
import { expect, test } from 'vitest';
import { profileDrift } from '../../domain/profile-drift.ts';
import type { ColumnProfile, TableProfile } from '../../domain/profile.ts';

const grade: ColumnProfile = {
  name: 'grade',
  declaredType: 'text',
  nulls: 0,
  empty: 0,
  distinct: 2,
  min: 'A1',
  max: 'B2',
  minLength: 2,
  maxLength: 2,
  patterns: [{ value: 'A9', rows: 1000 }],
  topValues: [
    { value: 'A1', rows: 600 },
    { value: 'B2', rows: 400 },
  ],
  personal: undefined,
  inferred: { type: 'text', format: undefined, share: 1 },
  misfits: undefined,
  spellings: [],
};

function table(columns: Partial<ColumnProfile>[], rows = 1000): TableProfile {
  return { table: 'hr.person', rows, columns: columns.map((each) => ({ ...grade, ...each })) };
}

function drift(before: TableProfile, after: TableProfile) {
  return profileDrift([before], [after]).map(({ kind, severity, message }) => [
    kind,
    severity,
    message,
  ]);
}

test('a profile does not drift from itself', () => {
  expect(profileDrift([table([{}])], [table([{}])])).toEqual([]);
});

test('tables and columns that go block, those that come are told', () => {
  const other = { ...table([{}]), table: 'hr.other' };
  expect(
    profileDrift([table([{}])], [other]).map(({ kind, severity }) => [kind, severity]),
  ).toEqual([
    ['table-removed', 'blocker'],
    ['table-added', 'minor'],
  ]);
  expect(drift(table([{}]), table([{ name: 'band' }]))).toEqual([
    ['column-removed', 'blocker', 'grade is no longer a column of hr.person.'],
    ['column-added', 'minor', 'band is a new column of hr.person.'],
  ]);
});

test('columns of another type, declared or by their values, are major', () => {
  const born: Partial<ColumnProfile> = {
    topValues: [],
    inferred: { type: 'date', format: 'DD/MM/YYYY', share: 1 },
  };
  const american: Partial<ColumnProfile> = {
    ...born,
    declaredType: 'varchar(10)',
    inferred: { type: 'date', format: 'MM/DD/YYYY', share: 1 },
  };
  expect(drift(table([born]), table([american]))).toEqual([
    ['declared-type', 'major', 'grade is declared varchar(10), after text.'],
    ['values-type', 'major', 'The values of grade are date MM/DD/YYYY, after date DD/MM/YYYY.'],
  ]);
});

test('rows and missing values are told from a hundredth on and are major when many', () => {
  expect(drift(table([{}], 1000), table([{}], 1009))).toEqual([]);
  expect(drift(table([], 1000), table([], 1010))).toEqual([
    ['rows', 'minor', 'hr.person has 1010 rows, after 1000.'],
  ]);
  expect(drift(table([], 1000), table([], 700))).toMatchObject([
    ['rows', 'major', expect.any(String)],
  ]);
  expect(drift(table([{}]), table([{ nulls: 20 }]))).toEqual([
    ['missing', 'minor', 'grade has no value in 2.0 % of the rows, after 0.0 %.'],
  ]);
  expect(drift(table([{}]), table([{ nulls: 30, empty: 30 }]))).toMatchObject([
    ['missing', 'major', expect.any(String)],
  ]);
});

test('a new code in a short list is major, in a long one it is told when many rows have it', () => {
  const news = { distinct: 3, topValues: [...(grade.topValues ?? []), { value: 'C3', rows: 1 }] };
  expect(drift(table([{}]), table([news]))).toEqual(
    [
      ['distinct', 'minor', 'grade has 3 different values, after 2.'],
      ['new-values', 'major', '"C3" are new values of grade.'],
    ].toSorted((a, b) => (a[1] === 'major' ? -1 : Number(b[1] === 'major'))),
  );
  expect(drift(table([news]), table([{}]))).toContainEqual([
    'lost-values',
    'minor',
    '"C3" are no longer values of grade.',
  ]);
});

test('a key that is no longer unique is major, and estimates differ only beyond their error', () => {
  const key = { topValues: [], distinct: 1000 };
  expect(drift(table([key]), table([{ ...key, distinct: 990 }]))).toEqual([
    ['uniqueness', 'major', 'grade is no longer unique: 990 different values in 1000 rows.'],
  ]);
  const estimate = { ...key, distinctError: 0.0081 };
  expect(drift(table([estimate]), table([{ ...estimate, distinct: 985 }]))).toEqual([]);
});

test('wider ranges and other ways of writing are told', () => {
  const amount: Partial<ColumnProfile> = {
    topValues: [],
    min: '9',
    max: '100',
    inferred: { type: 'money', format: undefined, share: 1 },
  };
  expect(drift(table([amount]), table([{ ...amount, max: '1000' }]))).toEqual([
    ['range', 'minor', 'grade goes from 9 to 1000, after 9 to 100.'],
  ]);
  const patterns = [
    { value: 'A9', rows: 700 },
    { value: 'AA9', rows: 300 },
  ];
  expect(drift(table([{}]), table([{ patterns }]))).toEqual([
    ['pattern', 'major', expect.stringMatching(/of the values of grade are written/)],
  ]);
});

test('nothing of a personal column is told but its figures', () => {
  const personal: Partial<ColumnProfile> = {
    personal: 'name',
    min: undefined,
    max: undefined,
    topValues: undefined,
  };
  expect(drift(table([{}]), table([personal]))).toEqual([
    ['personal', 'major', 'grade is name, after not personal.'],
  ]);
});

test('what drifts one way drifts the other way too', () => {
  const side = fc.record({
    rows: fc.integer({ min: 0, max: 2000 }),
    nulls: fc.integer({ min: 0, max: 50 }),
    distinct: fc.integer({ min: 0, max: 50 }),
    type: fc.constantFrom('text', 'integer', 'empty'),
  });
  fc.assert(
    fc.property(side, side, (a, b) => {
      const [one, two] = [a, b].map(({ rows, nulls, distinct, type }) =>
        table(
          [
            {
              nulls,
              distinct,
              min: undefined,
              max: undefined,
              inferred: { type, format: undefined, share: 1 },
            },
          ],
          rows + 50,
        ),
      ) as [TableProfile, TableProfile];
      expect(profileDrift([one], [one])).toEqual([]);
      const kinds = (list: ReturnType<typeof profileDrift>) =>
        new Set(list.map(({ kind }) => kind).filter((kind) => /type|missing|personal/.test(kind)));
      expect(kinds(profileDrift([one], [two]))).toEqual(kinds(profileDrift([two], [one])));
    }),
  );
});
