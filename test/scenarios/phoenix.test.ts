import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf, openTheatre } from './support/theatre.ts';
import type { Theatre } from './support/theatre.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

/**
 * Phoenix (Canada): no parallel run of the whole, the pilot cancelled, retroactive pay dropped, 34 departments and then all
 * others at once (Auditor General of Canada 2017-18). Here the parallel run is to be skipped, and then finds that nobody
 * on the platform gets arrears.
 */
describe('Phoenix', () => {
  let theatre: Theatre;
  beforeAll(async () => {
    theatre = await openTheatre();
    await theatre.scene.sql(
      'legacy',
      "insert into pay.line select period, 'E5', 'ARREARS', 100 from (values ('2026-08'), ('2026-09')) p (period)",
    );
    await theatre.start();
  });
  afterAll(() => theatre.close());

  it('ends in refusal: no parallel run is skipped or waived by who wants it, and arrears that nobody compared are not clean', async () => {
    await theatre.approveUntil('parallel-run/explain/2026-08', 'waiting');
    const { commands } = theatre;
    const step = 'parallel-run/explain/2026-08';
    expect(await codeOf(commands.skip(await theatre.by('lead'), { step }))).toBe(
      'command/step-mandatory',
    );
    const waiver = {
      step: 'parallel-run/verdict/2026-08',
      impact: 'the run is too big',
      expires: '2099-01-01T00:00:00Z',
    };
    for (const person of ['lead', 'petra'])
      expect(await codeOf(commands.waive(await theatre.by(person), waiver))).toBe(
        'access/not-permitted',
      );
    // What a rule of the programme cannot be refused for, an explanation may hide: but not that no case was compared.
    await theatre.explain('petra', '2026-08');
    const gate = await theatre.reaches('parallel-run/gate', 'waiting');
    expect(gate.output?.['red']).toContain('scope-ledger');
    expect(await theatre.approve('paul', 'parallel-run/gate')).toBe('approval/red-criteria');
    expect(await theatre.approve('olga', 'parallel-run/gate')).toBe('approval/role-not-wanted');
    expect(await theatre.legacyServes()).toBe(true);
  });
});
