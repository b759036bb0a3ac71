import { accessSync, constants } from 'node:fs';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { until } from '../../../support/until.ts';

/** Starts the Chromium that is named in `SLIPWAY_CHROMIUM`, or Debian's. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['SLIPWAY_CHROMIUM'] ?? '/usr/bin/chromium';
  try {
    accessSync(executablePath, constants.X_OK);
  } catch {
    throw new Error(
      `the browser tests need Chromium: ${executablePath} is not there. Install it, or name it in SLIPWAY_CHROMIUM.`,
    );
  }
  return await chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Signs in by pressing the button of a demo person. */
export async function signInAs(page: Page, url: string, name: string): Promise<void> {
  await page.context().clearCookies();
  await page.goto(`${url}/sign-in`);
  await page.getByRole('button', { name: `Sign in as ${name}`, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Programme board' }).waitFor();
}

/**
 * What is wrong with the page as it is shown: violations of WCAG 2.2 AA and of axe's best practices, and content that is
 * wider than the screen.
 */
export async function flawsOf(page: Page): Promise<string[]> {
  // The policy of the page runs no inline script, so that axe is evaluated and not added to the page.
  await page.evaluate(axe.source);
  const options = JSON.stringify({ runOnly: { type: 'tag', values: STANDARDS } });
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(${options})`);
  const root = 'document.documentElement';
  const [content, screen] = await page.evaluate<[number, number]>(
    `[${root}.scrollWidth, ${root}.clientWidth]`,
  );
  const where = `${page.url()} at ${screen} px`;
  return [
    ...violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${where}: ${id}: ${help}: ${node.html}`),
    ),
    ...(content > screen ? [`${where}: the content is ${content} px wide`] : []),
  ];
}

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Waits until the page says something. Nothing is reloaded by it. */
export async function shows(page: Page, text: string): Promise<void> {
  await until(`the page shows “${text}”`, async () =>
    (await page.locator('main').innerText()).includes(text) ? true : undefined,
  );
}
