import { beforeAll, describe, expect, it } from 'vitest';
import { makePlatform, makeScene, manifestWith } from '../dataplane/support/scene.ts';
import type { Scene } from '../dataplane/support/scene.ts';
import { withClient } from '../support/database.ts';
import { StepRunner } from '../support/step-runner.ts';
import type { Manifest } from '../../domain/manifest.ts';

const LEGACY = `
  create table unit (code text primary key, name text);
  insert into unit values ('HQ', 'Headquarters'), ('N', 'North');
`;
const UNITS = {
  id: 'units',
  source: 'legacy',
  from: 'public.unit',
  key: ['code'],
  target: 'hr.unit',
  fields: { unit_code: 'code', name: 'name' },
};

const DRESS = ['load', 'freeze', 'delta', 'reconcile', 'totals', 'switch', 'smoke', 'rollback'].map(
  (part) => `cutover/rehearse/dress/${part}`,
);

describe('a rehearsal', () => {
  let scene: Scene;
  let rehearsal: string;
  let manifest: Manifest;
  beforeAll(async () => {
    scene = await makeScene(LEGACY);
    rehearsal = await makePlatform('rehearsal');
    manifest = manifestWith({
      datasets: [UNITS],
      sources: {
        legacy: {
          kind: 'postgres',
          connection: { env: 'LEGACY_URL' },
          freeze: { env: 'FREEZE_URL' },
        },
      },
    });
  });

  const runner = (target: string | undefined): StepRunner =>
    new StepRunner({
      manifest,
      folder: '/',
      urls: { ...scene.urls, rehearsal: target },
      secrets: { FREEZE_URL: scene.legacy },
    });
  const compiled = async (target: string | undefined): Promise<StepRunner> => {
    const own = runner(target);
    await own.run('mapping/check');
    await own.run('mapping/compile');
    return own;
  };
  const onRehearsal = async (sql: string): Promise<unknown[]> =>
    withClient(rehearsal, async (client) => (await client.query(sql)).rows as unknown[]);

  it('runs every part of the cutover on the rehearsal platform and says how long each took', async () => {
    const own = await compiled(rehearsal);
    for (const step of DRESS.slice(0, -1)) {
      const { output } = await own.run(step);
      expect(output['ms']).toEqual(expect.any(Number));
      expect(output['mapping']).toBe(own.outputs.get('mapping/compile')?.['hash']);
    }
    expect(await onRehearsal('select status from platform.tenant')).toEqual([{ status: 'live' }]);
    expect(await onRehearsal('select count(*)::int as units from hr.unit')).toEqual([{ units: 2 }]);

    await own.run(DRESS.at(-1) ?? '');
    expect(await onRehearsal('select status from platform.tenant')).toEqual([
      { status: 'withdrawn' },
    ]);
    const proof = own.evidence(DRESS.at(-1) ?? '', 'rehearsal');
    expect(proof).toMatchObject({
      found: { 'cutover/undo/proof': { legacyServes: true, platform: 'withdrawn' } },
    });
    // Neither the platform nor the legacy side has seen anything of it.
    expect(await scene.sql('platform', 'select * from platform.tenant')).toEqual([]);
    expect(await scene.sql('platform', 'select * from hr.unit')).toEqual([]);
    await scene.sql('legacy', "insert into unit values ('S', 'South')");
  });

  it('can run again: what an earlier rehearsal left live is taken off, and what has changed is loaded', async () => {
    await onRehearsal("update platform.tenant set status = 'live', live_from = now()");
    const own = await compiled(rehearsal);
    for (const step of [...DRESS.slice(0, 6), ...DRESS]) await own.run(step);
    expect(await onRehearsal('select count(*)::int as units from hr.unit')).toEqual([{ units: 3 }]);
  });

  it('parks where there is no rehearsal platform, and where it is the platform itself under another name', async () => {
    const without = await compiled(undefined);
    await expect(without.run(DRESS[0] ?? '')).rejects.toMatchObject({
      code: 'cutover/no-rehearsal-target',
      message: expect.stringContaining('SLIPWAY_REHEARSAL_URL') as unknown,
    });
    const same = await compiled(`${scene.platform}?application_name=another`);
    await expect(same.run(DRESS[0] ?? '')).rejects.toMatchObject({
      code: 'cutover/no-rehearsal-target',
    });
  });

  it('proves that a frozen legacy side does not serve yet, and that a live platform is not taken back', async () => {
    const own = await compiled(rehearsal);
    const url = new URL(scene.legacy);
    const name = url.pathname.slice(1);
    await scene.sql('legacy', `alter database "${name}" set default_transaction_read_only = on`);
    try {
      await expect(own.run('cutover/undo/proof')).rejects.toMatchObject({
        code: 'cutover/rollback-unproven',
      });
    } finally {
      await withClient(scene.legacy, async (client) => {
        await client.query('set default_transaction_read_only = off');
        await client.query(`alter database "${name}" reset default_transaction_read_only`);
      });
    }
    expect((await own.run('cutover/undo/proof')).output).toMatchObject({ platform: 'unknown' });
    await scene.sql(
      'platform',
      "insert into platform.tenant (department, name, status, live_from) values ('moj', 'x', 'live', now())",
    );
    await expect(own.run('cutover/undo/proof')).rejects.toMatchObject({
      code: 'cutover/rollback-unproven',
    });
  });
});
