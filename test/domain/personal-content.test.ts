import { expect, test } from 'vitest';
import { type ColumnValues, personalColumns } from '../../domain/personal-content.ts';
import type { InferredType } from '../../domain/profile.ts';

const AS_OF = '2026-11-23';

/** A column of different values, each in one row. */
function column(name: string, texts: readonly string[], type: InferredType = 'text'): ColumnValues {
  const values = texts.map((text) => ({ text, rows: 1 }));
  const days = type === 'date' ? texts.map((day) => ({ day, rows: 1 })) : [];
  return { name, type, values, days, distinct: new Set(texts).size, sampled: false };
}

function many(of: (n: number) => string, count = 200): string[] {
  return Array.from({ length: count }, (_, n) => of(n));
}

/** Spreads numbers over their digits, the same each time. */
const spread = (n: number, digits: number): string =>
  String((n * 7919 * 104_729 + 12_345) % 10 ** digits).padStart(digits, '0');
const day = (n: number, from: string): string =>
  new Date(Date.parse(from) + n * 24 * 3600 * 1000).toISOString().slice(0, 10);

const kinds = (columns: ColumnValues[], table = 'extract') =>
  personalColumns(table, columns, AS_OF).map((found) => found?.kind);

test('content gives a column away whatever it is called, with the rate of matching rows', () => {
  const refs = many((n) => (n % 10 === 0 ? 'unknown' : `AB${spread(n, 6)}C`));
  expect(personalColumns('extract', [column('ref', refs)], AS_OF)).toEqual([
    {
      kind: 'national-insurance',
      facts: { by: 'content', sign: 'National Insurance numbers', rate: 0.9, sampled: false },
    },
  ]);
});

test('a name alone is believed, and its rate says how far the values agree', () => {
  const found = personalColumns(
    'staff',
    [
      column(
        'ni_number',
        many((n) => `QQ${spread(n, 6)}A`),
      ),
    ],
    AS_OF,
  );
  expect(found).toEqual([
    {
      kind: 'national-insurance',
      facts: { by: 'name', sign: 'National Insurance numbers', rate: 0, sampled: false },
    },
  ]);
  expect(personalColumns('staff', [column('religion', ['a', 'b'])], AS_OF)).toEqual([
    { kind: 'special', facts: { by: 'name', sampled: false } },
  ]);
});

test('six digits are a sort code only beside eight, and neither when they count up', () => {
  const sort = column(
    'field_1',
    many((n) => `20${spread(n % 30, 4)}`),
    'integer',
  );
  const account = column(
    'field_2',
    many((n) => spread(n, 8)),
    'integer',
  );
  const order = column(
    'order_no',
    many((n) => String(100_000 + n)),
    'integer',
  );
  const staff = column(
    'staff_no',
    many((n) => String(10_000_000 + n)),
    'integer',
  );
  expect(kinds([sort, account])).toEqual(['bank', 'bank']);
  expect(kinds([account, sort])).toEqual(['bank', 'bank']);
  expect(kinds([sort])).toEqual([undefined]);
  expect(kinds([sort, staff])).toEqual([undefined, undefined]);
  expect(kinds([order, account])).toEqual([undefined, undefined]);
  expect(
    kinds([
      column(
        'x',
        many((n) => `20-${spread(n, 2)}-9${n % 10}`),
      ),
    ]),
  ).toEqual(['bank']);
  expect(
    kinds([
      column(
        'x',
        many((n) => `0${1 + (n % 9)}-0${1 + (n % 8)}-9${n % 10}`),
      ),
    ]),
  ).toEqual([undefined]);
});

test('numbers given out in a row are no telephone numbers', () => {
  expect(
    kinds([
      column(
        'no',
        many((n) => `0${1_230_000_000 + n}`),
      ),
    ]),
  ).toEqual([undefined]);
  expect(
    kinds([
      column(
        'no',
        many((n) => `07${spread(n, 9)}`),
      ),
    ]),
  ).toEqual(['phone']);
});

test('names are told by their form, by common names among them, and by what stands beside them', () => {
  const forenames = ['Ann', 'David', 'Olivia', 'Bezalel', 'George', 'Siobhan', 'Ewa'];
  const surnames = [
    'Smith',
    'Okafor',
    'Lindqvist',
    'Whitcombe',
    'Novak',
    'Reid',
    'Marsh',
    'Adeyemi',
  ];
  const first = column(
    'f1',
    many((n) => forenames[n % forenames.length] ?? ''),
  );
  const rare = many(
    (n) => `${surnames[n % surnames.length] ?? ''}${n < 60 ? '' : 'son'.slice(n % 3)}`,
  );
  const last = column('f2', rare);
  expect(kinds([first, last])).toEqual(['name', 'name']);
  expect(kinds([last])).toEqual([undefined]);
});

test('unit names, job titles, grades, order numbers and places are not personal', () => {
  const columns = [
    column(
      'unit',
      many((n) => `Unit ${n}`),
    ),
    column(
      'unit_name',
      many((n) => ['Finance', 'Legal Aid', 'Estates', 'Digital'][n % 4] ?? ''),
    ),
    column(
      'title',
      many((n) => ['Senior Engineer', 'Director', 'Head of Estates'][n % 3] ?? ''),
    ),
    column(
      'grade',
      many((n) => ['G6', 'HEO', 'SCS 1'][n % 3] ?? ''),
    ),
    column(
      'order',
      many((n) => `PO-${n}`),
    ),
    column(
      'cost_centre',
      many((n) => String(10_000_000 + n * 7)),
      'integer',
    ),
    column(
      'site',
      many((n) => ['Leeds', 'York', 'Bath', 'Truro', 'Wells', 'Ripon'][n % 6] ?? ''),
    ),
  ];
  expect(kinds(columns)).toEqual(columns.map(() => undefined));
});

test('dates are birth dates when they lie a working age before the others and stand among people', () => {
  const born = column(
    'd1',
    many((n) => day(n * 60, '1962-01-01')),
    'date',
  );
  const hired = column(
    'd2',
    many((n) => day(n * 50, '1995-01-01')),
    'date',
  );
  const email = column(
    'contact',
    many((n) => `p${n}@example.gov.uk`),
  );
  expect(kinds([email, born, hired])).toEqual(['email', 'birth-date', undefined]);
  expect(kinds([born, hired])).toEqual([undefined, undefined]);
  expect(kinds([email, hired])).toEqual(['email', undefined]);
  const open = column('until', ['9999-12-31', '2020-01-01', ...many(() => '9999-12-31')], 'date');
  expect(kinds([email, born, open])).toEqual(['email', 'birth-date', undefined]);
});
