import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoApi } from '../../embedded/demo/demo-api.ts';
import type { DemoOnboarding } from '../../embedded/demo/demo-api.ts';
import { decideAsPeople } from '../../embedded/demo/demo-people.ts';
import { payLive } from '../../embedded/demo/live-payroll.ts';
import { makeDepartment } from '../../embedded/demo/make-department.ts';
import { stopHome } from '../../embedded/down.ts';
import { homeAt } from '../../embedded/home.ts';
import { readServices } from '../../embedded/services.ts';
import type { Services } from '../../embedded/services.ts';
import { POSTGRES_USER } from '../../embedded/postgres-folder.ts';
import { postgresPassword } from '../../embedded/secrets.ts';
import { withClient } from '../support/database.ts';
import { sharedData } from '../support/shared-data.ts';
import { until } from '../support/until.ts';

/**
 * The whole product as its users have it: the packed program, real servers, a generated department whose defects are
 * listed. Each test goes on in the home that the one before left.
 */
const BIN = fileURLToPath(new URL('../../bin/slipway.mjs', import.meta.url));
const MINUTES = 60_000;
const organograms = sharedData('organograms');

let parent: string;
let home: string;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'slipway-journey-'));
  home = join(parent, 'home');
});
afterAll(async () => {
  await stopHome(homeAt(home), () => undefined);
  rmSync(parent, { recursive: true, force: true });
});

/** Runs a command to its end. @returns what it printed on standard output */
async function slipway(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [BIN, ...args, '--home', home], {
    timeout: 3 * MINUTES,
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

interface Planted {
  readonly expected: Record<
    string,
    { read: number; loaded: number; quarantined: number; excluded: number }
  >;
  readonly variances: readonly unknown[];
}

function planted(department: string): Planted {
  return JSON.parse(
    readFileSync(join(home, 'demo', department, 'planted.json'), 'utf8'),
  ) as Planted;
}

function total(list: Planted, member: 'loaded' | 'quarantined'): number {
  return Object.values(list.expected).reduce((sum, each) => sum + each[member], 0);
}

function services(): Services {
  const found = readServices(homeAt(home));
  if (found === undefined) throw new Error('the home does not run');
  return found;
}

function databaseUrl(name: string): string {
  const password = encodeURIComponent(postgresPassword(homeAt(home)));
  return `postgres://${POSTGRES_USER}:${password}@127.0.0.1:${services().ports.postgres}/${name}`;
}

function api(): DemoApi {
  return new DemoApi(services().apiUrl, homeAt(home).secrets);
}

/** Lets the demo people decide until `stop` says so, or the onboarding is closed or parked. */
function decideUntil(
  id: string,
  stop: (onboarding: DemoOnboarding) => boolean,
): Promise<DemoOnboarding> {
  return decideAsPeople(api(), id, {
    stop,
    changed: () => undefined,
    live: (onboarding) => payLive(databaseUrl('platform'), onboarding.id),
    signal: AbortSignal.timeout(3 * MINUTES),
  });
}

const status = (onboarding: DemoOnboarding, key: string): string | undefined =>
  onboarding.steps.find((step) => step.key === key)?.status;

describe('a department', () => {
  it(
    'goes from manifest to closed by one command, and everything planted is found',
    async () => {
      const result = JSON.parse(await slipway('demo', '--json')) as Record<string, unknown>;
      const list = planted(String(result['onboarding']).split('/')[2] ?? '');
      expect(result['rowsLoaded']).toBe(total(list, 'loaded'));
      expect(result['rowsQuarantined']).toBe(total(list, 'quarantined'));
      // People without a surname were corrected, and what belongs to them was loaded after them.
      expect(result['rowsRedriven']).toBeGreaterThan(2);
      expect(result['variances']).toBe(list.variances.length);
      expect(result['stages']).toHaveLength(5);
      const verified = await slipway('evidence', 'verify', String(result['evidencePack']));
      expect(verified).toMatch(/\d+ events/);
    },
    4 * MINUTES,
  );

  let id = '';
  it(
    'goes on where it was after every process was killed in the middle of its load',
    async () => {
      await slipway('up', '--detach');
      const department = {
        id: 'killed',
        name: 'Killed and revived',
        programme: 'journey',
        staff: 1000,
        seed: 7,
        wave: 1,
        shape: 'postgres' as const,
      };
      const folder = join(home, 'demo', department.id);
      const manifest = await makeDepartment(department, folder, {
        admin: databaseUrl('postgres'),
        platform: databaseUrl('platform'),
      });
      const started = JSON.parse(await slipway('start', manifest, '--json')) as {
        onboarding: string;
      };
      id = started.onboarding;
      // The same manifest again is the same onboarding.
      expect(
        (JSON.parse(await slipway('start', manifest, '--json')) as { onboarding: string })
          .onboarding,
      ).toBe(id);
      await decideUntil(id, (onboarding) =>
        ['running', 'retrying', 'succeeded'].includes(
          status(onboarding, 'migration/transfer/people') ?? '',
        ),
      );
      const pids = Object.values(services().pids);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      await until('all are gone', () =>
        Promise.resolve(pids.some((pid) => alive(pid)) ? undefined : true),
      );

      await slipway('up', '--detach');
      const end = await decideUntil(
        id,
        (onboarding) => status(onboarding, 'cutover/no-return') === 'waiting',
      );
      expect(status(end, 'cutover/no-return')).toBe('waiting');
      const list = planted(department.id);
      for (const [dataset, expected] of Object.entries(list.expected)) {
        const output = await api().output(id, `migration/transfer/${dataset}`);
        const { read, loaded, quarantined, excluded } = output;
        expect({ dataset, read, loaded, quarantined, excluded }).toEqual({
          dataset,
          read: expected.read,
          loaded: expected.loaded,
          quarantined: expected.quarantined,
          excluded: expected.excluded,
        });
      }
    },
    6 * MINUTES,
  );

  it(
    'is rolled back before the point of no return, and the legacy side serves again',
    async () => {
      const legacy = databaseUrl('legacy_killed');
      const mayWrite = () =>
        withClient(legacy, async (client) => {
          const { rows } = await client.query<{ off: string }>(
            "select current_setting('default_transaction_read_only') as off",
          );
          return rows[0]?.off === 'off';
        });
      const tenant = () =>
        withClient(databaseUrl('platform'), async (client: pg.Client) => {
          const { rows } = await client.query<{ status: string }>(
            "select status from platform.tenant where department = 'killed'",
          );
          return rows[0]?.status;
        });
      expect(await mayWrite()).toBe(false);
      expect(await tenant()).toBe('live');
      await slipway('rollback', 'journey/killed', '--reason', 'the union asked for a week');
      await until('it is rolled back', async () =>
        (await api().onboarding(id)).status === 'rolled-back' ? true : undefined,
      );
      expect(await mayWrite()).toBe(true);
      expect(await tenant()).toBe('withdrawn');
    },
    2 * MINUTES,
  );

  it(
    'takes the changes of the meantime along at the next cutover, and closes',
    async () => {
      await withClient(databaseUrl('legacy_killed'), (client) =>
        client.query(
          "update hrms.tbl_staff set surname = 'Changed' where rec_id = (select min(rec_id) from hrms.tbl_staff)",
        ),
      );
      await slipway(
        'rewind',
        'journey/killed',
        'cutover/readiness',
        '--reason',
        'the new date is agreed',
      );
      const end = await decideUntil(id, () => false);
      expect(end.steps.filter((step) => step.status === 'parked')).toEqual([]);
      expect(end.status).toBe('closed');
      expect(await api().output(id, 'cutover/delta')).toMatchObject({
        inserted: 0,
        updated: 1,
        deleted: 0,
      });
      const shown = JSON.parse(await slipway('status', 'journey/killed', '--json')) as {
        status: string;
      };
      expect(shown.status).toBe('closed');
    },
    4 * MINUTES,
  );
});

describe.skipIf(organograms === undefined)('the Ministry of Justice', () => {
  it(
    'is onboarded from the files it published, by the example of the README',
    async () => {
      await slipway('up', '--detach');
      const manifest = fileURLToPath(
        new URL('../../examples/ministry-of-justice.yaml', import.meta.url),
      );
      const { onboarding } = JSON.parse(await slipway('start', manifest, '--json')) as {
        onboarding: string;
      };
      const end = await decideUntil(onboarding, () => false);
      expect(
        end.steps.filter((step) => step.status === 'parked').map((step) => step.failure),
      ).toEqual([]);
      expect(end.status).toBe('closed');

      const files = readOrganograms(organograms ?? '');
      const outputs = await Promise.all(
        ['posts', 'senior-posts'].map((dataset) =>
          api().output(onboarding, `migration/transfer/${dataset}`),
        ),
      );
      const sum = (member: string): number =>
        outputs.reduce((total_, output) => total_ + Number(output[member]), 0);
      expect(sum('read')).toBe(files.lines);
      expect(sum('loaded') + sum('quarantined') + sum('excluded')).toBe(files.lines);
      await withClient(databaseUrl('platform'), async (client) => {
        const { rows } = await client.query<{ posts: string; fte: string }>(
          "select count(*) as posts, sum(fte) as fte from hr.post where department = 'ministry-of-justice'",
        );
        // A post without FTE cannot be loaded; it is in quarantine, by its line, and was accepted.
        expect(Number(rows[0]?.posts)).toBe(files.lines - files.withoutFte.length);
        expect(Number(rows[0]?.fte)).toBe(files.fteHundredths / 100);
        const quarantined = await client.query<{ key: string }>(
          `select source_key as key from slipway.quarantine where department = 'ministry-of-justice' and dataset = 'senior-posts'
         and status = 'accepted' order by 1`,
        );
        expect(quarantined.rows.map((row) => row.key)).toEqual(files.withoutFte.toSorted());
      });
    },
    4 * MINUTES,
  );
});

interface FileRecord {
  readonly record: Record<string, string>;
  readonly info: { readonly lines: number };
}

/** What the test finds in the files by itself. Keys are `file:line`, the header being line 1. */
function readOrganograms(folder: string): {
  lines: number;
  fteHundredths: number;
  withoutFte: string[];
} {
  let lines = 0;
  let fteHundredths = 0;
  const withoutFte: string[] = [];
  for (const file of readdirSync(folder).filter((name) => name.includes('2011-03-31'))) {
    const records = parse<FileRecord>(readFileSync(join(folder, file)), {
      columns: true,
      info: true,
    });
    for (const { record, info } of records) {
      const fte = record['Number of Posts in FTE'] ?? record['FTE'] ?? '';
      lines += 1;
      fteHundredths += Math.round(Number(fte) * 100);
      if (fte.trim() === '') withoutFte.push(`${file}:${info.lines}`);
    }
  }
  return { lines, fteHundredths, withoutFte };
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
