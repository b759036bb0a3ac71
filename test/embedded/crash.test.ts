import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { eventually, pidsOf, runningServices, textAt } from './support/conditions.ts';
import { forkUp, slipway, startSupervisor, temporaryHome } from './support/slipway-process.ts';

// A home starts in 3 seconds; on a busy machine, with several beside each other, in many more.
vi.setConfig({ testTimeout: 120_000 });

const ALL = ['api', 'worker', 'temporal', 'postgres'];

test('after kill -9 of the supervisor the next up stops what it left and runs again', async () => {
  const home = temporaryHome();
  const first = await startSupervisor(home);
  first.child.kill('SIGKILL');
  await first.answer;
  // Worker and API notice by themselves, each in its own time.
  await eventually(() => (runningServices(home).length > 2 ? undefined : true));
  expect(runningServices(home)).toEqual(['temporal', 'postgres']);

  const second = await startSupervisor(home);
  expect(runningServices(home)).toEqual(ALL);
  expect(second.services.ports).toEqual(first.services.ports);
  expect(second.services.pids['postgres']).not.toBe(first.services.pids['postgres']);
});

test('after kill -9 of everything the next up runs again', async () => {
  const home = temporaryHome();
  const first = await startSupervisor(home);
  for (const pid of Object.values(first.services.pids)) process.kill(pid, 'SIGKILL');
  await first.answer;

  const second = await startSupervisor(home);
  expect(runningServices(home)).toEqual(ALL);
  expect(await textAt(second.services.apiUrl)).toBe('here');
});

test('down after kill -9 of the supervisor stops what it left', async () => {
  const home = temporaryHome();
  const { child, answer } = await startSupervisor(home);
  child.kill('SIGKILL');
  await answer;
  expect(await slipway(['down', '--home', home])).toMatchObject({ code: 0, stdout: 'Stopped.\n' });
  expect(runningServices(home)).toEqual([]);
});

test('a service that is killed is started again at the same address', async () => {
  const home = temporaryHome();
  const { services } = await startSupervisor(home);
  const before = pidsOf(home);
  for (const service of ALL) process.kill(before[service] ?? 0, 'SIGKILL');
  const after = await eventually(() => {
    const pids = pidsOf(home);
    return ALL.every((service) => pids[service] !== undefined && pids[service] !== before[service])
      ? pids
      : undefined;
  });
  expect(after['supervisor']).toBe(before['supervisor']);
  expect(await textAt(services.apiUrl)).toBe('here');
  expect(runningServices(home)).toEqual(ALL);
});

test('a first start that is killed while it makes the database leaves a home that the next one can use', async () => {
  const home = temporaryHome();
  const child = forkUp(home);
  const ended = once(child, 'exit');
  await eventually(() => drafts(home)[0]);
  child.kill('SIGKILL');
  await ended;

  await startSupervisor(home);
  expect(drafts(home)).toEqual([]);
  expect(runningServices(home)).toEqual(ALL);
});

test('a start that is asked to stop stops what it has started by then', async () => {
  const home = temporaryHome();
  const child = forkUp(home);
  const ended = once(child, 'exit');
  await eventually(() => (runningServices(home).includes('postgres') ? true : undefined));
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(runningServices(home)).toEqual([]);
});

function drafts(home: string): string[] {
  try {
    return readdirSync(join(home)).filter((name) => name.startsWith('postgres.new-'));
  } catch {
    return [];
  }
}
