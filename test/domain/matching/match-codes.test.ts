import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { matchCodes } from '../../../domain/matching/match-codes.ts';

const matches = (source: readonly string[], target: readonly (string | [string, string])[]) =>
  Object.fromEntries(
    matchCodes(
      source.map((code) => ({ code })),
      target.map((each) =>
        typeof each === 'string' ? { code: each } : { code: each[0], label: each[1] },
      ),
    ).map(({ code, match }) => [code, match]),
  );

test('codes mean the same by code, by label, by initials and by a first letter that is the only one', () => {
  expect(
    matches(
      ['Band A', 'G7 (London)', 'Fast Streamer', 'P', 'N/K'],
      [
        ['BAND-A', 'Band A'],
        ['BAND-B', 'Band B'],
        ['G7', 'Grade 7'],
        ['G6', 'Grade 6'],
        ['FS', 'Fast Stream'],
        'postgraduate',
      ],
    ),
  ).toEqual({
    'Band A': 'BAND-A',
    'G7 (London)': 'G7',
    'Fast Streamer': 'FS',
    P: 'postgraduate',
    'N/K': undefined,
  });
});

test('numbers and letters tell codes apart', () => {
  expect(
    matches(
      ['Pay Band 2', 'Pay Band 9'],
      [
        ['PB-1', 'Pay Band 1'],
        ['PB-2', 'Pay Band 2'],
      ],
    ),
  ).toEqual({
    'Pay Band 2': 'PB-2',
    'Pay Band 9': undefined,
  });
});

test('what could be two codes is none', () => {
  expect(matches(['A'], ['active', 'archived'])).toEqual({ A: undefined });
});

test('of sixty published grades nearly all find the grade people chose, and none another one', () => {
  const root = resolve(import.meta.dirname, '../../..');
  const manifest = parse(readFileSync(`${root}/examples/ministry-of-justice.yaml`, 'utf8')) as {
    codeLists: { grades: { values: Record<string, string> } };
  };
  const sql = readFileSync(`${root}/embedded/platform/0002-hr.sql`, 'utf8');
  const grades = [...sql.matchAll(/\('([A-Z0-9-]+)', '([^']+)', '[a-z-]+'\)/g)].map(
    ([, code = '', label = '']): [string, string] => [code, label],
  );
  const wanted = manifest.codeLists.grades.values;
  const found = matches(Object.keys(wanted), grades);
  const right = Object.keys(wanted).filter((code) => found[code] === wanted[code]);
  const wrong = Object.keys(wanted).filter(
    (code) => found[code] !== undefined && found[code] !== wanted[code],
  );
  expect(wrong).toEqual([]);
  expect(right.length).toBeGreaterThanOrEqual(57);
});
