import { beforeAll, describe, expect, it } from 'vitest';
import { compileMapping } from '../../../dataplane/mapping/compile-mapping.ts';
import { reconcileDataset } from '../../../dataplane/reconcile.ts';
import {
  judgeMockLoads,
  judgeRejectRates,
  rowsAddUp,
} from '../../../domain/controls/c13-two-sided.ts';
import { loadManifest } from '../../dataplane/support/load.ts';
import { GOOD_PEOPLE, LEGACY, PLATFORM, peopleManifest } from '../../dataplane/support/people.ts';
import { makeScene } from '../../dataplane/support/scene.ts';
import type { Scene } from '../../dataplane/support/scene.ts';
import { freeWork } from '../../support/work.ts';

/** Of the 107 rows that differed in 2016, those whose legacy amount was the larger one were reported. */
const REPORTED = 73;
const REAL = 107;

describe('C13: the comparison of 2016, on real databases', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await makeScene(
      `${LEGACY} ${GOOD_PEOPLE} insert into unit values ('U1', 'One', null)`,
      PLATFORM,
    );
    await loadManifest(peopleManifest(), scene.urls, 'load-1');
  });

  const reconcile = async () => {
    const mapping = await compileMapping(
      { manifest: peopleManifest(), urls: scene.urls },
      freeWork(),
    );
    return reconcileDataset(
      { mapping, dataset: 'people', urls: scene.urls, loadId: 'load-1' },
      freeWork(),
    );
  };

  it('lets a load pass in which both sides hold the same', async () => {
    expect(await reconcile()).toMatchObject({
      reconciled: true,
      rows: { source: 250, target: 250 },
    });
  });

  it('reports all 107 mismatches, not the 73 that differ in one direction', async () => {
    // The 34 others are larger on the platform, and so much that the control total comes out equal.
    await scene.sql(
      'platform',
      `with numbered as (
         select number, row_number() over (order by number) as place from app.person where pay is not null
       )
       update app.person as person
       set pay = pay + case when place <= ${REPORTED} then -0.34 else 0.73 end
       from numbered
       where numbered.number = person.number and place <= ${REAL}`,
    );
    const result = await reconcile();
    expect(result.totals).toMatchObject([{ column: 'pay', equal: true }]);
    expect(result.differing).toEqual({ missing: 0, extra: 0, different: REAL });
    expect(result.reconciled).toBe(false);
  });
});

describe('C13: loads', () => {
  const load = (output: Record<string, number | null>) => [{ dataset: 'people', output }];

  it('every row that was read is loaded, quarantined or excluded', () => {
    const good = { read: 10, loaded: 7, quarantined: 2, excluded: 1 };
    expect(rowsAddUp(good)).toBe(true);
    expect(rowsAddUp({ ...good, loaded: 6 })).toBe(false);
    expect(rowsAddUp({ ...good, loaded: 8 })).toBe(false);
    expect(rowsAddUp({})).toBe(false);
  });

  it('one load is not a mock load and a load; two are; none that was measured is none', () => {
    expect(judgeMockLoads(load({ loads: 1 }), 2)).toMatchObject({ met: false, value: 1 });
    expect(judgeMockLoads(load({ loads: 2 }), 2)).toMatchObject({ met: true });
    expect(judgeMockLoads(load({}), 1)).toMatchObject({ met: false, value: null });
    const one = { dataset: 'units', output: { loads: 1 } };
    expect(judgeMockLoads([...load({ loads: 5 }), one], 2)).toMatchObject({ met: false, value: 1 });
  });

  it('the reject rate does not get worse, however little', () => {
    expect(judgeRejectRates(load({ rejectRate: 0.012, rejectRateBefore: 0.008 }))).toEqual({
      value: 'people: 1.2 % after 0.8 %',
      threshold: 'not worse',
      met: false,
    });
    expect(judgeRejectRates(load({ rejectRate: 0.008, rejectRateBefore: 0.008 })).met).toBe(true);
    expect(judgeRejectRates(load({})).met).toBe(false);
  });
});
