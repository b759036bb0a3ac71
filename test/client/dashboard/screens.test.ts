import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flawsOf, openBrowser, signInAs } from './support/browser.ts';
import { buildScene } from './support/scene.ts';
import type { Scene } from './support/scene.ts';
import { startSite } from './support/site.ts';
import type { TestSite } from './support/site.ts';

/** Where pictures of the pages are put; none are taken where it is not set. */
const PICTURES = process.env['SLIPWAY_SCREENSHOTS'];

let site: TestSite;
let scene: Scene;
let browser: Browser;
beforeAll(async () => {
  [browser, site] = await Promise.all([openBrowser(), startSite()]);
  // Pictures are taken on servers of their own, where the name is free.
  scene = await buildScene(site, PICTURES === undefined ? {} : { programme: 'shared-services' });
}, 120_000);
afterAll(async () => {
  scene?.end();
  await browser?.close();
  await site?.close();
});

const WIDTHS = [1280, 360] as const;

describe.each(WIDTHS)('at %i pixels', (width) => {
  let page: Page;
  beforeAll(async () => {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    page = await context.newPage();
  });
  afterAll(() => page.context().close());

  const flaws: string[] = [];
  const look = async (name: string, path: string): Promise<void> => {
    await page.goto(`${site.url}${path}`);
    flaws.push(...(await flawsOf(page)));
    await picture(page, `${name}-${width}`);
  };

  test('the sign-in page is accessible', async () => {
    await look('sign-in', '/sign-in');
    expect(flaws).toEqual([]);
  });

  test('the board and the pages of departments are accessible to their lead', async () => {
    await signInAs(page, site.url, 'Lee Marsh');
    await look('board', '/');
    await look('board-filtered', '/?show=parked');
    await look('department-parked', scene.paths.parked);
    await look('department-running', scene.paths.running);
    await look('department-closed', scene.paths.closed);
    await look('department-paused', scene.paths.paused);
    await look('department-gate-not-permitted', scene.paths.gate);
    expect(flaws).toEqual([]);
  });

  test('the pages behind a department are accessible', async () => {
    await look('step-parked', `${scene.paths.parked}/steps/migration/transfer/posts`);
    await look('step-done', `${scene.paths.parked}/steps/discovery/assess`);
    await look('step-pending', `${scene.paths.gate}/steps/migration/gate`);
    await look('history', `${scene.paths.closed}/history`);
    await look('not-found', '/no-such-page');
    const { reads } = site.world.services;
    for (const [name, key] of [
      ['statement', 'discovery/gate'],
      ['findings', 'discovery/assess'],
      ['readiness', 'cutover/readiness'],
      ['pack', 'cutover/close'],
    ] as const) {
      const step = await reads.step(scene.lead, scene.places.closed, key);
      await look(
        `evidence-${name}`,
        `${scene.paths.closed}/evidence/${step.evidence[0]?.hash ?? ''}`,
      );
    }
    expect(flaws).toEqual([]);
  });

  test('what waits for other people is accessible to them', async () => {
    await signInAs(page, site.url, 'Dora Hughes');
    await look('department-gate', scene.paths.gate);
    await signInAs(page, site.url, 'Olga Reid');
    await look('department-red', scene.paths.red);
    await signInAs(page, site.url, 'Petra Novak');
    await look('department-variances', scene.paths.variances);
    await look('variances', `${scene.paths.variances}/variances/2027-01`);
    await look('variance-lines', `${scene.paths.variances}/variances/2027-01/lines`);
    await look('variance-trend', `${scene.paths.variances}/variances`);
    expect(flaws).toEqual([]);
  });

  test('a refused form is accessible', async () => {
    await signInAs(page, site.url, 'Lee Marsh');
    await page.goto(`${site.url}${scene.paths.parked}`);
    await page.getByLabel('Input', { exact: true }).fill('{ "chunkRows": ');
    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    await page.getByText('There is a problem').waitFor();
    flaws.push(...(await flawsOf(page)));
    await picture(page, `refused-${width}`);
    expect(flaws).toEqual([]);
  });
});

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}
