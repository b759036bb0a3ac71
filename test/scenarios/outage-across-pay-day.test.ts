import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../support/until.ts';
import { codeOf, openTheatre } from './support/theatre.ts';
import type { Theatre } from './support/theatre.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

/**
 * A shared-service outage ran from 18:00 on 24 September to 08:00 on 2 October, across the pay day (control C10). Here a
 * cutover is to be moved into such a week; and then the platform fails while a cutover is under way.
 */
describe('an outage across pay day', () => {
  let theatre: Theatre;
  beforeAll(async () => {
    theatre = await openTheatre();
    await theatre.start();
  });
  afterAll(() => theatre.close());

  it('ends in refusal: no window lies across the pay day, and a cutover on a platform that failed is taken back', async () => {
    await theatre.approveUntil('cutover/gate', 'waiting');
    const { commands, manifest, scene } = theatre;
    const lead = await theatre.by('lead');
    const week = { from: '2026-09-24T17:00:00Z', to: '2026-10-02T07:00:00Z' };
    await commands.reschedule(lead, week);
    const parked = await theatre.reaches('cutover/window', 'parked');
    expect(parked.failure?.code).toBe('cutover/outside-window');
    expect(parked.failure?.message).toContain('pay day 2026-09-26');
    expect(parked.failure?.message).toMatch(/next .*legal/i);
    expect(await theatre.legacyServes()).toBe(true);

    const { from, to } = manifest.cutover.window;
    await commands.reschedule(lead, { from, to });
    // The platform loses what was loaded the moment it is live: the smoke checks fail.
    const { bodies } = theatre.world;
    const smoke = bodies['cutover/smoke'];
    bodies['cutover/smoke'] = async (context) => {
      await scene.sql('platform', 'delete from hr.salary');
      return smoke(context);
    };
    await theatre.approveUntil('cutover/smoke', 'parked');
    expect(await theatre.legacyServes()).toBe(false);
    expect(await codeOf(commands.skip(lead, { step: 'cutover/smoke' }))).toBe(
      'command/step-mandatory',
    );
    await commands.rollBack(lead);
    await theatre.reaches('cutover/undo/proof', 'succeeded');
    await until('it is rolled back', async () => {
      const { status } = await theatre.world.services.reads.onboarding(lead.identity, lead);
      return status === 'rolled-back' ? true : undefined;
    });
    expect(await theatre.legacyServes()).toBe(true);
  });
});
