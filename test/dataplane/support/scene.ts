import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import type { DataPlaneUrls } from '../../../dataplane/urls.ts';
import { type Manifest, manifestSchema } from '../../../domain/manifest.ts';
import { migrate } from '../../../store/migrate.ts';
import { freshDatabase, withClient } from '../../support/database.ts';

const ROOT = new URL('../../../', import.meta.url);

/** Databases of a test: a legacy system, the staging database and a platform with Slipway's own schema. */
export interface Scene {
  readonly urls: DataPlaneUrls;
  readonly legacy: string;
  readonly platform: string;
  /** Runs SQL on the legacy side or the platform. */
  sql<Row extends pg.QueryResultRow>(side: 'legacy' | 'platform', text: string): Promise<Row[]>;
}

/**
 * Makes the databases of a test.
 * @param platformSql of a small platform; default: the platform's own model
 */
export async function makeScene(legacySql: string, platformSql?: string): Promise<Scene> {
  const [legacyUrl, stagingUrl, platformUrl] = await Promise.all([
    freshDatabase('legacy'),
    freshDatabase('staging'),
    freshDatabase('platform'),
  ]);
  if (platformSql === undefined) {
    const folder = fileURLToPath(new URL('embedded/platform', ROOT));
    await migrate({ url: platformUrl, folder, name: 'platform' });
  } else {
    await withClient(platformUrl, (client) => client.query(platformSql));
  }
  const folder = fileURLToPath(new URL('dataplane/migrations/target', ROOT));
  await migrate({ url: platformUrl, folder, name: 'slipway_target' });
  await withClient(legacyUrl, (client) => client.query(legacySql));
  const urlOf = { legacy: legacyUrl, platform: platformUrl };
  return {
    urls: { sources: { legacy: legacyUrl }, staging: stagingUrl, target: platformUrl },
    legacy: legacyUrl,
    platform: platformUrl,
    sql: async <Row extends pg.QueryResultRow>(side: 'legacy' | 'platform', text: string) =>
      withClient(urlOf[side], async (client) => (await client.query<Row>(text)).rows),
  };
}

/** A platform of its own: the platform's model and Slipway's schema. @returns its URL */
export async function makePlatform(name: string): Promise<string> {
  const url = await freshDatabase(name);
  for (const [folder, schema] of [
    ['embedded/platform', 'platform'],
    ['dataplane/migrations/target', 'slipway_target'],
  ] as const)
    await migrate({ url, folder: fileURLToPath(new URL(folder, ROOT)), name: schema });
  return url;
}

/** A valid manifest around the given parts. */
export function manifestWith(parts: {
  datasets: readonly object[];
  codeLists?: object;
  sources?: object;
  policy?: object;
  parallelRun?: object;
  payCalendar?: object;
}): Manifest {
  return manifestSchema.parse({
    slipway: 1,
    programme: 'justice',
    department: { id: 'moj', name: 'Ministry of Justice', headcount: 100 },
    people: [{ id: 'someone', name: 'Some One', roles: ['programme-lead'] }],
    sources: { legacy: { kind: 'postgres', connection: { env: 'LEGACY_URL' } } },
    parallelRun: { notApplicable: 'this test compares no pay' },
    cutover: { window: { from: '2026-10-17T08:00:00Z', to: '2026-10-18T08:00:00Z' } },
    baseline: { annualServiceCost: 1000 },
    ...parts,
  });
}
