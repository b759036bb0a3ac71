import { afterAll, beforeAll, expect, test } from 'vitest';
import { Commands } from '../../client/commands.ts';
import { openTemporalClient } from '../../client/temporal-client.ts';
import { SlipwayError } from '../../domain/errors.ts';
import type { Identity } from '../../store/identities.ts';
import { findPerson, savePerson } from '../../store/identities.ts';
import { startWorld } from './support/world.ts';
import type { World } from './support/world.ts';

let world: World;
let lead: Identity;
let engineer: Identity;
let dora: Identity;
const reason = 'because the test says so';

beforeAll(async () => {
  world = await startWorld();
  lead = (await world.person('boss', 'programme-lead')).identity;
  engineer = (await world.person('engineer', 'migration-engineer')).identity;
});
afterAll(() => world.close());

/** A started onboarding that waits at the gate of discovery. */
async function started() {
  const own = world.manifest();
  const request = { manifest: own.manifest, source: own.text, baseFolder: '/' };
  const result = await world.services.commands.start(lead, request);
  dora = (await findPerson(world.services.database, 'dora')) as Identity;
  return { ...own, request, result };
}

test('a start registers the manifest, makes its people known and says what to look at', async () => {
  const { place, result, text } = await started();
  expect(result).toMatchObject({
    onboarding: `onboarding/${place.programme}/ministry`,
    started: true,
  });
  const page = await world.services.reads.onboarding(lead, place);
  expect(page).toMatchObject({ status: 'running', startedBy: 'boss', name: 'Ministry' });
  expect((await world.services.reads.manifest(lead, place)).source).toBe(text);
  expect(dora.grants).toContainEqual({ role: 'data-owner', ...place });
});

test('the same manifest twice is one onboarding, also when it arrives twice at once', async () => {
  const request = world.manifest();
  const asked = { manifest: request.manifest, source: request.text, baseFolder: '/' };
  const results = await Promise.all(
    [1, 2, 3].map(() => world.services.commands.start(lead, asked)),
  );
  expect(new Set(results.map((result) => result.onboarding)).size).toBe(1);
  const again = await world.services.commands.start(lead, asked);
  expect(again.started).toBe(false);
  const events = await world.services.reads.events(lead, request.place);
  expect(events.filter(({ event }) => event.type === 'onboarding.started')).toHaveLength(1);
});

test('another manifest for a running department is refused with the reason and gives nobody a role', async () => {
  const { place, text } = await started();
  const other = text.replace('id: vic, name: Vic', 'id: mallory, name: Mallory');
  const changed = world.manifest(() => other);
  await expect(
    world.services.commands.start(lead, {
      manifest: changed.manifest,
      source: other,
      baseFolder: '/',
    }),
  ).rejects.toMatchObject({
    code: 'manifest/conflict',
    message: expect.stringContaining(`onboarding/${place.programme}/ministry runs from manifest`),
  });
  expect(await findPerson(world.services.database, 'mallory')).toBeUndefined();
});

test('after an abort the department starts anew, also from another manifest', async () => {
  const { place, request } = await started();
  await world.reaches(lead, place, 'discovery/gate', 'waiting');
  const { version } = await world.services.commands.abort({ ...place, identity: lead, reason });
  await expect(
    world.services.commands.pause({ ...place, identity: lead, reason }),
  ).rejects.toMatchObject({ code: 'command/not-now', message: expect.stringContaining('aborted') });
  const anew = await world.services.commands.start(lead, request);
  expect(anew.started).toBe(true);
  expect(anew.version).toBeGreaterThan(version);
  await world.reaches(lead, place, 'discovery/gate', 'waiting');
  const page = await world.services.reads.onboarding(lead, place);
  expect(page.status).toBe('running');
});

test('a closed onboarding that is started again with its manifest is the same; with another it is refused', async () => {
  const { place, request, text } = await started();
  await world.reaches(lead, place, 'discovery/gate', 'waiting');
  // What closes an onboarding is tested elsewhere; here only what the store says counts.
  await world.services.database.query(
    `update onboarding set status = 'closed' where programme = $1`,
    [place.programme],
  );
  expect(await world.services.commands.start(lead, request)).toMatchObject({ started: false });
  const other = text.replace('headcount: 12', 'headcount: 13');
  const changed = world.manifest(() => other).manifest;
  await expect(
    world.services.commands.start(lead, { manifest: changed, source: other, baseFolder: '/' }),
  ).rejects.toMatchObject({
    code: 'manifest/conflict',
    message: expect.stringContaining('has closed'),
  });
});

test('who holds no role for a department can neither start nor look', async () => {
  const { place, request } = await started();
  await savePerson(world.services.database, { id: 'elsewhere', name: 'Elsewhere' }, [
    { role: 'programme-lead', programme: place.programme, department: 'other' },
  ]);
  const stranger = (await findPerson(world.services.database, 'elsewhere')) as Identity;
  const { commands, reads } = world.services;
  await expect(commands.start(stranger, request)).rejects.toMatchObject({
    code: 'access/not-permitted',
  });
  await expect(reads.onboarding(stranger, place)).rejects.toMatchObject({
    code: 'access/not-permitted',
  });
  expect(await reads.board(stranger)).toEqual([]);
});

test('a command needs its role and a reason, at the door already', async () => {
  const { place } = await started();
  await world.reaches(lead, place, 'discovery/gate', 'waiting');
  const { commands } = world.services;
  await expect(commands.abort({ ...place, identity: engineer, reason })).rejects.toMatchObject({
    code: 'access/not-permitted',
    message: expect.stringContaining('programme-lead or sro'),
  });
  await expect(commands.pause({ ...place, identity: lead, reason: ' ' })).rejects.toMatchObject({
    code: 'command/reason-required',
  });
});

test('input that does not fit a step is refused before it reaches the workflow', async () => {
  world.bodies['discovery/intake'] = () => {
    throw new SlipwayError('intake/file-missing', 'staff.csv is not there');
  };
  const { place } = await started();
  await world.reaches(lead, place, 'discovery/intake/files', 'parked');
  const by = { ...place, identity: engineer, reason };
  const step = 'discovery/intake/files';
  const { commands } = world.services;
  await expect(
    commands.retry(by, { step, input: { files: { staff: { delimiter: ';;' } }, x: 1 } }),
  ).rejects.toMatchObject({
    code: 'step/input-invalid',
    details: {
      problems: ['files.staff.delimiter: expected at most 1 character', expect.any(String)],
    },
  });
  await expect(commands.retry(by, { step: 'no/step', input: {} })).rejects.toMatchObject({
    code: 'command/unknown-step',
  });
  world.bodies['discovery/intake'] = ({ run }) => Promise.resolve({ output: { input: run.input } });
  await commands.retry(by, { step, input: { files: { staff: { delimiter: ';' } } } });
  const done = await world.reaches(lead, place, step, 'succeeded');
  expect(done.output).toEqual({ input: { files: { staff: { delimiter: ';' } } } });
});

test('the same idempotency key is one command; another one, or another person, is another', async () => {
  const { place } = await started();
  await world.reaches(lead, place, 'discovery/gate', 'waiting');
  const by = { ...place, identity: lead, reason, idempotencyKey: 'key-1' };
  const { commands, reads } = world.services;
  const results = await Promise.all([commands.pause(by), commands.pause(by)]);
  expect(results[0]).toEqual(results[1]);
  await expect(commands.pause({ ...by, idempotencyKey: 'key-2' })).rejects.toMatchObject({
    code: 'command/not-now',
  });
  await expect(commands.pause({ ...by, identity: engineer })).rejects.toMatchObject({
    code: 'command/not-now',
  });
  const events = await reads.events(lead, place);
  expect(events.filter(({ event }) => event.type === 'onboarding.paused')).toHaveLength(1);
  await commands.resume({ ...by, idempotencyKey: 'key-3' });
});

test('an approval is given in the role the gate still waits for, on the evidence that was shown', async () => {
  const { place } = await started();
  const gate = await world.reaches(lead, place, 'discovery/gate', 'waiting');
  const { commands, reads } = world.services;
  const step = 'discovery/gate';
  const evidence = gate.evidence[0]?.hash ?? '';
  const mine = await reads.step(dora, place, step);
  expect(mine.can).toEqual(['approveGate', 'rejectGate']);
  expect(mine.quorum).toEqual([{ role: 'data-owner', wanted: 1, given: 0 }]);
  await expect(
    commands.approve({ ...place, identity: lead, reason }, { step, evidence }),
  ).rejects.toMatchObject({ code: 'approval/role-not-wanted' });
  await expect(
    commands.approve({ ...place, identity: dora, reason }, { step, evidence: '0'.repeat(64) }),
  ).rejects.toMatchObject({ code: 'approval/stale-evidence' });
  await expect(
    commands.approve({ ...place, identity: dora, reason }, { step, evidence, role: 'sro' }),
  ).rejects.toMatchObject({ code: 'access/not-permitted' });
  await commands.approve({ ...place, identity: dora, reason }, { step, evidence });
  const done = await world.reaches(lead, place, step, 'succeeded');
  expect(done.decisions).toMatchObject([{ by: 'dora', role: 'data-owner', approved: true }]);
});

test('an amendment goes on from the first step whose ground it changes', async () => {
  const { place, text } = await started();
  const gate = await world.reaches(lead, place, 'discovery/gate', 'waiting');
  const { commands } = world.services;
  await commands.approve(
    { ...place, identity: dora, reason },
    { step: 'discovery/gate', evidence: gate.evidence[0]?.hash ?? '' },
  );
  await world.reaches(lead, place, 'mapping/confirm', 'waiting');
  const by = { ...place, identity: lead, reason };
  const amended = (change: [string, string]) => {
    const source = text.replace(...change);
    expect(source).not.toBe(text);
    return { manifest: world.manifest(() => source).manifest, source, baseFolder: '/' };
  };
  await expect(
    commands.amend(by, {
      manifest: world.manifest(() => text).manifest,
      source: text,
      baseFolder: '/',
    }),
  ).rejects.toMatchObject({ code: 'command/not-now' });
  await expect(commands.amend(by, amended(['id: ministry', 'id: other']))).rejects.toMatchObject({
    code: 'manifest/conflict',
  });

  const result = await commands.amend(by, amended(['{trim: Name}', '{upper: Name}']));
  expect(result).toMatchObject({
    rewindTo: 'mapping/suggest',
    changes: [{ path: 'datasets.units.fields', step: 'mapping/suggest' }],
  });
  await world.reaches(lead, place, 'mapping/confirm', 'waiting');
  const events = await world.services.reads.events(lead, place);
  const rewound = events.filter(({ event }) => event.type === 'step.rewound');
  expect(rewound.map(({ event }) => event['step'])).not.toContain('discovery/gate');
  expect(rewound.map(({ event }) => event['step'])).toContain('mapping/check');
});

test('what does not exist is not found', async () => {
  const place = { programme: 'nowhere', department: 'nothing' };
  const { commands, reads } = world.services;
  await expect(commands.pause({ ...place, identity: lead, reason })).rejects.toMatchObject({
    code: 'onboarding/not-found',
  });
  await expect(reads.onboarding(lead, place)).rejects.toMatchObject({
    code: 'onboarding/not-found',
  });
});

test('a Temporal server that does not answer is an outage, not a fault', async () => {
  const { place } = await started();
  const temporal = openTemporalClient({ connectionOptions: { address: '127.0.0.1:1' } });
  const commands = new Commands({ database: world.services.database, client: temporal.client });
  await expect(commands.pause({ ...place, identity: lead, reason })).rejects.toMatchObject({
    code: 'service/unreachable',
  });
  await temporal.close();
});
