import { expect, it } from 'vitest';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { reconcileDataset } from '../../dataplane/reconcile.ts';
import { freeWork } from '../support/work.ts';
import { loadManifest } from './support/load.ts';
import { makeScene, manifestWith } from './support/scene.ts';

/** Buckets of a thousand rows: several, with rows before and behind zero. */
const ROWS = 5000;

const manifest = manifestWith({
  datasets: [
    {
      id: 'items',
      target: 'app.item',
      source: 'legacy',
      from: 'public.item',
      key: ['line'],
      fields: { number: 'number', word: 'word' },
    },
  ],
});

it.each([
  ['close together, by their range', 1],
  ['far apart, by their hash', 1_000_003],
])(
  'differences at both ends, in the middle and beyond are found where keys stand %s',
  async (_how, apart) => {
    const scene = await makeScene(
      `create table item (line integer primary key, number bigint, word text);
     insert into item select i, (i - ${ROWS / 2})::bigint * ${apart}, 'word ' || i from generate_series(1, ${ROWS}) i;
     insert into item values (${ROWS + 1}, null, 'kept out'), (${ROWS + 2}, null, 'kept out as well');`,
      `create schema app;
     create table app.item (department text, number bigint, word text, primary key (department, number));`,
    );
    await loadManifest(manifest, scene.urls, 'load-1');
    const work = freeWork();
    const mapping = await compileMapping({ manifest, urls: scene.urls }, work);
    const reconcile = () =>
      reconcileDataset({ mapping, dataset: 'items', urls: scene.urls, loadId: 'load-1' }, work);
    const before = await reconcile();
    expect(before).toMatchObject({ reconciled: true, rows: { source: ROWS, target: ROWS } });
    expect(before.buckets).toBe(ROWS / 1000);

    const lowest = (1 - ROWS / 2) * apart;
    const highest = (ROWS / 2) * apart;
    await scene.sql(
      'platform',
      `update app.item set word = 'other' where number in (${lowest}, ${highest}, ${7 * apart});
     delete from app.item where number = 0;
     insert into app.item values ('moj', ${lowest - 1}, 'before all'), ('moj', ${highest + 1}, 'behind all');`,
    );
    const after = await reconcile();
    expect(after.differing).toEqual({ missing: 1, extra: 2, different: 3 });
    const named = after.differences.map(({ kind, key }) => `${kind} ${key}`);
    expect(named.toSorted()).toEqual(
      [
        ...[lowest, highest, 7 * apart].map((key) => `different ${key}`),
        'missing 0',
        ...[lowest - 1, highest + 1].map((key) => `extra ${key}`),
      ].toSorted(),
    );
  },
);
