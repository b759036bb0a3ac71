import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf, openTheatre, STAFF } from './support/theatre.ts';
import type { Theatre } from './support/theatre.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

/**
 * Birmingham: a failing reconciliation was reported green (Grant Thornton). Here the salaries that finance declared are a
 * penny off what both sides hold, and the programme would rather go on.
 */
describe('Birmingham', () => {
  let theatre: Theatre;
  const declared = STAFF * 30_000 + (STAFF * (STAFF + 1)) / 2 + 0.01;
  beforeAll(async () => {
    theatre = await openTheatre((manifest) => ({
      baseline: {
        ...manifest.baseline,
        controlTotals: { salaries: { rows: STAFF, totals: { amount: declared } } },
      },
    }));
    await theatre.start();
  });
  afterAll(() => theatre.close());

  it('ends in refusal: a penny stays a penny, whoever approves it', async () => {
    await theatre.approveUntil('migration/gate', 'waiting');
    const gate = await theatre.step('migration/gate');
    expect(gate.output?.['red']).toEqual(['control-totals']);
    for (const person of ['dora', 'fay'])
      expect(await theatre.approve(person, 'migration/gate')).toBe('approval/red-criteria');
    const { commands, manifest } = theatre;
    expect(await codeOf(commands.skip(await theatre.by('lead'), { step: 'migration/gate' }))).toBe(
      'command/step-mandatory',
    );
    const talked = { assessments: [{ criterion: 'conversions', health: 'green' as const }] };
    expect(await codeOf(commands.assess(await theatre.by('dora'), talked))).not.toBe('done');
    // Declaring another total is a change of what the stage is judged by: it waits for somebody else.
    const { controlTotals, ...others } = manifest.baseline;
    const other = { ...manifest, baseline: { ...others, controlTotals: {} } };
    expect(Object.keys(controlTotals)).toEqual(['salaries']);
    const lead = await theatre.by('lead');
    await commands.amend(lead, { manifest: other, source: '', baseFolder: '/' });
    expect((await theatre.step('migration/gate')).output?.['red']).toEqual(['control-totals']);
    expect(await theatre.approve('fay', 'migration/gate')).not.toBe('done');
    expect(await theatre.legacyServes()).toBe(true);
  });
});
