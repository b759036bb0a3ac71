import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Place } from '../../../client/access.ts';
import type { Identity } from '../../../store/identities.ts';
import { suggestionsOf } from '../support/suggestions.ts';
import { flawsOf, openBrowser, signInAs } from './support/browser.ts';
import { startSite } from './support/site.ts';
import type { TestSite } from './support/site.ts';

/** Where pictures of the pages are put; none are taken where it is not set. */
const PICTURES = process.env['SLIPWAY_SCREENSHOTS'];

let site: TestSite;
let browser: Browser;
let lee: Identity;
let path: string;
let place: Place;
beforeAll(async () => {
  [browser, site] = await Promise.all([openBrowser(), startSite()]);
  lee = await site.person('lee', 'Lee', 'programme-lead', 'data-owner');
  site.world.bodies['discovery/gate'] = () => Promise.resolve({ output: {} });
  site.world.bodies['mapping/suggest'] = ({ run }) =>
    Promise.resolve({
      output: { confirmed: 2 },
      evidence: [{ kind: 'mapping-suggestions', content: suggestionsOf(run.manifest) }],
    });
  ({ path, place } = await site.start());
  await site.world.reaches(lee, place, 'mapping/confirm', 'waiting');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

describe.each([1280, 360] as const)('at %i pixels', (width) => {
  test('suggestions stand side by side with the manifest, with scores, reasons and honest gaps', async () => {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    const page = await context.newPage();
    await signInAs(page, site.url, 'Lee');
    await page.goto(`${site.url}${path}/steps/mapping/confirm`);
    await page.getByRole('link', { name: 'See the mapping suggestions side by side' }).click();
    await page.getByRole('heading', { level: 1, name: 'Mapping suggestions' }).waitFor();
    const row = (name: string) =>
      page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });
    expect(await row('surname').innerText()).toMatch(
      /last_name\s+0\.93[\s\S]*Worth a look[\s\S]*from ni_no/,
    );
    expect(await row('legacy_payroll_id').innerText()).toMatch(
      /No match[\s\S]*The nearest is staff_no at 0\.31/,
    );
    expect(await row('Farm & Gardens').innerText()).toMatch(/9\s+No match/);
    expect(await row('shoe_size').innerText()).toContain('The manifest does not say');
    expect(await page.locator('main').innerText()).toContain(
      '1 of the mapped columns and codes is worth a look, and 3 that are not mapped have a likely counterpart.',
    );
    if (PICTURES !== undefined) {
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, `suggestions-${width}.png`), fullPage: true });
    }
    expect(await flawsOf(page)).toEqual([]);
    await context.close();
  });
});

test('the page needs no script, and says when the manifest has changed since', async () => {
  site.world.bodies['mapping/suggest'] = () =>
    Promise.resolve({
      output: {},
      evidence: [{ kind: 'mapping-suggestions', content: suggestionsOf('another') }],
    });
  const other = await site.start();
  await site.world.reaches(lee, other.place, 'mapping/confirm', 'waiting');
  const visitor = site.visitor();
  await visitor.signInAs('lee');
  expect((await visitor.get(`${path}/suggestions`)).body).not.toContain('was amended since');
  const { body } = await visitor.get(`${other.path}/suggestions`);
  expect(body).toContain('The manifest was amended since');
  expect(body).not.toMatch(/\sstyle=/);
});

test('before there are suggestions the page says where they come from', async () => {
  site.world.bodies['discovery/gate'] = () => Promise.resolve({ output: {}, waits: true });
  const early = await site.start();
  const visitor = site.visitor();
  await visitor.signInAs('lee');
  const response = await visitor.get(`${early.path}/suggestions`);
  expect(response.statusCode).toBe(404);
  expect(response.body).toContain('mapping/suggest');
});
