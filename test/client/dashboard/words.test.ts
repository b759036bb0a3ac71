import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { correctionOf, currentInput } from '../../../client/dashboard/current-input.ts';
import { departmentAddress, ownPath, stepAddress } from '../../../client/dashboard/addresses.ts';
import * as format from '../../../client/dashboard/words/format.ts';
import { inputFields } from '../../../client/dashboard/words/input-fields.ts';
import { blockOf } from '../../../client/dashboard/words/json-blocks.ts';
import { prettyJson } from '../../../client/dashboard/words/pretty-json.ts';
import { keyFacts } from '../../../client/dashboard/words/facts.ts';
import { standingOf, STANDINGS, standingTag } from '../../../client/dashboard/words/status-tags.ts';
import { COMMAND_NAMES, stepPhrase, stepTitle } from '../../../client/dashboard/words/names.ts';
import { PERMISSIONS } from '../../../domain/permissions.ts';
import { stepInputSchema } from '../../../domain/step-inputs.ts';
import { STEP_CATALOGUE } from '../../../domain/step-catalogue.ts';
import { sampleManifest } from '../../workflows/sample-manifest.ts';

describe('times and numbers', () => {
  test('are those of London, in winter and in summer', () => {
    expect(format.dateTime('2027-03-26T14:05:00Z')).toBe('26 March 2027 at 2:05pm');
    expect(format.dateTime('2027-07-26T14:05:00Z')).toBe('26 July 2027 at 3:05pm');
    expect(format.date('2027-06-30T23:30:00Z')).toBe('1 July 2027');
    expect(format.clockWithSeconds('2027-03-26T00:05:09Z')).toBe('12:05:09am');
  });

  test('of today are shorter', () => {
    const now = '2027-03-26T18:00:00Z';
    expect(format.when('2027-03-26T14:05:00Z', now)).toBe('2:05pm');
    expect(format.when('2027-03-25T14:05:00Z', now)).toBe('25 March 2027 at 2:05pm');
  });

  test('between two moments are said in the two largest units', () => {
    expect(format.duration(300)).toBe('under a second');
    expect(format.duration(61_000)).toBe('1 minute 1 second');
    expect(format.duration(3_600_000)).toBe('1 hour');
    expect(format.duration((26 * 60 + 3) * 60_000)).toBe('1 day 2 hours');
    expect(format.duration(86_400_000 + 5_000)).toBe('1 day');
  });

  test('have separators, pence and signs', () => {
    expect(format.number(1_204_338)).toBe('1,204,338');
    expect(format.pence(-5_000)).toBe('−£50.00');
    expect(format.pounds(1_000_000)).toBe('£1,000,000');
    expect(format.percent(0.0029)).toBe('0.29%');
    expect([0, 1, 2, 3].map((many) => format.times(many))).toEqual([
      'never',
      'once',
      'twice',
      '3 times',
    ]);
    expect(format.list(['a', 'b', 'c'])).toBe('a, b and c');
  });

  test('leave messages that begin with a name as they are', () => {
    expect(format.sentence('chunk 3 failed')).toBe('Chunk 3 failed');
    expect(format.sentence('staff.csv, line 2')).toBe('staff.csv, line 2');
    expect(format.sentence('hr.post is not there')).toBe('hr.post is not there');
  });
});

describe('addresses', () => {
  test('hold whatever they are made of as one part', () => {
    expect(departmentAddress({ programme: 'a/b', department: '..?#' })).toBe(
      '/onboardings/a%2Fb/..%3F%23',
    );
    expect(stepAddress({ programme: 'p', department: 'd' }, 'migration/transfer/a b')).toBe(
      '/onboardings/p/d/steps/migration/transfer/a%20b',
    );
  });

  test('to go back to are those of this site', () => {
    expect(ownPath('/onboardings/a/b?x=1#y')).toBe('/onboardings/a/b?x=1');
    for (const path of [
      'https://a.test',
      '//a.test',
      '/\\a.test',
      '/\t/a.test',
      'a',
      '',
      undefined,
    ])
      expect(ownPath(path) ?? 'none').not.toContain('a.test');
  });
});

describe('the input of a step', () => {
  const manifest = sampleManifest();

  test('is shown as the manifest has it, with earlier corrections', () => {
    const step = 'discovery/intake/papers';
    const posts = { paths: ['posts.csv'], encoding: 'utf-8', delimiter: ',' };
    expect(currentInput(step, manifest, null)).toEqual({ files: { posts } });
    expect(currentInput(step, manifest, { files: { posts: { encoding: 'cp850' } } })).toEqual({
      files: { posts: { ...posts, encoding: 'cp850' } },
    });
    expect(currentInput('migration/transfer/units', manifest, null)).toEqual({ chunkRows: 50_000 });
    expect(currentInput('discovery/assess', manifest, null)).toBeUndefined();
  });

  test('is corrected only where it differs from the manifest', () => {
    const step = 'migration/transfer/units';
    const correct = (shown: object, given: object) =>
      correctionOf(step, manifest, { ...shown }, { ...given });
    expect(correct({ chunkRows: 50_000 }, { chunkRows: 50_000 })).toBeUndefined();
    expect(correct({ chunkRows: 50_000 }, { chunkRows: 500 })).toEqual({ chunkRows: 500 });
    // Back to the manifest: the earlier correction ends.
    expect(correct({ chunkRows: 500 }, { chunkRows: 50_000 })).toEqual({});
    expect(correct({ chunkRows: 500 }, {})).toEqual({});
    expect(correct({ chunkRows: 50_000 }, { parallel: 2 })).toEqual({ parallel: 2 });
  });

  test('is laid out so that what fits into a line stays in it', () => {
    const input = currentInput('discovery/intake/papers', manifest, null) ?? {};
    expect(prettyJson(input)).toBe(
      '{\n  "files": { "posts": { "paths": ["posts.csv"], "encoding": "utf-8", "delimiter": "," } }\n}',
    );
    const long = { list: Array.from({ length: 30 }, (_, index) => index), empty: {} };
    expect(JSON.parse(prettyJson(long))).toEqual(long);
  });

  test('is described member by member', () => {
    const fieldsOf = (id: Parameters<typeof stepInputSchema>[0]) =>
      inputFields({ ...z.toJSONSchema(stepInputSchema(id), { io: 'input' }) } as object);
    expect(fieldsOf('migration/transfer')[0]).toEqual({
      name: 'chunkRows',
      type: 'number, 100 to 1,000,000',
      description: 'Rows per chunk.',
    });
    expect(fieldsOf('discovery/intake').map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'files.<name>.paths: list of text',
      'files.<name>.encoding: text',
      'files.<name>.delimiter: one character',
      'files.<name>.sheet: text or number, 1 to 1,000',
      'files.<name>.headerRow: number, 1 to 1,048,576',
    ]);
    expect(fieldsOf('discovery/assess')).toEqual([]);
  });
});

describe('words', () => {
  test('there are for every command, step and standing', () => {
    for (const command of Object.keys(PERMISSIONS))
      expect(Object.keys(COMMAND_NAMES)).toContain(command);
    for (const { id, scope } of STEP_CATALOGUE) {
      const key = scope === 'onboarding' ? id : `${id}/x`;
      expect(stepTitle(key)).not.toBe(key);
      expect(stepPhrase(key)).toMatch(/^[a-z]/);
    }
    for (const standing of STANDINGS) expect(standingTag(standing).text).not.toBe('');
  });

  test('put what a person decided before what the steps say, and failures before decisions', () => {
    const open = { parked: 1, waiting: 1, timers: 1, active: 1 };
    expect(standingOf('paused', open)).toBe('paused');
    expect(standingOf('running', open)).toBe('parked');
    expect(standingOf('rolling-back', { ...open, parked: 0 })).toBe('rolling-back');
    expect(standingOf('running', { ...open, parked: 0 })).toBe('waiting');
    expect(standingOf('running', { parked: 0, waiting: 0, timers: 1, active: 0 })).toBe('timer');
    expect(standingOf('running', { parked: 0, waiting: 0, timers: 0, active: 0 })).toBe('running');
  });

  test('of an output are its most telling numbers', () => {
    const facts = keyFacts('migration/transfer/people', {
      mapping: 'a'.repeat(64),
      excluded: 0,
      quarantined: 12,
      read: 4182,
      loaded: 4170,
      nested: { x: 1 },
    });
    expect(facts.map(({ name, text }) => `${name} ${text}`)).toEqual([
      'read 4,182',
      'loaded 4,170',
      'quarantined 12',
      'excluded 0',
    ]);
    const texts = (step: string, output: object) =>
      keyFacts(step, { ...output }).map(({ name, text }) => `${name} ${text}`);
    expect(texts('discovery/baseline', { annualServiceCost: 5 })).toEqual([
      'annual service cost £5',
    ]);
    // The same name says something else elsewhere.
    expect(texts('mapping/coverage', { target: 1 })).toEqual([
      'mandatory platform fields mapped 100%',
    ]);
    expect(texts('migration/reconcile/people', { target: 1 })).toEqual(['target 1']);
  });

  test('of a document keep its shape: lists of flat objects are tables', () => {
    const block = blockOf({
      rowsLoaded: 3,
      items: [
        { a: 1, b: [1] },
        { a: 2, c: { d: 3 } },
      ],
      none: [],
      deep: [[1]],
      rows: Array.from({ length: 14 }, (_, index) => index),
    });
    expect(block).toMatchObject({
      kind: 'members',
      members: [
        { name: 'Rows', value: { text: '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more' } },
        { name: 'Rows loaded', value: { kind: 'text', text: '3', numeric: true } },
        {
          name: 'Items',
          value: {
            kind: 'table',
            columns: [
              { name: 'A', numeric: true },
              { name: 'B', numeric: false },
              { name: 'C', numeric: false },
            ],
            rows: [
              [{ text: '1' }, { text: '1' }, { text: '–' }],
              [{ text: '2' }, { text: '–' }, { kind: 'more', label: '1 value' }],
            ],
            left: 0,
          },
        },
        { name: 'None', value: { kind: 'text', text: 'none' } },
        { name: 'Deep', value: { kind: 'list' } },
      ],
    });
    const long = blockOf(Array.from({ length: 501 }, (_, index) => ({ index })));
    expect(long).toMatchObject({ kind: 'table', left: 1 });
  });
});
