import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '../../domain/json.ts';
import { manifestSchema } from '../../domain/manifest.ts';
import {
  type Suggestions,
  SUGGESTIONS_KIND,
  suggestionsSchema,
} from '../../domain/matching/suggestions.ts';
import { makeScene } from '../dataplane/support/scene.ts';
import { sharedData } from '../support/shared-data.ts';
import { StepRunner } from '../support/step-runner.ts';

const folder = sharedData('organograms');

describe.skipIf(folder === undefined)('suggestions for the published organograms', () => {
  const examples = resolve(import.meta.dirname, '../../examples');
  const manifest = manifestSchema.parse(
    parse(readFileSync(`${examples}/ministry-of-justice.yaml`, 'utf8')),
  );
  let found: Suggestions;
  let output: JsonObject | undefined;

  beforeAll(async () => {
    const { urls } = await makeScene('');
    const steps = new StepRunner({ manifest, folder: examples, urls });
    await steps.runAll('discovery/intake', 'discovery/profile', 'mapping/suggest');
    output = steps.outputs.get('mapping/suggest');
    found = suggestionsSchema.parse(steps.evidence('mapping/suggest', SUGGESTIONS_KIND));
  });

  const stateOf = (dataset: string, column: string) =>
    found.columns.find((each) => each.dataset === dataset && each.column === column)?.state;

  test('posts are mapped as the names and values suggest', () => {
    for (const column of [
      'unit_code',
      'title',
      'grade_code',
      'fte',
      'pay_floor',
      'pay_ceiling',
      'profession',
    ]) {
      expect([column, stateOf('posts', column)]).toEqual([column, 'confirmed']);
      expect([column, stateOf('senior-posts', column)]).toEqual([column, 'confirmed']);
    }
    expect(stateOf('senior-reporting-lines', 'reports_to')).toBe('confirmed');
  });

  test('the step says in numbers what there is to look at', () => {
    expect(output).toMatchObject({
      confirmed: expect.any(Number),
      contradicted: expect.any(Number),
    });
    expect(output?.['confirmed']).toBeGreaterThan(70);
    expect(output?.['contradicted']).toBeLessThan(5);
  });

  test('columns that are empty or technical have no match, and neither have tables of people and money', () => {
    const unused = new Map(found.unused.map((each) => [`${each.from}.${each.column}`, each.state]));
    for (const column of [
      'senior.Notes',
      'senior.Valid?',
      'senior.column_13',
      'junior.source_file',
    ]) {
      expect([column, unused.get(column)]).toEqual([column, 'no-match']);
    }
    const fillable = found.tables.filter(({ state }) => state === 'suggested');
    expect(fillable).toEqual([]);
  });

  test('every grade that people have mapped is confirmed or left alone, and none is called wrong', () => {
    const codes = found.codes
      .filter(({ column }) => column === 'grade_code')
      .flatMap((list) => list.codes);
    const confirmed = codes.filter(({ state }) => state === 'confirmed');
    expect(codes.length).toBeGreaterThan(55);
    expect(confirmed.length / codes.length).toBeGreaterThan(0.95);
    expect(codes.filter(({ state }) => state === 'contradicted')).toEqual([]);
  });
});
