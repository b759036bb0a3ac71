import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { dropDatabasesOf } from './database.ts';
import type { TestServers } from './servers.ts';

declare module 'vitest' {
  export interface ProvidedContext extends TestServers {
    /** Starts the names of everything this run creates on the servers. */
    readonly runId: string;
  }
}

/**
 * Gives every test run a real PostgreSQL and a real Temporal server: `inject('postgresUrl')`,
 * `inject('temporalAddress')`. `SLIPWAY_TEST_SERVERS` names the file that `npm run test:servers` wrote, to use the
 * servers it runs instead.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const runId = `run_${randomBytes(4).toString('hex')}`;
  const file = process.env['SLIPWAY_TEST_SERVERS'];
  const servers = file === undefined ? await startInOwnProcess() : alreadyRunning(file, runId);
  project.provide('runId', runId);
  project.provide('postgresUrl', servers.postgresUrl);
  project.provide('temporalAddress', servers.temporalAddress);
  return () => servers.stop();
}

type Stoppable = TestServers & { stop(): Promise<void> };

function alreadyRunning(file: string, runId: string): Stoppable {
  const servers = JSON.parse(readFileSync(file, 'utf8')) as TestServers;
  return { ...servers, stop: () => dropDatabasesOf(servers.postgresUrl, runId) };
}

/** In a process of their own the servers are stopped even when this one is killed. */
async function startInOwnProcess(): Promise<Stoppable> {
  const program = fileURLToPath(new URL('run-servers.ts', import.meta.url));
  const child = fork(program, { detached: true, execArgv: ['--import', 'tsx'] });
  const ended = once(child, 'exit');
  const started = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
  if (started === undefined) throw new Error('the servers for the tests did not start: see above');
  return {
    ...(started[0] as TestServers),
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}
