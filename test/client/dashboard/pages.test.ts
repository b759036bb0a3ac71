import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SlipwayError } from '../../../domain/errors.ts';
import { createToken, revokeToken } from '../../../store/identities.ts';
import type { Identity } from '../../../store/identities.ts';
import { startSite } from './support/site.ts';
import type { TestSite } from './support/site.ts';

let site: TestSite;
let lee: Identity;
beforeAll(async () => {
  site = await startSite();
  lee = await site.person('lee', 'Lee', 'programme-lead');
});
afterAll(() => site.close());

describe('whoever is not signed in', () => {
  test('is led to the sign-in page and from there to where they wanted to go', async () => {
    const visitor = site.visitor();
    const page = await visitor.get('/onboardings/a/b?x=1');
    expect(page.statusCode).toBe(303);
    expect(page.headers.location).toBe('/sign-in?from=%2Fonboardings%2Fa%2Fb%3Fx%3D1');
    const form = await visitor.get(page.headers.location ?? '');
    expect(form.body).toContain('name="from" value="/onboardings/a/b?x=1"');
    const signedIn = await visitor.post(page.headers.location ?? '', '/sign-in', {
      person: 'lee',
      from: '/onboardings/a/b?x=1',
    });
    expect(signedIn.statusCode).toBe(303);
    expect(signedIn.headers.location).toBe('/onboardings/a/b?x=1');
  });

  test('is never led to another site', async () => {
    for (const from of ['https://elsewhere.test/', '//elsewhere.test/', '/\\elsewhere.test', 'x']) {
      const visitor = site.visitor();
      const signedIn = await visitor.post('/sign-in', '/sign-in', { person: 'lee', from });
      expect(signedIn.headers.location).toBe('/');
    }
  });

  test('hears of nothing live', async () => {
    const stream = await site.visitor().get('/live');
    expect(stream.statusCode).toBe(303);
    const fragment = await site.visitor().get('/', { 'x-slipway-fragment': '1' });
    expect(fragment.statusCode).toBe(401);
  });
});

describe('signing in', () => {
  test('shows the demo people, and says on every page that they are', async () => {
    const visitor = site.visitor();
    const page = await visitor.get('/sign-in');
    expect(page.body).toContain('Sign in<span class="govuk-visually-hidden"> as Lee</span>');
    expect(page.body).toContain('These are demo people');
    await visitor.signInAs('lee');
    expect((await visitor.get('/')).body).toContain('These are demo people');
  });

  test('takes a token, and refuses a wrong one without saying which part was wrong', async () => {
    const { secret } = await createToken(site.world.services.database, 'lee', 'test');
    const visitor = site.visitor();
    const refused = await visitor.post('/sign-in', '/sign-in', { token: 'slipway_wrong' });
    expect(refused.statusCode).toBe(401);
    expect(refused.body).toContain('This token is not known, has expired or was revoked');
    expect(refused.body).toContain('<title>Error: Sign in');
    expect((await visitor.post('/sign-in', '/sign-in', { token: secret })).statusCode).toBe(303);
    expect((await visitor.get('/')).statusCode).toBe(200);
    expect([...visitor.cookies.values()].join()).not.toContain(secret);
  });

  test('ends with the token that it was made with', async () => {
    const { database } = site.world.services;
    const { id, secret } = await createToken(database, 'lee', 'test');
    const visitor = site.visitor();
    await visitor.post('/sign-in', '/sign-in', { token: secret });
    expect((await visitor.get('/')).statusCode).toBe(200);
    await revokeToken(database, 'lee', id);
    expect((await visitor.get('/')).statusCode).toBe(303);
  });

  test('ends when asked', async () => {
    const visitor = site.visitor();
    await visitor.signInAs('lee');
    await visitor.post('/', '/sign-out', {});
    expect((await visitor.get('/')).statusCode).toBe(303);
  });

  test('gives cookies that no script reads and no other site sends', async () => {
    const response = await site.visitor().signInAs('lee');
    const cookies = [response.headers['set-cookie']].flat().join('\n');
    expect(cookies).toMatch(/slipway_session=[^;]+;[^\n]*HttpOnly/);
    expect(cookies).toMatch(/slipway_session=[^;]+;[^\n]*SameSite=Lax/);
  });

  test('refuses a cookie that was changed', async () => {
    const session = Buffer.from(
      JSON.stringify({ kind: 'session', person: 'lee', since: Date.now() / 1000 }),
    ).toString('base64url');
    const response = await site.app.inject({
      url: '/',
      cookies: { slipway_session: `${session}.${'A'.repeat(43)}` },
    });
    expect(response.statusCode).toBe(303);
  });

  test('as a demo person is impossible where there are none', async () => {
    const strict = await startSite({ demoPeople: false });
    try {
      await strict.person('lee', 'Lee', 'programme-lead');
      const visitor = strict.visitor();
      const page = await visitor.get('/sign-in');
      expect(page.body).not.toContain('Lee');
      expect(page.body).not.toContain('These are demo people');
      expect((await visitor.signInAs('lee')).statusCode).toBe(401);
    } finally {
      await strict.close();
    }
  });
});

describe('every page', () => {
  test('runs and shows only what this server sends', async () => {
    const visitor = site.visitor();
    const pages = [await visitor.get('/sign-in')];
    await visitor.signInAs('lee');
    for (const path of ['/', '/no-such-page', '/onboardings/no/where'])
      pages.push(await visitor.get(path));
    for (const { headers, body } of pages) {
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).toContain("script-src 'self'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['cache-control']).toBe('no-store');
      expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=/);
    }
  });

  test('loads files that are kept for a year and whose address changes with them', async () => {
    const visitor = site.visitor();
    const { body } = await visitor.get('/sign-in');
    const files = [...body.matchAll(/(?:href|src)="(\/assets\/[0-9a-f]{16}\/[^"]+)"/g)];
    expect(files.map(([, path]) => path?.split('/').at(-1)).toSorted()).toEqual([
      'dashboard.css',
      'dashboard.js',
      'favicon.svg',
      'idiomorph.js',
    ]);
    for (const [, path = ''] of files) {
      const file = await visitor.get(path);
      expect(file.statusCode).toBe(200);
      expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
    const style = await visitor.get(files.find(([path]) => path.includes('.css'))?.[1] ?? '');
    // No typeface that is licensed for gov.uk only, and no image that is not there.
    expect(style.body).not.toContain('GDS Transport');
    for (const [, image = ''] of style.body.matchAll(/url\((images\/[^)]+)\)/g)) {
      const path = (files[0]?.[1] ?? '').replace(/[^/]+$/, image);
      expect((await visitor.get(path)).statusCode, image).toBe(200);
    }
    expect((await visitor.get('/assets/0000000000000000/dashboard.css')).statusCode).toBe(404);
  });

  test('says what is wrong where there is none, with the code', async () => {
    const visitor = site.visitor();
    await visitor.signInAs('lee');
    const lost = await visitor.get('/no-such-page');
    expect(lost.statusCode).toBe(404);
    expect(lost.body).toContain('request/not-found');
    const unknown = await visitor.get('/onboardings/no/where');
    expect(unknown.statusCode).toBe(404);
    expect(unknown.body).toContain('onboarding/not-found');
  });

  test('of a department is only for those who hold a role there', async () => {
    const { path } = await site.start();
    await site.person('stranger', 'Stranger');
    const visitor = site.visitor();
    await visitor.signInAs('stranger');
    expect((await visitor.get('/')).body).toContain('No department is being onboarded yet');
    for (const page of [path, `${path}/history`, `${path}/steps/discovery/assess`]) {
      const response = await visitor.get(page);
      expect(response.statusCode).toBe(403);
      expect(response.body).toContain('access/not-permitted');
    }
  });
});

describe('a form', () => {
  test('without the token of its page changes nothing', async () => {
    const { place, path } = await site.start();
    const visitor = site.visitor();
    await visitor.signInAs('lee');
    const fields = { reason: 'because', page: 'department' };
    const forged = await visitor.send(`${path}/commands/pause`, fields);
    expect(forged.statusCode).toBe(403);
    expect(forged.body).toContain('This form can no longer be sent');
    const wrong = await visitor.send(`${path}/commands/pause`, { ...fields, _csrf: 'wrong' });
    expect(wrong.statusCode).toBe(403);
    expect((await site.world.services.reads.onboarding(lee, place)).status).toBe('running');
  });

  test('is good for whom it was made only', async () => {
    const { path } = await site.start();
    await site.person('max', 'Max', 'migration-engineer');
    const visitor = site.visitor();
    await visitor.signInAs('lee');
    const page = (await visitor.get(path)).body;
    const token = /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    await visitor.post('/', '/sign-out', {});
    await visitor.signInAs('max');
    const sent = await visitor.send(`${path}/commands/pause`, {
      _csrf: token,
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

test('hostile words in names, failures, reasons and input are words', async () => {
  const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>{{ 7 * 7 }}`;
  site.world.bodies['discovery/intake'] = () => {
    throw new SlipwayError('intake/malformed', `line 1: ${hostile}`, {
      details: { problems: [hostile, hostile] },
    });
  };
  const { place, path } = await site.start((text) =>
    text
      .replace('name: Ministry', `name: ${JSON.stringify(hostile)}`)
      .replace('name: Dora', `name: ${JSON.stringify(hostile)}`)
      .replace('paths: [staff.csv]', `paths: [${JSON.stringify(hostile)}]`),
  );
  await site.world.reaches(lee, place, 'discovery/intake/files', 'parked');
  const visitor = site.visitor();
  await visitor.signInAs('lee');
  await visitor.post(path, `${path}/commands/pause`, { reason: hostile, page: 'department' });
  const refused = await visitor.post(path, `${path}/commands/retry`, {
    step: 'discovery/intake/files',
    input: hostile,
    reason: hostile,
    page: 'department',
  });
  expect(refused.statusCode).toBe(422);
  const step = `${path}/steps/discovery/intake/files`;
  const pages = [
    refused.body,
    ...(await Promise.all(
      ['/', path, step, `${path}/history`].map(async (page) => (await visitor.get(page)).body),
    )),
  ];
  for (const body of pages) {
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(body).not.toMatch(/<script>|<img|onerror=alert\(1\)>(?!\{)/);
    expect(body).not.toContain('>49<');
  }
});
