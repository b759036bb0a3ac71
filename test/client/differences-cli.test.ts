import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createApp } from '../../client/api/app.ts';
import { type DifferingWorld, startDifferingWorld } from './support/differing.ts';
import { type Cli, compileCli, makeHome } from './support/run-cli.ts';

// Every command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let own: DifferingWorld;
let app: FastifyInstance;
let home: Awaited<ReturnType<typeof makeHome>>;
let program: Cli;
let ref: string;
beforeAll(async () => {
  [own, program] = await Promise.all([startDifferingWorld(), compileCli()]);
  app = await createApp({ services: own.world.services });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  home = await makeHome(url, { max: own.people.max.token, vic: own.people.vic.token });
  const { programme, department } = await own.differing();
  ref = `${programme}/${department}`;
});
afterAll(async () => {
  await app.close();
  await own.close();
  await home.remove();
  await program.remove();
});

const cli = (person: string, ...args: string[]) =>
  program.run([...args, '--as', person], { cwd: home.folder });

test('differences are a table of rows and columns, masked, or clear for those who correct them', async () => {
  const status = await cli('vic', 'status', ref);
  expect(status.stdout).toContain(`slipway differences ${ref} people\n`);

  const { code, stdout } = await cli('vic', 'differences', ref, 'people');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^app.person from people, compared .* \(fast\): the two sides do not hold/,
  );
  expect(stdout).toContain('8 rows in the legacy system, 8 on the platform\n');
  expect(stdout).toContain('1 missing, 1 extra, 1 different, 0 within tolerance\n');
  expect(stdout).toMatch(/\n1 +different +pay +9999.99 +9999.99 +staff.csv:2\n +name +Aaa +Aaaa\n/);
  expect(stdout).toMatch(/\n6 +missing on the platform +staff.csv:7\n/);
  expect(stdout).toMatch(/\n99 +only on the platform\n/);
  expect(stdout).toMatch(/\nGRADE +TOTAL OF +LEGACY +PLATFORM +AS LOADED\n/);
  expect(stdout).toMatch(/\nall +pay +3100.25 +1650.01 +3100.25\n/);
  expect(stdout).toMatch(/\na +rows +7 +8\na +pay +1600.00 +1650.01\n/);
  expect(stdout).toMatch(/\n\(a small group\) +rows +1 +0\n/);
  expect(stdout).toContain(`slipway differences ${ref} people --unmasked`);
  expect(stdout).not.toContain('Anne');

  expect(await cli('vic', 'differences', ref, 'people', '--unmasked')).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('seeing raw values needs the role'),
  });
  const clear = await cli('max', 'differences', ref, 'people', '--unmasked');
  expect(clear.stdout).toMatch(
    /\n1 +different +pay +1000.00 +1000.01 +staff.csv:2\n +name +Ann +Anne\n/,
  );
  expect(clear.stdout).toMatch(/ name +Fay +\(none\)/);
  const json = await cli('vic', 'differences', ref, 'people', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    reconciled: false,
    unmasked: false,
    named: [{ key: '1', kind: 'different' }, { key: '6' }, { key: '99' }],
  });
  expect(await cli('vic', 'differences', ref, 'people', '--cutover')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('cutover/reconcile/people has compared nothing yet'),
  });
});
