import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { dropDatabasesOf } from './database.ts';
import { startTestServers, type TestServers } from './servers.ts';

declare module 'vitest' {
  export interface ProvidedContext extends TestServers {
    /** Starts the names of everything this run creates on the servers. */
    readonly runId: string;
  }
}

/**
 * Gives every test run a real PostgreSQL and a real Temporal server: `inject('postgresUrl')`, `inject('temporalAddress')`.
 * `SLIPWAY_TEST_SERVERS` names the file that `npm run test:servers` wrote, to use the servers it runs instead.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const runId = `run_${randomBytes(4).toString('hex')}`;
  const file = process.env['SLIPWAY_TEST_SERVERS'];
  const running =
    file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as TestServers);
  const servers = running ?? (await startTestServers((line) => process.stderr.write(`${line}\n`)));
  project.provide('runId', runId);
  project.provide('postgresUrl', servers.postgresUrl);
  project.provide('temporalAddress', servers.temporalAddress);
  return async () => {
    if ('stop' in servers) await (servers as Awaited<ReturnType<typeof startTestServers>>).stop();
    else await dropDatabasesOf(servers.postgresUrl, runId);
  };
}
