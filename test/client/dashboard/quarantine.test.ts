import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createApp } from '../../../client/api/app.ts';
import { WORKBOOK } from '../../../client/api/schemas.ts';
import { departmentAddress } from '../../../client/dashboard/addresses.ts';
import { dashboard } from '../../../client/dashboard/dashboard.ts';
import { corrected } from '../support/corrected-workbook.ts';
import { startQuarantineWorld } from '../support/quarantine-world.ts';
import type { QuarantineWorld } from '../support/quarantine-world.ts';
import { flawsOf, openBrowser, signInAs } from './support/browser.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let own: QuarantineWorld;
let app: FastifyInstance;
let url: string;
let browser: Browser;
beforeAll(async () => {
  [browser, own] = await Promise.all([openBrowser(), startQuarantineWorld()]);
  const { services } = own.world;
  const secret = randomBytes(32).toString('hex');
  app = await createApp({ services, pages: dashboard({ ...services, demoPeople: true, secret }) });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
  await own?.close();
});

const main = (page: Page): Promise<string> => page.locator('main').innerText();

async function withPage(
  script: boolean,
  use: (page: Page, context: BrowserContext) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ javaScriptEnabled: script, acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await use(page, context);
  await context.close();
}

test.each([true, false])(
  'rows are looked at, downloaded, corrected, sent back and accepted; with scripts: %s',
  async (script) => {
    const place = await own.waiting();
    const department = `${url}${departmentAddress(place)}`;
    await withPage(script, async (page) => {
      await signInAs(page, url, 'max');
      await page.goto(department);
      await page.getByRole('link', { name: 'Look at the rows, correct or accept them' }).click();
      await page.getByRole('heading', { level: 1, name: 'Quarantine: people' }).waitFor();
      expect(await main(page)).toContain('4 rows could not be loaded');
      expect(await main(page)).toContain('The code is not in the list grades');
      await page.getByRole('link', { name: '2 open rows of people' }).click();
      expect(await main(page)).toContain('staff.csv:4');
      expect(await main(page)).not.toContain('staff.csv:3: ');
      await page.getByRole('link', { name: 'All datasets' }).click();
      await page.goto(`${department}/quarantine?dataset=people`);
      await page.getByText('staff.csv:3: name is empty').click();
      expect(await main(page)).toContain('9999.99');
      expect(await main(page)).not.toContain('1100.50');
      await page.getByRole('link', { name: 'Show them as they are' }).click();
      await page.getByText('staff.csv:3: name is empty').click();
      expect(await main(page)).toContain('1100.50');
      expect(await main(page)).toContain('It is written down that you looked.');
      expect(await main(page)).toContain('Only the data owner may accept rows in quarantine.');

      await page.getByText('Who has seen raw values').click();
      expect(await main(page)).toContain('max looked at rows of people on');

      const downloading = page.waitForEvent('download');
      await page.getByRole('link', { name: 'download the rows as an Excel workbook' }).click();
      const exported = await readFile(await (await downloading).path());
      const send = async (file: Buffer | undefined, reason: string): Promise<void> => {
        if (file !== undefined) {
          await page
            .getByLabel('Corrected workbook')
            .setInputFiles({ name: 'people.xlsx', mimeType: WORKBOOK, buffer: file });
        }
        await page.getByLabel('Reason').first().fill(reason);
        await page.getByRole('button', { name: 'Load with corrections' }).click();
      };
      await send(undefined, 'looked up');
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
      expect(await main(page)).toContain('Choose the corrected workbook');
      await send(await corrected(exported, { 3: { Name: 'Bea', Pay: '1' }, 6: { Grade: '' } }), '');
      expect(await main(page)).toContain('Enter a reason');
      await send(Buffer.from('Slipway row\n4711\nx\n'), 'looked up');
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
      expect(await main(page)).toContain('people, A2: there is no row 4711');
      expect(await main(page)).toContain('people, A3: this is no row number of the export');
      await send(await corrected(exported, { 3: { Name: 'Bea' }, 4: { Grade: 'A' } }), 'looked up');
      await page.getByText('people: 2 rows corrected, 2 rows loaded, 2 rows still open').waitFor();
      expect(await main(page)).toContain('2 rows could not be loaded');
    });

    await withPage(script, async (page) => {
      await signInAs(page, url, 'dora');
      await page.goto(`${department}/quarantine?dataset=people`);
      await page
        .getByRole('heading', { name: 'Accept that 2 rows stay off the platform' })
        .waitFor();
      await page.getByRole('button', { name: 'Accept 2 rows' }).click();
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
      expect(await main(page)).toContain('Confirm that you have looked at the 2 rows');
      await page.getByLabel('I have looked at all 2 rows').check();
      await page.getByLabel('Reason', { exact: true }).last().fill('they have left');
      await page.getByRole('button', { name: 'Accept 2 rows' }).click();
      await page.getByText('2 rows of people accepted').waitFor();
      expect(await main(page)).toContain('Nothing is left to decide');
      await page.goto(department);
      await page.getByRole('link', { name: 'Rows that could not be loaded' }).click();
      await page.getByRole('link', { name: 'History of loads' }).click();
      await page.getByRole('heading', { level: 1, name: 'Loads' }).waitFor();
      expect(await main(page)).toMatch(/people\s+6\s+2\s+4\s+0\s+66.67%\s+4/);
      expect(await main(page)).toContain('re-drove: 2 corrected, 2 loaded');
      expect(script ? await flawsOf(page) : []).toEqual([]);
    });
  },
);

test('the page is accessible, wide and narrow, and its forms are good for nobody else', async () => {
  const place = await own.waiting();
  const address = `${url}${departmentAddress(place)}/quarantine?dataset=people`;
  await withPage(true, async (page) => {
    for (const person of ['dora', 'vic']) {
      await signInAs(page, url, person);
      for (const width of [1200, 360]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(address);
        expect(await flawsOf(page)).toEqual([]);
      }
    }
    const form = await page.request.post(
      `${url}${departmentAddress(place)}/quarantine/people/redrive`,
      { multipart: { with: 'nothing', reason: 'x', csrf: 'wrong' } },
    );
    expect(form.status()).toBe(403);
  });
});
