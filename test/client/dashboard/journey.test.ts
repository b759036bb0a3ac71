import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SlipwayError } from '../../../domain/errors.ts';
import type { Identity } from '../../../store/identities.ts';
import { until } from '../../support/until.ts';
import { openBrowser, shows, signInAs } from './support/browser.ts';
import { startSite } from './support/site.ts';
import type { TestSite } from './support/site.ts';

let site: TestSite;
let lee: Identity;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [browser, site] = await Promise.all([openBrowser(), startSite()]);
  lee = await site.person('lee', 'Lee', 'programme-lead', 'migration-engineer');
  await site.person('dora', 'Dora', 'data-owner');
  // The file is read once its encoding is corrected.
  site.world.bodies['discovery/intake'] = ({ run, manifest }) => {
    const source = manifest.sources['files'];
    const staff = source?.kind === 'files' ? source.files['staff'] : undefined;
    const declared = staff?.format === 'csv' ? staff.encoding : undefined;
    const corrected = run.input['files'] as { staff?: { encoding?: string } } | undefined;
    if ((corrected?.staff?.encoding ?? declared) !== 'windows-1252')
      throw new SlipwayError('intake/malformed', 'staff.csv, line 214: not UTF-8');
    return Promise.resolve({ output: { rows: 4182 } });
  };
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const PARKED = 'discovery/intake/files';
const CORRECTED = JSON.stringify({
  files: { staff: { paths: ['staff.csv'], encoding: 'windows-1252', delimiter: ',' } },
});

/** The same with and without scripts; `newer` brings the page up to date. */
describe.each([
  { script: true, newer: async (): Promise<void> => undefined },
  { script: false, newer: async (): Promise<void> => void (await page.reload()) },
])('with scripts: $script', ({ script, newer }) => {
  beforeEach(async () => {
    context = await browser.newContext({ javaScriptEnabled: script });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
  });
  afterEach(() => context.close());

  /** Waits until the page says something, as somebody would who has no other way to know. */
  const says = (text: string): Promise<unknown> =>
    until(`the page says “${text}”`, async () => {
      if ((await page.locator('main').innerText()).includes(text)) return true;
      await newer();
      return undefined;
    });

  test('a parked step is seen on the board, retried with corrected input, and succeeds', async () => {
    const { place, path } = await site.start();
    await site.world.reaches(lee, place, PARKED, 'parked');
    await signInAs(page, site.url, 'Lee');
    await page.getByRole('link', { name: 'Ministry', exact: true }).first().waitFor();
    await page.goto(`${site.url}${path}`);
    await says('One step failed and needs a person: take in the source files, verbatim (files).');
    await says('staff.csv, line 214: not UTF-8');

    // Input that does not fit the step comes back with what is wrong.
    await form('Input').fill('{ "files": { "staff": { "encoding": 7 } } }');
    await form('Reason').fill('The export is from an old Windows system');
    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    await page.getByText('There is a problem').waitFor();
    expect(await page.title()).toMatch(/^Error: /);
    expect(await page.locator('.govuk-error-summary').innerText()).toContain('encoding');
    expect(await form('Reason').inputValue()).toContain('old Windows');

    await form('Input').fill(CORRECTED);
    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    await page.getByText('Asked for a retry').waitFor();
    const loads = await countLoads(page);
    await says('Waits for the data owner: decide on discovery.');
    const row = page.getByRole('row', { name: 'Take in the source files, verbatim: files' });
    expect(await row.innerText()).toContain('Done');
    expect(await row.innerText()).toContain('Rows: 4,182');
    expect(script ? await countLoads(page) : loads).toBe(loads);
    // What was recorded is the correction alone: the rest still comes from the manifest.
    const step = await site.world.services.reads.step(lee, place, PARKED);
    expect(step.input).toEqual({ files: { staff: { encoding: 'windows-1252' } } });
    expect(step.reason).toBe('The export is from an old Windows system');
  });

  test('a gate is refused to who started the onboarding and approved by the data owner', async () => {
    const { place, path } = await site.start((text) =>
      text.replace('[staff.csv]}', '[staff.csv], encoding: windows-1252}'),
    );
    await site.world.reaches(lee, place, 'discovery/gate', 'waiting');
    await signInAs(page, site.url, 'Lee');
    await page.goto(`${site.url}${path}`);
    await says('Only the data owner may decide: Dora.');
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);

    await signInAs(page, site.url, 'Dora');
    await page.goto(`${site.url}${path}`);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('There is a problem').waitFor();
    await form('Reason').fill('The profile is complete');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approved: Decide on discovery').first().waitFor();
    await says('Waits for the data owner: have the mapping confirmed by the data owner.');
    await says('“The profile is complete”');
    const gate = await site.world.services.reads.step(lee, place, 'discovery/gate');
    expect(gate.status).toBe('succeeded');
    expect(gate.decisions).toMatchObject([{ by: 'dora', approved: true }]);
  });
});

describe('a page that is open', () => {
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
  });
  afterEach(() => context.close());

  test('shows on the board what somebody else does, without being loaded again', async () => {
    await signInAs(page, site.url, 'Lee');
    const loads = await countLoads(page);
    const { place } = await site.start((text) =>
      text.replace('name: Ministry', 'name: New Ministry'),
    );
    await shows(page, 'New Ministry');
    await site.world.reaches(lee, place, PARKED, 'parked');
    await until('the board shows that it is parked', async () => {
      const row = page.getByRole('row', { name: 'New Ministry' });
      return (await row.innerText()).includes('Parked') ? true : undefined;
    });
    expect(await countLoads(page)).toBe(loads);
  });

  test('leaves what somebody writes, and what they have opened, as it is', async () => {
    const { place, path } = await site.start();
    await site.world.reaches(lee, place, PARKED, 'parked');
    await signInAs(page, site.url, 'Lee');
    await page.goto(`${site.url}${path}`);
    await page.getByText('Pause the onboarding').click();
    await page.locator('#stage-cutover > summary').click();
    const reason = page.locator('#pause-reason');
    await reason.fill('half a sen');
    await site.world.services.commands.pause({ ...place, identity: lee, reason: 'from elsewhere' });
    await shows(page, 'Paused: from elsewhere.');
    expect(await page.locator('#stage-cutover').getAttribute('open')).not.toBeNull();
    // The form to pause is gone with the possibility; the one that was begun elsewhere on the page is not.
    await form('Reason').fill('half a sentence');
    await site.world.services.commands.resume({ ...place, identity: lee, reason: 'go on' });
    await shows(page, 'One step failed and needs a person');
    expect(await form('Reason').inputValue()).toBe('half a sentence');
  });

  test('says since when it has lost the connection, and when it is back', async () => {
    await signInAs(page, site.url, 'Lee');
    await context.setOffline(true);
    // An open stream is not cut by going offline: the next look of the page finds out.
    const { place } = await site.start();
    const banner = page.locator('#connection');
    await until('the banner says that the connection is lost', async () =>
      /Connection lost since \d+:\d\d:\d\d[ap]m/.test(await banner.innerText()) ? true : undefined,
    );
    await context.setOffline(false);
    await site.world.reaches(lee, place, PARKED, 'parked');
    await until('the banner is gone', async () =>
      (await banner.innerText()) === '' ? true : undefined,
    );
    expect(await page.locator('main').innerText()).toContain('Parked');
  });

  test('can be used with the keyboard alone', async () => {
    const { place, path } = await site.start();
    await site.world.reaches(lee, place, PARKED, 'parked');
    await signInAs(page, site.url, 'Lee');
    await page.goto(`${site.url}${path}`);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Skip to main content');
    await page.keyboard.press('Enter');
    await tabTo('Input');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(CORRECTED);
    await tabTo('Reason');
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Retry');
    await page.keyboard.press('Enter');
    await shows(page, 'Waits for the data owner: decide on discovery.');
  });

  /** Presses Tab until the field with this label has the focus. */
  async function tabTo(label: string): Promise<void> {
    const id = await form(label).getAttribute('id');
    for (let times = 0; times < 40; times += 1) {
      await page.keyboard.press('Tab');
      if ((await page.locator(':focus').getAttribute('id')) === id) return;
    }
    throw new Error(`${label} cannot be reached with the keyboard`);
  }
});

/** A field of the one form of a card: the form to pause has a reason as well. */
function form(label: string): Locator {
  return page.getByRole('form').getByLabel(label, { exact: true });
}

/** When the page was last loaded: the same number means that it was not loaded again. */
async function countLoads(of: Page): Promise<number> {
  return await of.evaluate<number>('performance.timeOrigin');
}
