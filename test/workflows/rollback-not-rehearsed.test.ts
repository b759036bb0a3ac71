import { afterEach, describe, expect, it } from 'vitest';
import { mustBeRehearsed } from '../../activities/rollback-rehearsed.ts';
import { decideGate } from '../../activities/gate.ts';
import * as messages from '../../workflows/messages.ts';
import { actor, startHarness } from './harness.ts';
import type { Harness } from './harness.ts';
import { refusalOf } from './refusal-of.ts';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

describe('a cutover whose roll-back nobody rehearsed (Novopay)', () => {
  it('is red at go or no-go, and the senior owner cannot approve it', async () => {
    // The rehearsals of this harness do nothing: there is no proof that a roll-back works.
    const own = (harness = await startHarness({ 'cutover/gate': decideGate }));
    const handle = await own.start();
    await own.approveAll(async () => (await own.step('cutover/gate')).status === 'waiting');
    const gate = await own.step('cutover/gate');
    expect(gate.output?.['red']).toContain('rollback-rehearsed');
    const evidence = gate.evidence[0]?.hash ?? '';
    const approval = { actor: actor('sro', 'sro'), reason: 'it will do', role: 'sro' as const };
    expect(
      await refusalOf(
        handle.executeUpdate(messages.approveGateUpdate, {
          args: [{ ...approval, step: 'cutover/gate', evidence }],
        }),
      ),
    ).toBe('approval/red-criteria');
  });

  it('is looked at once more when the window opens', async () => {
    const own = (harness = await startHarness({
      'cutover/wait': async (context) => {
        await mustBeRehearsed(context, new Date().toISOString());
        return { output: {} };
      },
    }));
    await own.start();
    await own.approveAll(async () => (await own.step('cutover/wait')).status === 'parked');
    expect((await own.step('cutover/wait')).failure?.code).toBe('cutover/rollback-not-rehearsed');
  });
});
