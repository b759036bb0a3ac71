import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Services } from '../../embedded/services.ts';
import { withClient } from '../support/database.ts';
import { pidsOf, runningServices, textAt } from './support/conditions.ts';
import {
  type Answer,
  parsed,
  slipway,
  startSupervisor,
  temporaryHome,
} from './support/slipway-process.ts';

// A home starts in 3 seconds; on a busy machine, with several beside each other, in many more.
vi.setConfig({ testTimeout: 120_000 });

const ALL = ['api', 'worker', 'temporal', 'postgres'];

test('up --detach returns once everything answers, and down stops all of it, once', async () => {
  const home = temporaryHome();
  const up = await slipway(['up', '--detach', '--json', '--home', home]);
  expect(up).toMatchObject({ code: 0 });
  const services = servicesOf(up);
  expect(await textAt(services.apiUrl)).toBe('here');
  expect(runningServices(home)).toEqual(ALL);
  expect(Object.keys(pidsOf(home)).toSorted()).toEqual([...ALL, 'supervisor'].toSorted());

  const again = await slipway(['up', '--json', '--home', home]);
  expect(again.code).toBe(0);
  expect(parsed(again)).toMatchObject({ alreadyRunning: true, apiUrl: services.apiUrl });

  const down = await slipway(['down', '--json', '--home', home]);
  expect(down).toMatchObject({ code: 0 });
  expect(parsed(down)).toMatchObject({ stopped: true });
  expect(runningServices(home)).toEqual([]);
  expect(existsSync(join(home, 'run', 'services.json'))).toBe(false);

  const downAgain = await slipway(['down', '--home', home]);
  expect(downAgain).toMatchObject({ code: 0, stdout: 'Not running.\n' });
});

test('two homes run side by side; what is stored in one survives its restart, on the same ports', async () => {
  const [one, two] = [temporaryHome(), temporaryHome()];
  const [first, second] = await Promise.all([startSupervisor(one), startSupervisor(two)]);
  const ports = (services: Services): unknown[] => Object.values(services.ports);
  expect(new Set([...ports(first.services), ...ports(second.services)]).size).toBe(8);
  await withClient(storeUrl(one), (client) =>
    client.query('create table kept as select 42 as value'),
  );

  expect((await slipway(['down', '--home', one])).stdout).toBe('Stopped.\n');
  expect((await first.answer).code).toBe(0);
  expect(runningServices(one)).toEqual([]);
  expect(runningServices(two)).toEqual(ALL);
  expect(await textAt(second.services.apiUrl)).toBe('here');

  const restarted = await startSupervisor(one);
  expect(restarted.services.ports).toEqual(first.services.ports);
  const { rows } = await withClient(storeUrl(one), (client) =>
    client.query('select value from kept'),
  );
  expect(rows).toEqual([{ value: 42 }]);
});

test('two starts of one home at the same moment run it once and both say where', async () => {
  const home = temporaryHome();
  const answers = await Promise.all(
    [1, 2].map(() => slipway(['up', '--detach', '--json', '--home', home])),
  );
  expect(answers.map(({ code }) => code)).toEqual([0, 0]);
  const [one, two] = answers.map((answer) => parsed(answer));
  expect(one?.['apiUrl']).toBe(two?.['apiUrl']);
  expect(one?.['alreadyRunning']).toBe(two?.['alreadyRunning'] === false);
  expect(runningServices(home)).toEqual(ALL);
});

test('Ctrl-C stops everything that was started, and nothing else', async () => {
  const [home, other] = [temporaryHome(), temporaryHome()];
  const [supervisor] = await Promise.all([startSupervisor(home), startSupervisor(other)]);
  process.kill(-(supervisor.child.pid ?? 0), 'SIGINT');
  expect(await supervisor.answer).toMatchObject({ code: 0 });
  expect(runningServices(home)).toEqual([]);
  expect(existsSync(join(home, 'run', 'supervisor.json'))).toBe(false);
  expect(runningServices(other)).toEqual(ALL);
});

test('down on a folder that does not exist says so and makes none', async () => {
  const home = temporaryHome();
  expect(await slipway(['down', '--json', '--home', home])).toMatchObject({ code: 0 });
  expect(existsSync(home)).toBe(false);
});

function servicesOf(answer: Answer): Services {
  return parsed(answer) as unknown as Services;
}

function storeUrl(home: string): string {
  return readFileSync(join(home, 'secrets', 'store-url'), 'utf8');
}
