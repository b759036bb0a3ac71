import { fileURLToPath } from 'node:url';
import { migrate } from '../store/migrate.ts';
import type { PostgresServer } from './postgres.ts';

/** Connection URLs of a home's databases. */
export interface DatabaseUrls {
  /** Slipway's own. */
  readonly store: string;
  /** The shared platform that departments move to. */
  readonly platform: string;
  /** A second one of the same shape, where cutovers are rehearsed. */
  readonly rehearsal: string;
  /** Where file sources are taken in verbatim. */
  readonly staging: string;
}

/**
 * Creates the databases of a home where they do not exist, and brings their tables up to date.
 * @throws SlipwayError `store/newer`, `store/migration-invalid`
 */
export async function prepareDatabases(server: PostgresServer): Promise<DatabaseUrls> {
  const [store, platform, rehearsal, staging] = await Promise.all([
    server.ensureDatabase('slipway'),
    server.ensureDatabase('platform'),
    server.ensureDatabase('platform_rehearsal'),
    server.ensureDatabase('staging'),
  ]);
  await Promise.all([
    migrate({ url: store, folder: beside('../store/migrations'), name: 'store' }),
    preparePlatform(platform),
    preparePlatform(rehearsal),
  ]);
  return { store, platform, rehearsal, staging };
}

/** The platform's own model comes first; beside it, Slipway keeps its ledger. */
async function preparePlatform(url: string): Promise<void> {
  await migrate({ url, folder: beside('platform'), name: 'platform' });
  await migrate({ url, folder: beside('../dataplane/migrations/target'), name: 'target' });
}

function beside(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
