import { rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEmbeddedConfig } from '../../embedded/config.ts';
import { startPostgres } from '../../embedded/postgres.ts';
import { obtainTemporalBinary } from '../../embedded/temporal-binary.ts';
import { startTemporalServer } from '../../embedded/temporal-server.ts';

/** Addresses of the servers that tests use. */
export interface TestServers {
  /** URL of the PostgreSQL server's database `postgres`, as superuser. */
  readonly postgresUrl: string;
  /** `host:port` of the Temporal server. */
  readonly temporalAddress: string;
}

/**
 * Starts one PostgreSQL and one Temporal dev server in a new temporary folder, both for throwing away. `stop` removes
 * everything.
 */
export async function startTestServers(
  say: (line: string) => void,
): Promise<TestServers & { stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  const log = (name: string): string => join(folder, `${name}.log`);
  const binary = await obtainTemporalBinary(loadEmbeddedConfig(), say);
  const starting = [
    startPostgres({
      folder: join(folder, 'postgres'),
      logFile: log('postgres'),
      password: 'test',
      durable: false,
    }),
    startTemporalServer({ binary: binary.path, logFile: log('temporal') }),
  ] as const;
  const stop = async (): Promise<void> => {
    for (const one of await Promise.allSettled(starting)) {
      if (one.status === 'fulfilled') await one.value.process.stop();
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [postgres, temporal] = await Promise.all(starting);
    return { postgresUrl: postgres.url(), temporalAddress: temporal.address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
