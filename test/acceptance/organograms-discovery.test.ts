import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import { takeIn } from '../../dataplane/intake.ts';
import type { Intake } from '../../dataplane/intake/stage.ts';
import { findKeys } from '../../dataplane/keys.ts';
import { profileTable } from '../../dataplane/profile.ts';
import { placeOf } from '../../dataplane/relation.ts';
import { assessQuality } from '../../domain/assess-quality.ts';
import type { Finding, FindingCode } from '../../domain/findings.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { freshDatabase } from '../support/database.ts';
import { sharedData } from '../support/shared-data.ts';
import { freeWork } from '../support/work.ts';

const folder = sharedData('organograms');

/** A record with its place, as this test reads the files by itself. */
interface Line {
  readonly key: string;
  readonly organisation: string;
  readonly fields: Readonly<Record<string, string>>;
}

describe.skipIf(folder === undefined).each(['2011-03-31', '2011-09-30'])(
  'organograms of %s',
  (day) => {
    const senior = linesOf(day, 'senior');
    const junior = linesOf(day, 'junior');
    const intakes: Intake[] = [];
    let findings: Finding[] = [];

    beforeAll(async () => {
      const url = await freshDatabase('organograms');
      const tables = [];
      for (const kind of ['senior', 'junior']) {
        const files = filesOf(day, kind).map((name) => ({ name, path: join(folder ?? '', name) }));
        const request = {
          stagingUrl: url,
          department: 'moj',
          sourceId: 'organograms',
          fileId: kind,
        };
        intakes.push(
          await takeIn(
            { ...request, files, format: { format: 'csv', encoding: 'utf-8', delimiter: ',' } },
            freeWork(),
          ),
        );
        const manifest = {
          department: { id: 'moj' },
          sources: { organograms: { kind: 'files', files: {} } },
        } as unknown as Manifest;
        const urls = { sources: {}, staging: url, target: url };
        const relation = placeOf(manifest, { source: 'organograms', from: kind }, urls);
        tables.push({ relation, profile: await profileTable(relation, freeWork()) });
      }
      findings = assessQuality({
        profiles: tables.map((table) => table.profile),
        ...(await findKeys(tables, freeWork())),
        intake: intakes.flatMap((intake) => intake.findings),
        staged: intakes.map((intake) => intake.table),
      });
    });

    test('every line of every file is taken in', () => {
      expect(intakes.map((intake) => intake.rows)).toEqual([senior.length, junior.length]);
      const lines = intakes.flatMap((intake) =>
        intake.files.map((file) => [file.name, file.rows + 1]),
      );
      const own = [...filesOf(day, 'senior'), ...filesOf(day, 'junior')].map((name) => [
        name,
        readFileSync(join(folder ?? '', name), 'utf8')
          .trimEnd()
          .split('\n').length,
      ]);
      expect(lines).toEqual(own);
    });

    test('posts that report to a post that is not in their organisation are listed', () => {
      const posts = new Set(senior.map((line) => post(line, 'Post Unique Reference')));
      const unknown = (lines: Line[], column: string) =>
        lines.filter((line) => line.fields[column] !== '' && !posts.has(post(line, column)));
      const above = unknown(senior, 'Reports to Senior Post');
      expect(above.length).toBeGreaterThanOrEqual(3);
      expect(listed('reference/unknown', 'senior', 'Reports to Senior Post')).toEqual(keys(above));
      expect(listed('reference/unknown', 'junior', 'Reporting Senior Post')).toEqual(
        keys(unknown(junior, 'Reporting Senior Post')),
      );
    });

    test('posts that report to themselves are listed', () => {
      const themselves = senior.filter(
        (line) => line.fields['Reports to Senior Post'] === line.fields['Post Unique Reference'],
      );
      expect(listed('reference/self', 'senior', 'Reports to Senior Post')).toEqual(
        keys(themselves),
      );
    });

    test('repeated post references are listed', () => {
      const repeated = senior.filter(
        (line) =>
          senior.filter(
            (other) => post(other, 'Post Unique Reference') === post(line, 'Post Unique Reference'),
          ).length > 1,
      );
      expect(listed('key/repeated', 'senior')).toEqual(keys(repeated));
    });

    test.each(['Actual Pay Floor (£)', 'Actual Pay Ceiling (£)'])(
      'lines without an amount in %s are listed',
      (column) => {
        const words = senior.filter((line) => !/^\d*$/.test(line.fields[column] ?? ''));
        expect(words.length).toBeGreaterThan(0);
        expect(listed('column/misfit', 'senior', column)).toEqual(keys(words));
      },
    );

    test('every column with words in place of amounts is found, and no other', () => {
      const isAmount = (text: string) => text === '' || /^\d+(\.\d{1,2})?$/.test(text);
      const own = (
        [
          ['senior', senior],
          ['junior', junior],
        ] as const
      ).flatMap(([kind, lines]) =>
        Object.keys(lines[0]?.fields ?? {})
          .filter((column) => column.includes('£'))
          .filter((column) => lines.some((line) => !isAmount(line.fields[column] ?? '')))
          .map((column) => `moj.organograms__${kind} ${column}`),
      );
      const found = findings.filter(({ code }) => code === 'column/misfit');
      expect(found.map(({ table, column }) => `${table} ${column}`).toSorted()).toEqual(
        own.toSorted(),
      );
    });

    test('the column without a header is found once', () => {
      expect(
        findings
          .filter(({ code }) => code.startsWith('file/'))
          .map(({ code, column }) => [code, column]),
      ).toEqual([['file/empty-header', 'column_13']]);
    });

    function listed(code: FindingCode, kind: string, column?: string): string[] {
      const found = findings.filter(
        (each) =>
          each.code === code &&
          each.table === `moj.organograms__${kind}` &&
          (column === undefined || each.column === column),
      );
      expect(found.length).toBeLessThanOrEqual(1);
      expect(found[0]?.count ?? 0).toBe(found[0]?.examples.length ?? 0);
      return (found[0]?.examples ?? []).toSorted();
    }
  },
);

function filesOf(day: string, kind: string): string[] {
  return readdirSync(folder ?? '.')
    .filter((name) => name.includes(day) && name.includes(`-${kind}.csv`))
    .toSorted();
}

function linesOf(day: string, kind: string): Line[] {
  if (folder === undefined) return [];
  return filesOf(day, kind).flatMap((name) => {
    // No field of these files holds a line break: the record's number is its line.
    const [header = [], ...records] = parse(readFileSync(join(folder, name)), {
      relax_column_count: true,
    });
    return records.map((record, index) => ({
      key: `${name}:${index + 2}`,
      organisation: record[header.indexOf('Organisation')] ?? '',
      fields: Object.fromEntries(header.map((column, at) => [column, record[at] ?? ''])),
    }));
  });
}

function post(line: Line, column: string): string {
  return `${line.organisation}/${line.fields[column]}`;
}

function keys(lines: Line[]): string[] {
  return lines.map((line) => line.key).toSorted();
}
