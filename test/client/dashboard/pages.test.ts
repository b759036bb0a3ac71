import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SlipwayError } from '../../../domain/errors.ts';
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
    expect(new Set(files.map(([, path]) => path?.split('/').at(-1)))).toEqual(
      new Set(['dashboard.css', 'dashboard.js', 'favicon.svg', 'idiomorph.js']),
    );
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
      const { statusCode } = await visitor.get(path);
      expect({ image, statusCode }).toEqual({ image, statusCode: 200 });
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
