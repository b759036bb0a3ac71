import { expect, test } from 'vitest';
import { assessQuality, type Discovered } from '../../domain/assess-quality.ts';
import {
  countBySeverity,
  FINDINGS,
  finding,
  inOrder,
  MAX_EXAMPLES,
} from '../../domain/findings.ts';
import type { ColumnProfile, KeyCheck, Reference } from '../../domain/profile.ts';

const column: ColumnProfile = {
  name: 'pay',
  declaredType: 'text',
  nulls: 0,
  empty: 0,
  distinct: 5,
  min: '1',
  max: '9',
  minLength: 1,
  maxLength: 3,
  patterns: [],
  topValues: [],
  personal: undefined,
  inferred: { type: 'money', format: undefined, share: 0.9 },
  misfits: undefined,
  spellings: [],
};
const key: KeyCheck = {
  table: 'a.t',
  columns: ['id'],
  origin: 'found',
  unique: true,
  repeatedValues: 0,
  repeatedRows: 0,
  repeatedKeys: [],
  incompleteRows: 0,
  incompleteKeys: [],
};
const reference: Reference = {
  table: 'a.t',
  column: 'boss',
  parentTable: 'a.t',
  parentColumn: 'id',
  within: ['unit'],
  evidence: 'name',
  inclusion: 0.9,
  unknownRows: 2,
  unknownKeys: ['1', '2'],
  selfRows: 1,
  selfKeys: ['3'],
};

function assess(facts: Partial<Discovered> & { columns?: ColumnProfile[]; rows?: number }) {
  const { columns = [], rows = 10, ...rest } = facts;
  return assessQuality({
    profiles: [{ table: 'a.t', rows, columns }],
    keys: [key],
    references: [],
    dependencies: [],
    intake: [],
    staged: [],
    ...rest,
  });
}

test('nothing wrong gives no findings', () => {
  expect(assess({ columns: [column] })).toEqual([]);
});

test('values that fit no amount are major, odd codes among numbers are minor', () => {
  const misfits = { rows: 2, values: [{ value: 'N/D', rows: 2 }], keys: ['f.csv:2', 'f.csv:9'] };
  const code: ColumnProfile = {
    ...column,
    name: 'post',
    inferred: { type: 'integer', format: undefined, share: 0.9 },
  };
  expect(
    assess({
      columns: [
        { ...column, misfits },
        { ...code, misfits },
      ],
    }),
  ).toMatchObject([
    {
      code: 'column/misfit',
      severity: 'major',
      column: 'pay',
      count: 2,
      examples: ['f.csv:2', 'f.csv:9'],
      message: '2 values of pay are no money: "N/D".',
    },
    { code: 'column/misfit-code', severity: 'minor', column: 'post' },
  ]);
});

test('a personal column is found without its values', () => {
  const misfits = { rows: 1, values: undefined, keys: ['7'] };
  const born: ColumnProfile = {
    ...column,
    name: 'born',
    personal: 'birth-date',
    inferred: { type: 'date', format: 'DD/MM/YYYY', share: 0.9 },
  };
  expect(assess({ columns: [{ ...born, misfits }] })).toMatchObject([
    { code: 'column/misfit', message: '1 value of born is no date DD/MM/YYYY.' },
  ]);
});

test('a broken key blocks for a database table and is major for files, which have their lines', () => {
  const broken: KeyCheck = {
    ...key,
    origin: 'declared',
    unique: false,
    repeatedRows: 2,
    repeatedValues: 1,
  };
  expect(assess({ keys: [broken] })).toMatchObject([{ code: 'key/unusable', severity: 'blocker' }]);
  expect(assess({ keys: [broken], staged: ['a.t'] })).toMatchObject([
    { code: 'key/repeated', severity: 'major', column: 'id', count: 2 },
  ]);
  expect(assess({ keys: [{ ...key, incompleteRows: 1 }], staged: ['a.t'] })).toMatchObject([
    { code: 'key/incomplete' },
  ]);
  expect(assess({ keys: [] })).toMatchObject([{ code: 'key/none', severity: 'minor' }]);
});

test('broken references are found, unless only chance speaks for the reference', () => {
  expect(assess({ references: [reference] })).toMatchObject([
    { code: 'reference/self', count: 1, examples: ['3'] },
    {
      code: 'reference/unknown',
      count: 2,
      message: '2 rows refer by boss to a id that a.t does not have within unit.',
    },
  ]);
  expect(assess({ references: [{ ...reference, evidence: 'values' }] })).toEqual([]);
});

test('empty tables, empty columns and spellings are found', () => {
  expect(assess({ rows: 0 })).toMatchObject([{ code: 'table/empty' }]);
  const empty: ColumnProfile = {
    ...column,
    inferred: { type: 'empty', format: undefined, share: 0 },
  };
  const spelt: ColumnProfile = {
    ...column,
    name: 'grade',
    spellings: [{ value: 'Band A', others: ['band a'], rows: 3 }],
  };
  expect(assess({ columns: [empty, spelt] })).toMatchObject([
    { code: 'column/spelling', count: 3 },
    { code: 'column/empty', count: 10 },
  ]);
});

test('outliers are found by what is odd about them, without the values of personal columns', () => {
  const outliers = { rows: 1, keys: ['7'], values: [{ value: '990000', rows: 1 }] };
  const pay: ColumnProfile = {
    ...column,
    outliers: [{ ...outliers, kind: 'number', expected: 'from 1000 to 90000' }],
  };
  const born: ColumnProfile = {
    ...column,
    name: 'born',
    personal: 'birth-date',
    outliers: [{ ...outliers, values: undefined, kind: 'date', expected: 'ages from 14 to 110' }],
  };
  expect(assess({ columns: [pay, born] })).toMatchObject([
    {
      code: 'column/implausible-date',
      severity: 'major',
      message: '1 value of born is unlike the others, which are ages from 14 to 110.',
    },
    {
      code: 'column/outlier',
      severity: 'minor',
      examples: ['7'],
      message:
        '1 value of pay, such as "990000", is unlike the others, which are from 1000 to 90000.',
    },
  ]);
});

test('malformed and misplaced personal data is found, and a name that promises too much is not', () => {
  const facts = { by: 'both', sign: 'IBANs', sampled: false } as const;
  const iban: ColumnProfile = {
    ...column,
    personal: 'bank',
    personalFacts: { ...facts, rate: 0.8 },
  };
  const roll: ColumnProfile = {
    ...column,
    name: 'roll',
    personal: 'bank',
    personalFacts: { ...facts, by: 'name', rate: 0.1 },
  };
  const note: ColumnProfile = {
    ...column,
    name: 'note',
    sample: 100,
    personalTraces: [{ sign: 'e-mail addresses', rate: 0.2 }],
  };
  expect(assess({ columns: [iban, roll, note] })).toMatchObject([
    {
      code: 'personal/stray',
      count: 2,
      message:
        'About 2 of 10 values of note are e-mail addresses, but the column is not personal otherwise.',
    },
    {
      code: 'personal/invalid',
      count: 2,
      message: '2 of 10 values of pay are no well-formed IBANs.',
    },
  ]);
});

test('a code that stands for several names is found, one that keeps to its name is not', () => {
  const told = { table: 'a.t', column: 'unit', determines: 'name', values: 9 };
  const broken = { ...told, brokenValues: 1, brokenRows: 3, brokenKeys: ['1', '2', '3'] };
  const kept = { ...told, determines: 'site', brokenValues: 0, brokenRows: 0, brokenKeys: [] };
  expect(assess({ dependencies: [broken, kept] })).toMatchObject([
    {
      code: 'dependency/broken',
      column: 'name',
      count: 3,
      message:
        '3 rows have another name than most rows with the same unit: 1 of its values stands for several.',
    },
  ]);
});

test('the worst findings come first and examples stop at a thousand', () => {
  const many = Array.from({ length: 1500 }, (_, index) => String(index));
  const facts = { table: 'a.t', count: 1500, examples: many, message: 'm' };
  const listed = inOrder([
    finding('column/empty', facts),
    finding('key/unusable', facts),
    finding('key/repeated', { ...facts, table: 'a.s' }),
    finding('key/incomplete', facts),
  ]);
  expect(listed.map(({ code }) => code)).toEqual([
    'key/unusable',
    'key/repeated',
    'key/incomplete',
    'column/empty',
  ]);
  expect(listed[0]).toMatchObject({ count: 1500 });
  expect(listed[0]?.examples).toHaveLength(MAX_EXAMPLES);
  expect(countBySeverity(listed)).toEqual({ blocker: 1, major: 2, minor: 1 });
});

test('the kinds of findings are sorted', () => {
  expect(Object.keys(FINDINGS)).toEqual(Object.keys(FINDINGS).toSorted());
});
