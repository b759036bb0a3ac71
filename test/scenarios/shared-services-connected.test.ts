import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openTheatre, STAFF } from './support/theatre.ts';
import type { Theatre } from './support/theatre.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

/**
 * Shared Services Connected 2013-16: of the first 26 customers none met its date, plans did not show what the delay of one
 * meant for the others, and the provider was to take all of them on (National Audit Office 2016). Here the pilot has slipped,
 * nobody has measured the provider, and the second wave wants to go on its day all the same.
 */
describe('Shared Services Connected', () => {
  let theatre: Theatre;
  const early = { from: '2026-01-17T18:00:00Z', to: '2026-01-18T18:00:00Z' };
  beforeAll(async () => {
    theatre = await openTheatre();
    const { world, manifest } = theatre;
    const { programme, department, cutover } = manifest;
    const plan = {
      slipway: 1,
      programme,
      name: 'Shared services',
      waves: [
        { id: 'pilot', departments: [{ id: 'first', headcount: 400, cutover: early }] },
        {
          id: 'second',
          departments: [{ id: department.id, headcount: STAFF, cutover: cutover.window }],
        },
      ],
    };
    const { programmes } = world.services;
    const { identity: lead } = await world.person('lead', 'programme-lead', 'migration-engineer');
    const { identity: sro } = await world.person('board', 'sro');
    const { hash } = await programmes.register(lead, JSON.stringify(plan), 'plan.yaml', 'agreed');
    await programmes.approve(sro, programme, hash, 'agreed');
    await theatre.start();
  });
  afterAll(() => theatre.close());

  it('ends in refusal: the wave behind a pilot that is not live is not admitted, and its new date is shown', async () => {
    await theatre.approveUntil('cutover/gate', 'waiting');
    const gate = await theatre.step('cutover/gate');
    expect(gate.output?.['red']).toEqual(
      expect.arrayContaining(['wave-admitted', 'provider-capacity']),
    );
    const { identity, programme, department } = await theatre.by('lead');
    const place = { programme, department };
    const statement = await theatre.world.services.reads.evidence(
      identity,
      place,
      gate.evidence[0]?.hash ?? '',
    );
    expect(JSON.stringify(statement.content)).toContain('first of the wave before is not live');
    expect(JSON.stringify(statement.content)).toContain(
      'nobody has measured what the provider can carry',
    );
    for (const person of ['olga', 'ann'])
      expect(await theatre.approve(person, 'cutover/gate')).toBe('approval/red-criteria');

    const forecast = await theatre.world.services.programmes.forecast(identity, programme);
    const [pilot, own] = forecast.departments;
    expect(pilot).toMatchObject({ cause: 'its window has passed without a cutover' });
    expect(own?.cause).toBe('waits for the live pay runs of first (wave pilot)');
    expect(own?.daysLate).toBeGreaterThan(50);
    expect(await theatre.legacyServes()).toBe(true);
  });
});
