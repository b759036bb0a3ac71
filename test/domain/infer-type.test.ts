import { expect, test } from 'vitest';
import { type Count, inferType } from '../../domain/infer-type.ts';
import { shareWord } from '../../domain/name-affinity.ts';
import { personalByName } from '../../domain/personal-data.ts';
import { CURRENCY_PATTERN, PLACEHOLDER_PATTERN, VALUE_TYPES } from '../../domain/value-types.ts';

function infer(column: string, values: Record<string, number>) {
  const count = (pattern: string): Count => {
    const fitting = Object.entries(values).filter(([value]) =>
      new RegExp(pattern, 'u').test(value),
    );
    return { rows: fitting.reduce((sum, [, rows]) => sum + rows, 0), distinct: fitting.length };
  };
  const { type, format, share } = inferType({
    column,
    values: count(''),
    placeholders: count(PLACEHOLDER_PATTERN),
    currency: count(CURRENCY_PATTERN),
    fits: VALUE_TYPES.map((each) => count(each.pattern)),
  });
  return [type, format, share];
}

test.each([
  ['fte', { '1': 5, '0.5': 5 }, ['decimal', undefined, 1]],
  ['lines', { '1': 5, '20': 5 }, ['integer', undefined, 1]],
  ['salary', { '20000': 5, '21000': 5 }, ['money', undefined, 1]],
  ['Actual Pay Floor (£)', { '80000': 1, '90000': 1, 'N/D': 8 }, ['money', undefined, 0.2]],
  ['figure', { '£5': 1, '1,000': 1 }, ['money', undefined, 1]],
  ['cost_centre', { '1001': 5, '1002': 5 }, ['integer', undefined, 1]],
  ['TaxCode', { '1257L': 5, BR: 5 }, ['text', undefined, 1]],
  ['pay_date', { '2026-01-28': 5, '2026-02-26': 5 }, ['date', 'YYYY-MM-DD', 1]],
  ['joined', { '03/04/2011': 5, '25/12/2011': 5 }, ['date', 'DD/MM/YYYY', 1]],
  ['joined', { '03/04/2011': 5, '12/25/2011': 5 }, ['date', 'MM/DD/YYYY', 1]],
  ['active', { Y: 5, N: 5 }, ['boolean', undefined, 1]],
  ['level', { '1': 500, '2': 300, X: 1 }, ['integer', undefined, 800 / 801]],
  ['note', { '0': 95, yes: 1, maybe: 1, often: 1, never: 1 }, ['text', undefined, 1]],
  ['note', { 'N/A': 5 }, ['text', undefined, 1]],
  ['note', {}, ['empty', undefined, 0]],
])('%s with %j is inferred', (column, values, expected) => {
  expect(infer(column, values as Record<string, number>)).toEqual(expected);
});

test.each([
  ['staff', 'Surname', 'name'],
  ['staff', 'name', 'name'],
  ['unit', 'name', undefined],
  ['post', 'Job Title', undefined],
  ['person', 'NiNumber', 'national-insurance'],
  ['person', 'sort_code', 'bank'],
  ['person', 'E-mail address', 'email'],
  ['person', 'DateOfBirth', 'birth-date'],
  ['person', 'Ethnicity', 'special'],
  ['file', 'file_name', undefined],
  ['person', 'manager name', 'name'],
  ['person', 'home postcode', 'address'],
])('column %s.%s is personal: %s', (table, column, kind) => {
  expect(personalByName(table, column)).toBe(kind);
});

test('names share a word only when it says something', () => {
  expect(shareWord(['Reports to Senior Post'], ['Post Unique Reference'])).toBe(true);
  expect(shareWord(['unitCode'], ['id', 'units'])).toBe(true);
  expect(shareWord(['grade_id'], ['person_id'])).toBe(false);
});
