import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SlipwayError } from '../../../domain/errors.ts';
import type { StepId } from '../../../domain/step-catalogue.ts';
import type { Identity } from '../../../store/identities.ts';
import { until } from '../../support/until.ts';
import { buildScene } from './support/scene.ts';
import { startSite } from './support/site.ts';
import type { TestSite } from './support/site.ts';

let site: TestSite;
let lee: Identity;
beforeAll(async () => {
  site = await startSite();
  lee = await site.person('lee', 'Lee', 'programme-lead');
});
afterAll(() => site.close());

describe('a form', () => {
  test('without the token of its page changes nothing', async () => {
    const { place, path } = await site.start();
    const visitor = site.visitor();
    await visitor.signInAs('lee');
    const fields = { reason: 'because', page: 'department' };
    const forged = await visitor.send(`${path}/commands/pause`, fields);
    expect(forged.statusCode).toBe(403);
    expect(forged.body).toContain('This form can no longer be sent');
    const wrong = await visitor.send(`${path}/commands/pause`, { ...fields, csrf: 'wrong' });
    expect(wrong.statusCode).toBe(403);
    expect((await site.world.services.reads.onboarding(lee, place)).status).toBe('running');
  });

  test('is good for whom it was made only', async () => {
    const { path } = await site.start();
    await site.person('max', 'Max', 'migration-engineer');
    const visitor = site.visitor();
    await visitor.signInAs('lee');
    const page = (await visitor.get(path)).body;
    const token = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    await visitor.post('/', '/sign-out', {});
    await visitor.signInAs('max');
    const sent = await visitor.send(`${path}/commands/pause`, {
      csrf: token,
      reason: 'because',
      page: 'department',
    });
    expect(sent.statusCode).toBe(403);
  });

  test('that is not filled in comes back with what was written and what is missing', async () => {
    const { path } = await site.start();
    const visitor = site.visitor();
    await visitor.signInAs('lee');
    const sent = await visitor.post(path, `${path}/commands/pause`, {
      reason: ' ',
      page: 'department',
    });
    expect(sent.statusCode).toBe(422);
    expect(sent.body).toContain('There is a problem');
    expect(sent.body).toContain('href="#pause-reason"');
    expect(sent.body).toMatch(/<details[^>]*id="pause-details" open>/);
  });

  test('carries a command out once, however often it is sent', async () => {
    const { place, path } = await site.start();
    const visitor = site.visitor();
    await visitor.signInAs('lee');
    const fields = { reason: 'lunch', page: 'department', key: 'the-same-key' };
    for (let times = 0; times < 2; times += 1) {
      const sent = await visitor.post(path, `${path}/commands/pause`, fields);
      expect(sent.statusCode).toBe(303);
      expect(sent.headers.location).toBe(path);
    }
    const events = await site.world.services.reads.events(lee, place);
    const paused = events.filter(({ event }) => event.type === 'onboarding.paused');
    expect(paused).toHaveLength(1);
    const page = await visitor.get(path);
    expect(page.body).toContain('Paused: lunch');
    expect(page.body).toContain('govuk-notification-banner--success');
    expect((await visitor.get(path)).body).not.toContain('govuk-notification-banner--success');
  });
});

describe('a gate', () => {
  test('cannot be approved by who started the onboarding, whatever they send', async () => {
    const { place, path } = await site.start((text) =>
      text.replace('roles: [programme-lead]', 'roles: [programme-lead, data-owner]'),
    );
    await site.person('lee', 'Lee', 'programme-lead', 'data-owner');
    const gate = await site.world.reaches(lee, place, 'discovery/gate', 'waiting');
    const visitor = site.visitor();
    await visitor.signInAs('lee');
    const page = await visitor.get(path);
    expect(page.body).toContain('You started this onboarding, so another person has to decide');
    expect(page.body).not.toContain('value="approve"');
    const sent = await visitor.post(path, `${path}/commands/decide`, {
      step: 'discovery/gate',
      decision: 'approve',
      role: 'data-owner',
      evidence: gate.evidence[0]?.hash ?? '',
      reason: 'it is mine',
      page: 'department',
    });
    expect(sent.statusCode).toBe(409);
    expect(sent.body).toContain('The same person cannot prepare and approve');
    expect((await site.world.reaches(lee, place, 'discovery/gate', 'waiting')).decisions).toEqual(
      [],
    );
  });

  test('says to others who may decide', async () => {
    const { place, path } = await site.start();
    await site.world.reaches(lee, place, 'discovery/gate', 'waiting');
    await site.person('vic', 'Vic', 'viewer');
    const visitor = site.visitor();
    await visitor.signInAs('vic');
    const { body } = await visitor.get(path);
    expect(body).toContain('Only the data owner may decide: Dora. You are signed in as viewer.');
    expect(body).not.toContain('<form method="post" action="/onboardings');
  });
});

describe('a step that failed', () => {
  test('is retried as it is when the input is left as it was shown', async () => {
    const { place, path } = await startParked('discovery/intake');
    const lead = await visitorAs('lee');
    const shown = /<textarea[^>]*id="retry-[^>]*>([^<]*)</.exec((await lead.get(path)).body)?.[1];
    const input = (shown ?? '').replaceAll('&quot;', '"');
    expect(JSON.parse(input)).toEqual({
      files: { staff: { paths: ['staff.csv'], encoding: 'utf-8', delimiter: ',' } },
    });
    const step = 'discovery/intake/files';
    const sent = await lead.post(path, `${path}/commands/retry`, { step, input, ...because });
    expect(sent.statusCode).toBe(303);
    const events = await site.world.services.reads.events(lee, place);
    const asked = events.find(({ event }) => event.type === 'step.retry-requested');
    expect(asked?.event['input']).toBeUndefined();
  });

  test('is skipped only where it is optional', async () => {
    const optional = await startParked('discovery/keys');
    const lead = await visitorAs('lee');
    const step = 'discovery/keys/files';
    expect((await lead.get(optional.path)).body).toContain('Skip this step');
    await lead.post(optional.path, `${optional.path}/commands/skip`, { step, ...because });
    await site.world.reaches(lee, optional.place, step, 'skipped');

    const mandatory = await startParked('discovery/profile');
    expect((await lead.get(mandatory.path)).body).not.toContain('Skip this step');
    const sent = await lead.post(mandatory.path, `${mandatory.path}/commands/skip`, {
      step: 'discovery/profile/files',
      ...because,
    });
    expect(sent.statusCode).toBe(409);
    expect(sent.body).toContain('A mandatory step cannot be skipped');
  });

  test('is waived by the senior responsible owner, with impact and a day that exists', async () => {
    const { place, path } = await startParked('discovery/profile');
    const lead = await visitorAs('lee');
    expect((await lead.get(path)).body).toContain(
      'Only the senior responsible owner may waive a step or a criterion.',
    );
    const olga = await visitorAs('olga');
    const step = 'discovery/profile/files';
    const day = { 'expires-day': '31', 'expires-month': '2', 'expires-year': '2099' };
    const wrong = await olga.post(path, `${path}/commands/waive`, { step, ...day, ...because });
    expect(wrong.statusCode).toBe(422);
    expect(wrong.body).toContain('Enter the day on which the waiver ends');
    expect(wrong.body).toContain('Say what the impact of the waiver is');
    await olga.post(path, `${path}/commands/waive`, {
      step,
      ...day,
      'expires-day': '28',
      impact: 'The profile is known from last year',
      ...because,
    });
    const waived = await site.world.reaches(lee, place, step, 'waived');
    expect(waived.by).toBe('olga');
  });
});

describe('a gate that is red', () => {
  test('opens when the senior responsible owner waives the criterion; the waiver stands in it', async () => {
    const scene = await buildScene(site, { matters: ['red'] });
    const path = scene.paths.red;
    const olga = await visitorAs('olga');
    const page = (await olga.get(path)).body;
    expect(page).toContain('1 criterion is red');
    const sent = await olga.post(path, `${path}/commands/waive`, {
      step: 'discovery/gate',
      criterion: 'blockers',
      impact: 'Three rows are corrected by hand',
      'expires-day': '28',
      'expires-month': '2',
      'expires-year': '2099',
      ...because,
    });
    expect(sent.statusCode).toBe(303);
    await until('the gate shows the waiver', async () =>
      /Waived by Olga( Reid)? until 28 February 2099/.test((await olga.get(path)).body)
        ? true
        : undefined,
    );
    const dora = await visitorAs('dora');
    expect((await dora.get(path)).body).toContain('value="approve"');
  });

  test('that was rejected says why, and is measured again', async () => {
    const scene = await buildScene(site, { matters: ['gate'] });
    const path = scene.paths.gate;
    const step = 'discovery/gate';
    const gate = await site.world.services.reads.step(scene.lead, scene.places.gate, step);
    const dora = await visitorAs('dora');
    await dora.post(path, `${path}/commands/decide`, {
      step,
      decision: 'reject',
      evidence: gate.evidence[0]?.hash ?? '',
      reason: 'The headcount is of last year',
      page: 'step',
    });
    const max = await visitorAs('max');
    const page = (await max.get(path)).body;
    expect(page).toContain('Rejected, and has to be measured again');
    expect(page).toContain('The headcount is of last year');
    await max.post(path, `${path}/commands/retry`, { step, ...because });
    await until('the gate waits for the data owner again', async () =>
      (await max.get(path)).body.includes('Waits for the data owner: decide on discovery')
        ? true
        : undefined,
    );
  });
});

test('variances are explained group by group, by the payroll lead', async () => {
  const scene = await buildScene(site, { matters: ['variances'] });
  const page = `${scene.paths.variances}/variances/2027-01`;
  const lead = await visitorAs('lee');
  expect((await lead.get(page)).body).toContain('Only the payroll lead may explain variances.');
  const petra = await visitorAs('petra');
  const shown = (await petra.get(page)).body;
  expect(shown).toContain('2 groups over tolerance have no explanation yet.');
  expect(shown).toContain('£1,713.10');
  const step = 'parallel-run/explain/2027-01';
  const action = `${scene.paths.variances}/commands/explain`;
  const empty = await petra.post(page, action, { step, page: 'variances', reason: 'x' });
  expect(empty.statusCode).toBe(422);
  for (const text of [
    'Choose the variances',
    'Say what the cause is',
    'Choose which side is right',
  ])
    expect(empty.body).toContain(text);
  for (const signatures of ['basic-pay/amount', 'union-fee/missing-on-platform']) {
    const sent = await petra.post(page, action, {
      step,
      page: 'variances',
      signatures,
      decision: 'platform-right',
      cause: 'The pay rise of January came late',
      reason: 'Payroll bulletin 12',
    });
    expect(sent.headers.location).toBe(page);
    await until('the explanation is shown', async () =>
      (await petra.get(page)).body.includes('The platform is right.') ? true : undefined,
    );
  }
  await site.world.reaches(scene.lead, scene.places.variances, step, 'succeeded');
  expect((await petra.get(page)).body).toContain('Nothing over tolerance is left to explain.');
  const lines = (await petra.get(`${page}/lines?signature=union-fee%2Fmissing-on-platform`)).body;
  expect(lines).toContain('no line');
  expect(lines.match(/<tr /g)).toHaveLength(5);
});

const because = { reason: 'because the test says so', page: 'department' };

async function visitorAs(person: string) {
  const visitor = site.visitor();
  await visitor.signInAs(person);
  return visitor;
}

/** A department of which one step fails. */
async function startParked(id: StepId) {
  const body = site.world.bodies[id];
  site.world.bodies[id] = () => {
    throw new SlipwayError('source/not-found', 'there is no such table');
  };
  const started = await site.start();
  await site.world.reaches(lee, started.place, `${id}/files`, 'parked');
  site.world.bodies[id] = body;
  return started;
}
