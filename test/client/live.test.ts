import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../client/api/app.ts';
import { liveOnboarding } from '../../client/live.ts';
import { findTokenHolder, revokeToken, createToken, savePerson } from '../../store/identities.ts';
import type { Identity } from '../../store/identities.ts';
import { saveStepProgress } from '../../store/step-progress.ts';
import { startWorld } from './support/world.ts';
import type { World } from './support/world.ts';

let world: World;
let app: FastifyInstance;
let url: string;
let lead: { identity: Identity; token: string };

beforeAll(async () => {
  world = await startWorld();
  app = await createApp({ services: world.services });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  lead = await world.person('boss', 'programme-lead');
});
afterAll(async () => {
  await app.close();
  await world.close();
});

interface Message {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** Reads a stream until `enough` of the messages holds. */
async function listen(
  path: string,
  enough: (messages: readonly Message[]) => boolean,
  headers: Record<string, string> = {},
): Promise<Message[]> {
  const gone = new AbortController();
  const response = await fetch(`${url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${lead.token}`, ...headers },
    signal: gone.signal,
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const messages: Message[] = [];
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    messages.push(...parts.flatMap(messageOf));
    if (enough(messages)) break;
  }
  gone.abort();
  return messages;
}

function messageOf(part: string): Message[] {
  const field = (name: string): string | undefined =>
    part
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field('data');
  if (data === undefined) return [];
  return [{ id: field('id'), event: field('event') ?? '', data: JSON.parse(data) as never }];
}

async function started() {
  const own = world.manifest();
  await world.services.commands.start(lead.identity, {
    manifest: own.manifest,
    source: own.text,
    baseFolder: '/',
  });
  await world.reaches(lead.identity, own.place, 'discovery/gate', 'waiting');
  return { ...own, at: `/onboardings/${own.programme}/ministry` };
}

const positions = (messages: readonly Message[]): number[] =>
  messages.filter((each) => each.event === 'event').map((each) => Number(each.id));

test('a stream goes on from any position without a gap, and tells what happens from then on', async () => {
  const { at, place } = await started();
  const page = await world.services.reads.onboarding(lead.identity, place);
  const listening = listen(`${at}/events?after=2`, (messages) =>
    messages.some((each) => JSON.stringify(each.data).includes('onboarding.paused')),
  );
  await world.services.commands.pause({ ...place, identity: lead.identity, reason: 'a test' });
  const messages = await listening;
  const seen = positions(messages);
  expect(seen).toEqual(Array.from(seen, (_, index) => index + 3));
  expect(seen.at(-1)).toBeGreaterThan(page.position);

  const resumed = await listen(`${at}/events?after=0`, (each) => each.length > 0, {
    'last-event-id': String(page.position),
  });
  expect(positions(resumed)[0]).toBe(page.position + 1);
});

test('a stream without a position begins now, and carries the progress of running steps', async () => {
  const ends: (() => void)[] = [];
  const working = world.bodies['discovery/profile'];
  world.bodies['discovery/profile'] = () =>
    new Promise((resolve) => ends.push(() => resolve({ output: {} })));
  const own = world.manifest();
  await world.services.commands.start(lead.identity, {
    manifest: own.manifest,
    source: own.text,
    baseFolder: '/',
  });
  await world.reaches(lead.identity, own.place, 'discovery/profile/files', 'running');
  const at = `/onboardings/${own.programme}/ministry`;
  const listening = listen(`${at}/events`, (messages) =>
    messages.some((each) => JSON.stringify(each.data).includes('"done":50')),
  );
  const save = (done: number): Promise<void> =>
    saveStepProgress(
      world.services.database,
      `onboarding/${own.programme}/ministry`,
      'discovery/profile/files',
      { unit: 'rows', done, total: 100, startedAt: new Date(Date.now() - 10_000) },
    );
  await save(50);
  const messages = await listening;
  expect(positions(messages)).toEqual([]);
  const progress = messages.find((each) => each.event === 'progress');
  const steps = progress?.data['steps'] as { ratePerSecond: number; etaSeconds: number }[];
  expect(steps).toMatchObject([{ key: 'discovery/profile/files', unit: 'rows', total: 100 }]);
  expect(steps[0]?.ratePerSecond).toBeCloseTo(5, 0);
  expect(steps[0]?.etaSeconds).toBeGreaterThan(8);
  world.bodies['discovery/profile'] = working;
  for (const end of ends) end();
});

test('the board is sent whole at first, then the lines that change, only of what one may see', async () => {
  const { place } = await started();
  const hidden = await started();
  await savePerson(world.services.database, { id: 'local', name: 'Local' }, [
    { role: 'viewer', ...place },
  ]);
  const { secret } = await createToken(world.services.database, 'local', 'test');
  const listening = listen('/events', (messages) => messages.some((m) => m.event === 'lines'), {
    authorization: `Bearer ${secret}`,
  });
  const by = { identity: lead.identity, reason: 'a test' };
  const first = await listen('/events', (messages) => messages.length > 0);
  const seen = first.flatMap((each) => each.data['onboardings'] as unknown[]);
  expect(seen.length).toBeGreaterThan(1);
  await world.services.commands.pause({ ...hidden.place, ...by });
  await world.services.commands.pause({ ...place, ...by });
  const messages = await listening;
  expect(messages[0]).toMatchObject({
    event: 'board',
    data: { onboardings: [{ programme: place.programme }] },
  });
  const lines = messages.find((each) => each.event === 'lines')?.data['onboardings'];
  expect(lines).toMatchObject([{ programme: place.programme, status: 'paused' }]);
});

test('a stream ends when the token it was opened with is revoked', async () => {
  const { place } = await started();
  const { database } = world.services;
  const { id, secret } = await createToken(database, lead.identity.id, 'test');
  const onboarding = `onboarding/${place.programme}/${place.department}`;
  const stream = liveOnboarding(world.services, onboarding, 0, {
    signal: new AbortController().signal,
    identity: () => findTokenHolder(database, secret),
    heartbeat: 10,
  });
  expect((await stream.next()).value).toContain('retry:');
  await revokeToken(database, lead.identity.id, id);
  let texts = 0;
  for await (const text of stream) texts += text.length;
  expect(texts).toBeGreaterThan(0);
});

test('closing the server ends the streams', async () => {
  const { at } = await started();
  const own = await createApp({ services: world.services });
  const address = await own.listen({ host: '127.0.0.1', port: 0 });
  const response = await fetch(`${address}/api/v1${at}/events`, {
    headers: { authorization: `Bearer ${lead.token}` },
  });
  const text = response.text();
  await own.close();
  expect(await text).toContain('retry:');
});
