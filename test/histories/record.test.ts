import { afterEach, describe, expect, it } from 'vitest';
import { SlipwayError } from '../../domain/errors.ts';
import * as messages from '../../workflows/messages.ts';
import { until } from '../support/until.ts';
import { LEAD, startHarness } from '../workflows/harness.ts';
import type { Harness } from '../workflows/harness.ts';
import { record } from './record.ts';

/**
 * Records the histories that `replay.test.ts` replays. Runs only on request, because a released shape is recorded once
 * and then kept: `SLIPWAY_RECORD_HISTORIES=1 npx vitest run test/histories/record.test.ts`.
 */
const wanted = process.env['SLIPWAY_RECORD_HISTORIES'] === '1';
const said = { actor: LEAD, reason: 'recording' };

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const reschedule = (handle: Awaited<ReturnType<Harness['start']>>) =>
  handle.executeUpdate(messages.rescheduleUpdate, {
    args: [{ ...said, from: '2027-05-08T18:00:00Z', to: '2027-05-09T18:00:00Z' }],
  });

const closed = async (own: Harness): Promise<boolean> =>
  (await own.detail()).view.status === 'closed';

/** Visibility lags behind a little. */
async function recordAll(own: Harness, name: string, runs: number): Promise<void> {
  await until('all runs are visible', async () => {
    let count = 0;
    for await (const _ of own.client.workflow.list({ query: `WorkflowId = "${own.onboarding}"` }))
      count += 1;
    return count >= runs ? true : undefined;
  });
  await record(own.client, own.onboarding, name);
}

describe.runIf(wanted)('recording', () => {
  it('a journey through all stages, with its continue-as-new', async () => {
    const own = (harness = await startHarness());
    const handle = await own.start();
    await own.approveAll(() => closed(own));
    await handle.result();
    await recordAll(own, 'journey', 5);
  });

  it('park, retry, corrected input, skip, pause, rewind', async () => {
    let fail = true;
    const own = (harness = await startHarness({
      'discovery/intake': ({ run }) => {
        if (run.input['files'] === undefined)
          throw new SlipwayError('intake/malformed', 'not UTF-8');
        return Promise.resolve({ output: {} });
      },
      'discovery/keys': () => {
        if (fail) throw new SlipwayError('source/not-found', 'no such table');
        return Promise.resolve({ output: {} });
      },
    }));
    const handle = await own.start();
    const step = 'discovery/intake/papers';
    await own.reaches(step, 'parked');
    await handle.executeUpdate(messages.retryStepUpdate, { args: [{ ...said, step }] });
    await until('it parked again', async () =>
      (await own.step(step)).attempts.length === 2 ? true : undefined,
    );
    await own.reaches(step, 'parked');
    await handle.executeUpdate(messages.pauseUpdate, { args: [said] });
    await handle.executeUpdate(messages.retryStepUpdate, {
      args: [{ ...said, step, input: { files: {} } }],
    });
    await handle.executeUpdate(messages.resumeUpdate, { args: [said] });
    await own.reaches('discovery/keys/papers', 'parked');
    await own.reaches('discovery/keys/hr', 'parked');
    await handle.executeUpdate(messages.skipStepUpdate, {
      args: [{ ...said, step: 'discovery/keys/papers' }],
    });
    fail = false;
    await handle.executeUpdate(messages.retryStepUpdate, {
      args: [{ ...said, step: 'discovery/keys/hr' }],
    });
    await own.approveAll(async () => (await own.step('mapping/confirm')).status === 'waiting');
    // Long before the window: it is recorded, and nothing is done again.
    await reschedule(handle);
    await handle.executeUpdate(messages.rewindUpdate, {
      args: [{ ...said, to: 'discovery/assess' }],
    });
    await own.approveAll(() => closed(own));
    await handle.result();
    await recordAll(own, 'park-retry-rewind', 5);
  });

  it('a cutover that is rolled back, tried again and aborted', async () => {
    const own = (harness = await startHarness({
      'cutover/smoke': () => {
        throw new SlipwayError('cutover/smoke-failed', 'people cannot be paid');
      },
    }));
    const handle = await own.start();
    await own.approveAll(async () => (await own.step('cutover/smoke')).status === 'parked');
    await handle.executeUpdate(messages.rollBackUpdate, { args: [said] });
    await until('it is rolled back', async () =>
      (await own.detail()).view.status === 'rolled-back' ? true : undefined,
    );
    await handle.executeUpdate(messages.rewindUpdate, {
      args: [{ ...said, to: 'cutover/readiness' }],
    });
    await own.reaches('cutover/gate', 'waiting');
    // After the plan was made: plan, statement and go/no-go are made anew.
    await reschedule(handle);
    await own.reaches('cutover/gate', 'waiting');
    await handle.executeUpdate(messages.abortUpdate, { args: [said] });
    await handle.result();
    expect((await own.detail()).view.status).toBe('aborted');
    await recordAll(own, 'roll-back-abort', 5);
  });
});

it.skipIf(wanted)('is asked for by SLIPWAY_RECORD_HISTORIES=1', () => {
  expect(wanted).toBe(false);
});
