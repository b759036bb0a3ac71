import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf, openTheatre } from './support/theatre.ts';
import type { Theatre } from './support/theatre.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

/**
 * Novopay (New Zealand): ministers were told that criteria were met which were not, and nobody could go back, because the old
 * database was stale (coverage of the inquiry). Here the only rehearsal leaves the roll-back out, and red lines of
 * readiness are to be talked green.
 */
describe('Novopay', () => {
  let theatre: Theatre;
  beforeAll(async () => {
    theatre = await openTheatre((manifest) => ({
      cutover: {
        ...manifest.cutover,
        rehearsals: [{ id: 'dry', kind: 'dry-run', rollback: false }],
        readiness: {
          notApplicable: Object.fromEntries(
            Object.entries(manifest.cutover.readiness.notApplicable).filter(
              ([id]) => id !== 'security',
            ),
          ),
        },
      },
    }));
    await theatre.start();
  });
  afterAll(() => theatre.close());

  it('ends in refusal: readiness is what the record says, and nothing goes live that cannot be taken back', async () => {
    await theatre.approveUntil('cutover/gate', 'waiting');
    const { commands } = theatre;
    const assess = async (person: string, criterion: string): Promise<string> =>
      codeOf(
        commands.assess(await theatre.by(person), {
          assessments: [{ criterion, health: 'green' }],
        }),
      );
    expect(await assess('lead', 'security')).toBe('access/not-permitted');
    expect(await assess('dora', 'tests')).toBe('control/override-to-green');
    const gate = await theatre.step('cutover/gate');
    expect(gate.output?.['red']).toEqual(
      expect.arrayContaining(['nothing-red', 'rollback-rehearsed']),
    );
    const waiveAll = commands.waive(await theatre.by('olga'), {
      step: 'cutover/gate',
      criterion: 'nothing-red',
      impact: 'the minister was told so',
      expires: '2999-01-01',
    });
    expect(await codeOf(waiveAll)).toBe('control/line-by-line');
    for (const person of ['olga', 'ann'])
      expect(await theatre.approve(person, 'cutover/gate')).toBe('approval/red-criteria');
    // Looking again without having rehearsed does not help.
    await commands.retry(await theatre.by('lead'), { step: 'cutover/gate' });
    await theatre.reaches('cutover/gate', 'waiting');
    expect(await theatre.approve('olga', 'cutover/gate')).toBe('approval/red-criteria');
    expect(await theatre.legacyServes()).toBe(true);
  });
});
