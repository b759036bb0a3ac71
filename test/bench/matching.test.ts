import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { derivedPairs } from '../../bench/matching/derive.ts';
import { PLATFORM_LABELS } from '../../bench/matching/labels.ts';
import { measure } from '../../bench/matching/measure.ts';
import { ownSources, platformPairs, type RawSchema } from '../../bench/matching/own-pairs.ts';
import { folderPairs } from '../../bench/matching/pair-folder.ts';
import { withConnection } from '../../dataplane/connections.ts';
import { readPlatformTables } from '../../dataplane/matching/platform-schema.ts';
import type { MatchSchema } from '../../domain/matching/schema.ts';
import { migrate } from '../../store/migrate.ts';
import { freshDatabase } from '../support/database.ts';

let platform: MatchSchema;
let schemas: readonly RawSchema[];
beforeAll(async () => {
  const url = await freshDatabase('platform');
  const folder = fileURLToPath(new URL('../../embedded/platform', import.meta.url));
  await migrate({ url, folder, name: 'platform' });
  const tables = await withConnection(url, 'target', undefined, readPlatformTables);
  platform = tables.map(({ match }) => match);
  ({ schemas } = ownSources());
});

describe('the labels', () => {
  test('name columns that are there, on both sides', () => {
    const names = (schema: MatchSchema): Set<string> =>
      new Set(
        schema.flatMap((table) => table.columns.map((column) => `${table.name}.${column.name}`)),
      );
    const targets = names(platform);
    for (const schema of schemas) {
      const labels = PLATFORM_LABELS[schema.name];
      const [pair] = platformPairs([schema], platform, false);
      const sources = names(pair?.source ?? []);
      for (const part of [labels?.right ?? {}, labels?.acceptable ?? {}]) {
        for (const [source, to] of Object.entries(part)) {
          expect([schema.name, source, sources.has(source)]).toEqual([schema.name, source, true]);
          for (const target of to) expect([target, targets.has(target)]).toEqual([target, true]);
        }
      }
      expect(pair?.right.size).toBeGreaterThan(3);
    }
  });
});

describe('the matcher on the pairs of the bench', () => {
  test('finds nearly all of a generated legacy system by names alone', () => {
    const legacy = schemas.filter(({ name }) => name.startsWith('legacy-'));
    expect(legacy).toHaveLength(2);
    for (const pair of platformPairs(legacy, platform, false)) {
      const { recall, f1 } = measure(pair);
      expect(recall).toBeGreaterThan(0.85);
      expect(f1).toBeGreaterThan(0.85);
    }
  });

  test('finds what a table shares with a part of itself under other names, and the same each time', () => {
    const [files] = schemas.filter(({ name }) => name === 'legacy-files');
    const suppliers = files?.tables.find(({ name }) => name === 'suppliers');
    if (suppliers === undefined) throw new Error('the generator has changed');
    const figures = (): number[] =>
      derivedPairs(suppliers, 'tuned', true).map((pair) => measure(pair).recall);
    const found = figures();
    expect(found.reduce((sum, recall) => sum + recall, 0) / found.length).toBeGreaterThan(0.9);
    expect(figures()).toEqual(found);
  });
});

describe('published pairs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-pairs-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('are read from a folder in Valentine’s layout', () => {
    writeFileSync(
      join(folder, 'a_source.csv'),
      'staff_no,surname,extra\n1,"Lee, A",x\n2,Marsh,y\n',
    );
    writeFileSync(join(folder, 'a_target.csv'), 'srnm,staff_number\nLee,1\nMarsh,2\n');
    writeFileSync(
      join(folder, 'a_mapping.json'),
      JSON.stringify({
        matches: [
          {
            source_table: 'a',
            source_column: 'staff_no',
            target_table: 'b',
            target_column: 'staff_number',
          },
          { source_table: 'a', source_column: 'surname', target_table: 'b', target_column: 'srnm' },
        ],
      }),
    );
    const [pair] = folderPairs(folder, true);
    if (pair === undefined) throw new Error('no pair was read');
    expect(measure(pair)).toMatchObject({ recall: 1, f1: 1, missed: [], wrong: [] });
  });
});
