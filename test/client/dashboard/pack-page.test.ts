import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packed, partsOf, recorded, startPacks } from '../../store/pack-world.ts';
import type { PackWorld } from '../../store/pack-world.ts';
import { flawsOf, openBrowser } from './support/browser.ts';

let world: PackWorld;
let browser: Browser;
let page: string;
beforeAll(async () => {
  [browser, world] = await Promise.all([openBrowser(), startPacks()]);
  const parts = await partsOf(await packed(world, await recorded(world)));
  page = parts.find(({ name }) => name === 'index.html')?.content.toString() ?? '';
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

test.each([1280, 360])(
  'the page of an evidence pack is accessible at %i pixels and on paper, and asks for nothing',
  async (width) => {
    const own = await browser.newPage({ viewport: { width, height: 900 } });
    const asked: string[] = [];
    own.on('request', (request) => asked.push(request.url()));
    await own.setContent(page);
    expect(await flawsOf(own)).toEqual([]);
    // A4 at 96 dots an inch.
    await own.setViewportSize({ width: 794, height: 1123 });
    await own.emulateMedia({ media: 'print' });
    expect(await flawsOf(own)).toEqual([]);
    expect(asked).toEqual([]);
    expect(await own.getByRole('heading', { level: 1 }).textContent()).toContain('Evidence pack');
    const waivers = own.getByRole('region', { name: 'Waivers and skipped steps' });
    expect(await waivers.textContent()).toContain('none to speak of');
    await own.close();
  },
);
