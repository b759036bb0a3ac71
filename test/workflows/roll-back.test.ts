import { afterEach, describe, expect, it } from 'vitest';
import { SlipwayError } from '../../domain/errors.ts';
import { possibleForOnboarding } from '../../domain/possible-commands.ts';
import * as messages from '../../workflows/messages.ts';
import { until } from '../support/until.ts';
import { LEAD, startHarness } from './harness.ts';
import type { Harness } from './harness.ts';
import { refusalOf } from './refusal-of.ts';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const said = { actor: LEAD, reason: 'because the test says so' };

describe('a roll-back', () => {
  it('takes the cutover back in reverse order and ends with a proof; what was rehearsed stays', async () => {
    const undone: string[] = [];
    let broken = true;
    const own = (harness = await startHarness({
      'cutover/smoke': () => Promise.reject(new SlipwayError('cutover/smoke-failed', 'no rows')),
      'cutover/undo': ({ item }) => {
        if (item === 'proof' && broken) {
          broken = false;
          throw new SlipwayError('cutover/rollback-unproven', 'source hr does not serve');
        }
        undone.push(item);
        return Promise.resolve({ output: {} });
      },
    }));
    const handle = await own.start();
    await own.approveAll(async () => (await own.step('cutover/smoke')).status === 'parked');
    const { view, steps } = await own.detail();
    const situation = { ...view, people: own.manifest.people, steps };
    expect(possibleForOnboarding(situation, LEAD)).toContain('rollBack');

    await handle.executeUpdate(messages.rollBackUpdate, { args: [said] });
    // Nobody is told that the legacy side serves before it is proven.
    await until('the proof is parked', async () =>
      (await own.detail()).steps.find(
        ({ key, status }) => key === 'cutover/undo/proof' && status === 'parked',
      ),
    );
    expect((await own.detail()).view.status).toBe('rolling-back');
    expect(
      await refusalOf(
        handle.executeUpdate(messages.rewindUpdate, { args: [{ ...said, to: 'cutover/plan' }] }),
      ),
    ).toBe('command/not-now');
    await handle.executeUpdate(messages.retryStepUpdate, {
      args: [{ ...said, step: 'cutover/undo/proof' }],
    });
    await own.reaches('cutover/undo/proof', 'succeeded');
    await own.approveAll(async () => (await own.detail()).view.status === 'rolled-back');
    expect(undone).toEqual(['cutover/switch', 'cutover/freeze/hr', 'proof']);
    expect((await own.step('cutover/rehearse/dress/rollback')).status).toBe('succeeded');
    expect((await own.step('cutover/readiness')).status).toBe('pending');
  });
});
