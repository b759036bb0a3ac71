import { expect, test } from 'vitest';
import { quoteIdentifier, quoteLiteral, quoteTable } from '../../dataplane/quote.ts';
import { placeOf, relationOf } from '../../dataplane/relation.ts';
import { stagedTable } from '../../dataplane/staged-table.ts';
import type { Dataset, Manifest } from '../../domain/manifest.ts';

const urls = {
  sources: { hr: 'postgres://hr' },
  staging: 'postgres://staging',
  target: 'postgres://target',
};
const manifest = {
  department: { id: 'moj' },
  sources: { hr: { kind: 'postgres' }, payroll: { kind: 'postgres' }, files: { kind: 'files' } },
} as unknown as Manifest;

test('a dataset of files is read from its staged table, by row number', () => {
  const relation = relationOf(
    manifest,
    { source: 'files', from: 'staff', key: ['No'] } as unknown as Dataset,
    urls,
  );
  expect(relation).toMatchObject({
    url: 'postgres://staging',
    side: 'staging',
    sql: '"moj"."files__staff"',
    staged: true,
    keyColumns: ['_row'],
    declaredKey: ['No'],
  });
  expect(relation.keyText('s')).toBe(`("s"."_file" || ':' || "s"."_line")`);
});

test('a dataset of a database is read from its table, by its declared key', () => {
  const relation = placeOf(manifest, { source: 'hr', from: 'app.pay line', key: ['a', 'b'] }, urls);
  expect(relation).toMatchObject({
    url: 'postgres://hr',
    side: 'source',
    sql: '"app"."pay line"',
    keyColumns: ['a', 'b'],
  });
  expect(relation.keyText()).toBe(`(coalesce("a"::text, '') || '|' || coalesce("b"::text, ''))`);
});

test('results of the platform are read from the target', () => {
  expect(placeOf(manifest, { source: 'platform', from: 'payroll.result' }, urls)).toMatchObject({
    url: 'postgres://target',
    side: 'target',
    keyColumns: [],
    declaredKey: undefined,
  });
});

test.each([
  ['nobody', 'a.b', 'source/not-found'],
  ['hr', 'table', 'source/not-found'],
  ['hr', 'a.b.c', 'source/not-found'],
  ['payroll', 'a.b', 'manifest/secret-missing'],
])('%s with %s is refused', (source, from, code) => {
  expect(() => placeOf(manifest, { source, from }, urls)).toThrow(
    expect.objectContaining({ code }),
  );
});

test('long pairs of ids keep different tables apart', () => {
  const long = 'a'.repeat(40);
  const one = stagedTable('moj', long, `${long.slice(1)}b`).table;
  const two = stagedTable('moj', long, `${long.slice(1)}c`).table;
  expect([one.length, two.length]).toEqual([63, 63]);
  expect(one).not.toBe(two);
});

test('names and texts cannot break out of their quotes', () => {
  expect(quoteTable('a"b', 'c')).toBe('"a""b"."c"');
  expect(quoteLiteral("O'Neill")).toBe("'O''Neill'");
  for (const bad of ['', 'a\0b'])
    expect(() => quoteIdentifier(bad)).toThrow(
      expect.objectContaining({ code: 'mapping/invalid' }),
    );
  expect(() => quoteLiteral('a\0b')).toThrow(expect.objectContaining({ code: 'mapping/invalid' }));
});
