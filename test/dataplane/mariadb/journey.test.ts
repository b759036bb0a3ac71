import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KeysAndReferences } from '../../../dataplane/keys.ts';
import type { TableProfile } from '../../../domain/profile.ts';
import { type MariadbServer, startMariadb } from '../../support/mariadb-server.ts';
import { StepRunner } from '../../support/step-runner.ts';
import { makeScene, manifestWith, type Scene } from '../support/scene.ts';

const manifest = manifestWith({
  sources: {
    legacy: {
      kind: 'mariadb',
      connection: { env: 'LEGACY_URL' },
      freeze: { env: 'LEGACY_FREEZE_URL' },
    },
  },
  codeLists: { grades: { values: { S: 'SEO', H: 'HEO' } } },
  datasets: [
    {
      id: 'units',
      target: 'hr.unit',
      source: 'legacy',
      from: 'hr.unit',
      key: ['code'],
      fields: { unit_code: 'code', name: { trim: 'name' } },
    },
    {
      id: 'posts',
      target: 'hr.post',
      source: 'legacy',
      from: 'hr.post',
      key: ['no'],
      fields: {
        post_code: { concat: [{ value: 'P-' }, 'no'] },
        unit_code: 'unit',
        title: 'title',
        grade_code: { lookup: { of: 'grade', list: 'grades' } },
        fte: { decimal: { of: 'fte', scale: 2 } },
        pay_floor: { money: 'pay' },
      },
      drop: { id: 'a number of the legacy system itself', since: 'not held on the platform' },
      totals: ['fte', 'pay_floor'],
      chunkRows: 100,
    },
  ],
});

let server: MariadbServer;
let scene: Scene;
let runner: StepRunner;

beforeAll(async () => {
  server = await startMariadb();
  await server.sql(
    'create database hr',
    'use hr',
    'create table unit (code varchar(10) primary key, name varchar(40))',
    "insert into unit values ('A', 'Courts '), ('B', 'Prisons')",
    `create table post (id int auto_increment primary key, no int unsigned not null unique, unit varchar(10), title varchar(40),
       grade char(1), fte decimal(4,2), pay decimal(10,2), since date, foreign key (unit) references unit (code))`,
    `insert into post (no, unit, title, grade, fte, pay, since)
       select seq, if(seq % 2, 'A', 'B'), concat('Post ', seq), if(seq % 3, 'S', 'H'), 0.5, 20000 + seq, '2011-03-31'
       from seq_1_to_500`,
    "update post set grade = 'X' where no in (7, 8)",
    "create user reader@'%' identified by 'secret'",
    "grant select on hr.* to reader@'%'",
  );
  scene = await makeScene('');
  const urls = { ...scene.urls, sources: { legacy: server.url('reader', 'secret') } };
  const secrets = { LEGACY_FREEZE_URL: server.url() };
  runner = new StepRunner({ manifest, folder: '/', urls, secrets });
}, 120_000);

afterAll(() => server.stop());

const posts = (): Promise<{ code: string; title: string; fte: string; pay: string }[]> =>
  scene.sql(
    'platform',
    'select post_code as code, title, fte::text, pay_floor::text as pay from hr.post order by post_code collate "C"',
  );

/** What the platform should hold, from the legacy side as it is now. */
async function expectedPosts(bad: readonly number[]): Promise<object[]> {
  const rows = await server.sql(
    `select concat('P-', no) as code, title, cast(fte as char) as fte, cast(pay as char) as pay from hr.post
     where no not in (${bad.join(', ')}) order by binary code`,
  );
  return rows.map((row) => ({ ...row }));
}

test('discovery knows what the server declares and what the rows show', async () => {
  await runner.runAll(
    'discovery/connect',
    'discovery/intake',
    'discovery/profile',
    'discovery/keys',
  );
  expect(runner.outputs.get('discovery/connect/legacy')).toMatchObject({
    readOnly: true,
    tables: 2,
  });
  expect(runner.outputs.get('discovery/intake/legacy')).toMatchObject({ rows: 502, findings: 0 });
  const profiles = runner.evidence(
    'discovery/profile/legacy',
    'profile',
  ) as unknown as TableProfile[];
  const [, post] = profiles;
  expect(post?.columns.find(({ name }) => name === 'fte')?.declaredType).toBe('decimal(4,2)');
  const keys = runner.evidence('discovery/keys/legacy', 'keys') as unknown as KeysAndReferences;
  expect(keys.references).toMatchObject([
    {
      table: 'moj.legacy__hr.post',
      column: 'unit',
      evidence: 'constraint',
      parentTable: 'moj.legacy__hr.unit',
      unknownRows: 0,
    },
  ]);
  await runner.runAll('discovery/assess');
  expect(runner.outputs.get('discovery/assess')).toMatchObject({ blockers: 0 });
});

test('mapping and migration find a PostgreSQL source like any other', async () => {
  await runner.runAll('mapping/check', 'mapping/coverage', 'mapping/compile', 'mapping/simulate');
  expect(runner.outputs.get('mapping/coverage')).toMatchObject({ source: 1 });
  await runner.runAll('migration/preflight', 'migration/prepare', 'migration/transfer');
  await runner.runAll('migration/reconcile');
  expect(runner.outputs.get('migration/transfer/posts')).toMatchObject({
    read: 500,
    loaded: 498,
    quarantined: 2,
  });
  expect(await posts()).toEqual(await expectedPosts([7, 8]));
  const kept = await scene.sql<{ key: string }>(
    'platform',
    'select source_key as key from slipway.quarantine order by 1',
  );
  expect(kept.map(({ key }) => key)).toEqual(['7', '8']);
});

test('at cutover the server is frozen, taken in again and brought over by its declared key', async () => {
  await server.sql(
    'use hr',
    // One of the bad ones is corrected, another comes; the surrogate key changes, the declared one does not.
    "update post set grade = 'S' where no = 7",
    "update post set grade = 'Y' where no = 11",
    'update post set pay = pay + 0.01, id = id + 10000 where no between 100 and 120',
    'delete from post where no between 300 and 349',
    "insert into unit values ('C', 'Legal Aid')",
    "insert into post (no, unit, title, grade, fte, pay) values (501, 'C', 'New', 'H', 1, 31000)",
  );
  await runner.runAll('cutover/freeze', 'cutover/delta', 'cutover/reconcile');
  expect(runner.outputs.get('cutover/freeze/legacy')).toMatchObject({
    method: 'read-only',
    tables: 2,
  });
  expect(runner.outputs.get('cutover/delta')).toMatchObject({
    takenIn: 2,
    // The new post and unit, and the one that is corrected.
    inserted: 3,
    updated: 21,
    deleted: 51,
    quarantined: 1,
    resolved: 1,
  });
  expect(runner.outputs.get('cutover/reconcile/posts')).toMatchObject({
    reconciled: true,
    source: 449,
  });
  expect(await posts()).toEqual(await expectedPosts([8, 11]));
});

test('the same delta twice changes nothing; a freeze that is taken back lets people write', async () => {
  const { output } = await runner.run('cutover/delta');
  expect(output).toEqual({
    takenIn: 0,
    inserted: 0,
    updated: 0,
    deleted: 0,
    quarantined: 0,
    resolved: 0,
  });
  await runner.run('cutover/undo/cutover/freeze/legacy');
  const [row] = await server.sql('select @@global.read_only as `on`');
  expect(Number(row?.['on'])).toBe(0);
});
