import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createApp } from '../../../client/api/app.ts';
import { departmentAddress, stepAddress } from '../../../client/dashboard/addresses.ts';
import { dashboard } from '../../../client/dashboard/dashboard.ts';
import { type DifferingWorld, startDifferingWorld } from '../support/differing.ts';
import { flawsOf, openBrowser, signInAs } from './support/browser.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let own: DifferingWorld;
let app: FastifyInstance;
let url: string;
let browser: Browser;
let place: { programme: string; department: string };
beforeAll(async () => {
  [browser, own] = await Promise.all([openBrowser(), startDifferingWorld()]);
  const { services } = own.world;
  const secret = randomBytes(32).toString('hex');
  app = await createApp({ services, pages: dashboard({ ...services, demoPeople: true, secret }) });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  place = await own.differing();
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
  await own?.close();
});

const STEP = 'migration/reconcile/people';

const main = (page: Page): Promise<string> => page.locator('main').innerText();

async function withPage(script: boolean, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ javaScriptEnabled: script });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await use(page);
  await context.close();
}

/** From the department's page to the rows that differ. */
async function goToDifferences(page: Page): Promise<void> {
  await page.goto(`${url}${departmentAddress(place)}`);
  await page.getByRole('link', { name: 'See the rows that differ' }).click();
  await page.getByRole('heading', { level: 1, name: 'Differences: people' }).waitFor();
}

test('a parked reconciliation leads to the rows that differ, masked for a viewer, without scripts', async () => {
  await withPage(false, async (page) => {
    await signInAs(page, url, 'vic');
    await goToDifferences(page);
    const text = await main(page);
    expect(text).toContain('3 rows are not the same on both sides');
    expect(text).toMatch(/8\s+8\s+1\s+1\s+1\s+0/);
    expect(text).toMatch(
      /1\s+staff.csv:2\s+Different\s+pay\s+9999.99\s+9999.99\s+name\s+Aaa\s+Aaaa/,
    );
    expect(text).toMatch(/6\s+staff.csv:7\s+Missing on the platform\s+the whole row/);
    expect(text).toMatch(/99\s+Only on the platform\s+the whole row/);
    expect(text).toMatch(/All rows\s+pay\s+3100.25\s+1650.01\s+3100.25\s+No/);
    expect(text).toMatch(/a\s+pay\s+1600.00\s+1650.01\s+No/);
    expect(text).toMatch(/A group of fewer than five rows\s+rows\s+1\s+0/);
    expect(text).toContain('2 of 2 groups differ');
    expect(text).not.toContain('Show them as they are');
    const refused = await page.goto(`${page.url()}&raw=true`);
    expect(refused?.status()).toBe(403);
  });
});

test('whoever corrects rows sees the values, and that is seen', async () => {
  await withPage(true, async (page) => {
    await signInAs(page, url, 'max');
    await goToDifferences(page);
    expect(await main(page)).not.toContain('Anne');
    await page.getByRole('link', { name: 'Show them as they are' }).click();
    await page.getByText('It is written down that you looked.').waitFor();
    const text = await main(page);
    expect(text).toMatch(/pay\s+1000.00\s+1000.01\s+name\s+Ann\s+Anne/);
    expect(text).toMatch(/name\s+Fay\s+none/);
    expect(text).toMatch(/name\s+none\s+Zed/);
    await page.getByText('Who has seen the values').click();
    expect(await main(page)).toContain('max looked at differing rows of people on');
    for (const width of [1200, 360]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await flawsOf(page)).toEqual([]);
    }
  });
});

test('a reconciliation that holds shows how both sides compare', async () => {
  const { identity } = own.people.max;
  await own.mend(place.department);
  const by = { ...place, identity, reason: 'put it right' };
  await own.world.services.commands.retry(by, { step: STEP });
  await own.world.reaches(identity, place, STEP, 'succeeded');
  await withPage(true, async (page) => {
    await signInAs(page, url, 'vic');
    await page.goto(`${url}${stepAddress(place, STEP)}`);
    await page.getByRole('link', { name: 'See how the two sides compare' }).click();
    await page.getByText('Both sides hold the same.').waitFor();
    expect(await main(page)).toMatch(/All rows\s+pay\s+3100.25\s+3100.25\s+3100.25\s+Yes/);
    expect(await flawsOf(page)).toEqual([]);
  });
});
