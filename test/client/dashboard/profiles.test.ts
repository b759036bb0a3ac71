import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { departmentAddress, profilesAddress } from '../../../client/dashboard/addresses.ts';
import { type Profiled, profiledDepartment } from '../support/profiled.ts';
import { flawsOf, openBrowser, signInAs } from './support/browser.ts';
import { startSite, type TestSite } from './support/site.ts';

/** Where pictures of the pages are put; none are taken where it is not set. */
const PICTURES = process.env['SLIPWAY_SCREENSHOTS'];

let site: TestSite;
let browser: Browser;
let department: Profiled;
beforeAll(async () => {
  [browser, site] = await Promise.all([openBrowser(), startSite()]);
  department = await profiledDepartment(site.world);
  await department.again("update staff set grade = 'Z9' where staff_no = '000001'");
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

describe.each([1280, 360])('at %i pixels', (width) => {
  let page: Page;
  beforeAll(async () => {
    // The pages have to work where no script runs; only the check of accessibility needs them.
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    page = await context.newPage();
    await signInAs(page, site.url, 'lee');
  });
  afterAll(() => page.context().close());

  const picture = async (name: string): Promise<void> => {
    if (PICTURES === undefined) return;
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: join(PICTURES, `${name}-${width}.png`), fullPage: true });
  };

  test('the way leads from the department to its tables and to the columns of one', async () => {
    await page.goto(`${site.url}${departmentAddress(department.place)}`);
    await page.getByRole('link', { name: 'What discovery found in it' }).click();
    await page.getByRole('heading', { level: 1, name: 'Data profiles' }).waitFor();
    expect(await flawsOf(page)).toEqual([]);
    await picture('profiles');
    await page.getByRole('link', { name: 'public.staff' }).click();
    await page.getByRole('heading', { level: 1, name: 'public.staff' }).waitFor();
    expect(await flawsOf(page)).toEqual([]);
    await picture('profile');
  });

  test('a table shows its figures, drawings with their tables, and no personal value', async () => {
    await page.goto(`${site.url}${profilesAddress(department.place, 'hr', 'public.staff')}`);
    const text = await page.locator('main').innerText();
    expect(text).toContain(
      'Known by its name and its values: 100% are well-formed National Insurance',
    );
    expect(text).toContain('1 row, such as 0201-05-01: the others are from 1900-01-01');
    expect(await page.content()).not.toMatch(/Smith|AB000037|someone@/);
    const chart = page.getByRole('img', { name: /^Rows by salary, from/ });
    await chart.waitFor();
    await page.getByText('The same as a table: salary').click();
    expect(
      await page.getByRole('table', { name: 'Rows by salary' }).locator('tbody tr').count(),
    ).toBe(12);
    const told = page.getByRole('table', { name: 'Columns that tell others' });
    expect(await told.innerText()).toMatch(/unit_code\s+unit_name\s+12\s+2 rows/);
  });

  test('an earlier profile is compared with', async () => {
    await page.goto(`${site.url}${profilesAddress(department.place, 'hr', 'public.staff')}`);
    await page.getByRole('link', { name: /^with / }).click();
    await page.getByRole('heading', { level: 2, name: /^Changed since/ }).waitFor();
    expect(await page.locator('main').innerText()).toContain('"Z9" are new values of grade.');
    expect(await flawsOf(page)).toEqual([]);
    await picture('profile-drift');
  });
});

test('the profile can be downloaded, and its pages work without scripts', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${site.url}/sign-in`);
  await page.getByRole('button', { name: 'Sign in as lee', exact: true }).click();
  await page.goto(`${site.url}${profilesAddress(department.place, 'hr', 'public.staff')}`);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download as JSON' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^profile-[0-9a-f]{12}\.json$/);
  await context.close();
});
