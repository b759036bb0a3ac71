import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createToken, revokeToken } from '../../../store/identities.ts';
import { startSite } from './support/site.ts';
import type { TestSite } from './support/site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await startSite();
  await site.person('lee', 'Lee', 'programme-lead');
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
