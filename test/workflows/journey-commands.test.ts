import { afterEach, describe, expect, it } from 'vitest';
import { SlipwayError } from '../../domain/errors.ts';
import { planOf } from '../../domain/plan.ts';
import { registerManifest } from '../../store/manifests.ts';
import { listEvents } from '../../store/read-model.ts';
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

const reason = 'because the test says so';
const said = { actor: LEAD, reason };

/** Approves until a step has the status. */
function approveUntil(own: Harness, key: string, status: string): Promise<void> {
  return own.approveAll(async () => (await own.step(key)).status === status);
}

describe('starting', () => {
  it('is idempotent: the same manifest twice is one onboarding, another one is refused', async () => {
    const own = (harness = await startHarness());
    const first = await own.start();
    const second = await own.start();
    expect((await second.describe()).runId).toBe((await first.describe()).runId);
    expect(await refusalOf(own.start({ manifest: 'another' }))).toBe('manifest/conflict');
  });

  it('starts anew after an abort, and nothing that was done before counts', async () => {
    const own = (harness = await startHarness());
    const handle = await own.start();
    await own.reaches('discovery/gate', 'waiting');
    await handle.executeUpdate(messages.abortUpdate, { args: [said] });
    await handle.result();
    const aborted = await own.detail();
    expect(aborted.view.status).toBe('aborted');
    await own.start({ afterVersion: aborted.version });
    await own.reaches('discovery/gate', 'waiting');
    const { view, steps } = await own.detail();
    expect(view.status).toBe('running');
    expect(steps.find((step) => step.key === 'discovery/connect/hr')?.attempts).toHaveLength(1);
  });
});

describe('pausing', () => {
  it('starts no further step until it is resumed', async () => {
    let finish = (): void => undefined;
    const own = (harness = await startHarness({
      'discovery/baseline': () =>
        new Promise((resolve) => {
          finish = () => resolve({ output: {} });
        }),
    }));
    const handle = await own.start();
    await own.reaches('discovery/baseline', 'running');
    await handle.executeUpdate(messages.pauseUpdate, { args: [said] });
    expect((await own.detail()).view.status).toBe('paused');
    expect(await refusalOf(handle.executeUpdate(messages.pauseUpdate, { args: [said] }))).toBe(
      'command/not-now',
    );
    finish();
    await own.reaches('discovery/baseline', 'succeeded');
    expect((await own.step('discovery/gate')).status).toBe('pending');
    await handle.executeUpdate(messages.resumeUpdate, { args: [said] });
    await own.reaches('discovery/gate', 'waiting');
  });
});

describe('rewinding', () => {
  it('does everything from an earlier step of an earlier stage again, and asks for the approvals anew', async () => {
    const loads: number[] = [];
    const own = (harness = await startHarness({
      'migration/transfer': ({ run }) => {
        loads.push(run.load);
        return Promise.resolve({ output: {} });
      },
    }));
    const handle = await own.start();
    await approveUntil(own, 'migration/gate', 'waiting');
    await handle.executeUpdate(messages.rewindUpdate, {
      args: [{ ...said, to: 'mapping/simulate' }],
    });
    // What the command did is in the store when it returns.
    expect((await own.step('mapping/gate')).status).not.toBe('succeeded');
    await own.reaches('mapping/confirm', 'waiting');
    expect((await own.step('mapping/coverage')).attempts).toHaveLength(1);
    expect((await own.step('mapping/confirm')).decisions).toEqual([]);
    await approveUntil(own, 'migration/gate', 'waiting');
    // The second load is a new one: the first is superseded.
    expect(new Set(loads).size).toBe(2);
    expect(loads).toHaveLength(4);
  });

  it('cancels what runs, and refuses a step that has not been reached', async () => {
    let cancelled = false;
    const own = (harness = await startHarness({
      'mapping/simulate': ({ work }) =>
        new Promise((_, reject) => {
          work.signal.addEventListener('abort', () => {
            cancelled = true;
            reject(work.signal.reason as Error);
          });
        }),
    }));
    const handle = await own.start();
    await approveUntil(own, 'mapping/simulate', 'running');
    const rewind = (to: string) =>
      handle.executeUpdate(messages.rewindUpdate, { args: [{ ...said, to }] });
    expect(await refusalOf(rewind('migration/preflight'))).toBe('command/not-now');
    expect(await refusalOf(rewind('mapping/nothing'))).toBe('command/unknown-step');
    await rewind('mapping/check');
    expect(cancelled).toBe(true);
    await own.reaches('mapping/simulate', 'running');
    expect((await own.step('mapping/check')).attempts).toHaveLength(1);
  });
});

describe('continuing as new', () => {
  it('happens at the end of each stage and loses no command that arrives during it', async () => {
    const own = (harness = await startHarness());
    const handle = await own.start();
    const runs = new Set<string>();
    // At the end of each of the first four stages, pause and resume as fast as the server takes it.
    const pairs = 15;
    const storm = async () => {
      for (let pair = 0; pair < pairs; pair += 1) {
        await handle.executeUpdate(messages.pauseUpdate, { args: [said] });
        await handle.executeUpdate(messages.resumeUpdate, { args: [said] });
      }
    };
    const ends = ['discovery', 'mapping', 'migration', 'parallel-run'].map(
      (each) => `${each}/gate`,
    );
    for (const gate of ends) {
      await approveUntil(own, gate, 'waiting');
      runs.add((await handle.describe()).runId);
      await Promise.all([approveUntil(own, gate, 'succeeded'), storm()]);
    }
    runs.add((await handle.describe()).runId);
    expect(runs.size).toBe(ends.length + 1);
    const pauses = ends.length * pairs;
    const events = await listEvents(own.database, own.onboarding);
    expect(events.filter(({ event }) => event.type === 'onboarding.paused')).toHaveLength(pauses);
    expect(events.filter(({ event }) => event.type === 'onboarding.resumed')).toHaveLength(pauses);
  });
});

describe('amending', () => {
  it('takes the new plan and does again what stands on changed ground', async () => {
    const own = (harness = await startHarness());
    const handle = await own.start();
    await approveUntil(own, 'mapping/gate', 'waiting');
    const changed = { ...own.manifest, datasets: own.manifest.datasets.slice(0, 1) };
    const manifest = await registerManifest(own.database, changed, '', '/');
    await handle.executeUpdate(messages.amendUpdate, {
      args: [{ ...said, manifest, plan: planOf(changed), rewindTo: 'mapping/check' }],
    });
    const { view, steps } = await own.detail();
    expect(view.manifest).toBe(manifest);
    expect(steps.map((step) => step.key)).not.toContain('migration/transfer/posts');
    await own.reaches('mapping/confirm', 'waiting');
  });
});

describe('rescheduling', () => {
  it('moves a window that was refused, and asks for go or no-go anew when the window changes', async () => {
    const own = (harness = await startHarness({
      'cutover/window': ({ run }) => {
        if (run.input['from'] === undefined)
          throw new SlipwayError('cutover/outside-window', 'pay day');
        return Promise.resolve({ output: { ...run.input, legal: true } });
      },
    }));
    const handle = await own.start();
    const move = (from: string, to: string) =>
      handle.executeUpdate(messages.rescheduleUpdate, { args: [{ ...said, from, to }] });
    await approveUntil(own, 'cutover/window', 'parked');
    expect(await refusalOf(move('2027-05-02T00:00:00Z', '2027-05-01T00:00:00Z'))).toBe(
      'request/invalid',
    );
    await move('2027-05-01T00:00:00Z', '2027-05-02T00:00:00Z');
    await own.reaches('cutover/gate', 'waiting');
    expect((await own.step('cutover/window')).output).toMatchObject({
      from: '2027-05-01T00:00:00Z',
    });
    await move('2027-06-01T00:00:00Z', '2027-06-02T00:00:00Z');
    const window = await own.reaches('cutover/window', 'succeeded');
    expect(window.output).toMatchObject({ from: '2027-06-01T00:00:00Z' });
    await approveUntil(own, 'cutover/gate', 'succeeded');
    expect(await refusalOf(move('2027-07-01T00:00:00Z', '2027-07-02T00:00:00Z'))).toBe(
      'command/not-now',
    );
  });
});

describe('rolling back', () => {
  it('undoes the cutover in reverse order, waits, and can be started again', async () => {
    const undone: string[] = [];
    const own = (harness = await startHarness({
      'cutover/smoke': () => {
        throw new SlipwayError('cutover/smoke-failed', 'people cannot be paid');
      },
      'cutover/undo': ({ item }) => {
        undone.push(item);
        return Promise.resolve({ output: {} });
      },
    }));
    const handle = await own.start();
    await approveUntil(own, 'cutover/smoke', 'parked');
    // While the legacy side is frozen only a roll-back leads back.
    expect(
      await refusalOf(
        handle.executeUpdate(messages.rewindUpdate, {
          args: [{ ...said, to: 'migration/preflight' }],
        }),
      ),
    ).toBe('command/not-now');
    await handle.executeUpdate(messages.rollBackUpdate, { args: [said] });
    await until('it is rolled back', async () =>
      (await own.detail()).view.status === 'rolled-back' ? true : undefined,
    );
    expect(undone).toEqual(['cutover/switch', 'cutover/freeze/hr', 'proof']);
    expect((await own.step('cutover/switch')).status).toBe('pending');
    own.bodies['cutover/smoke'] = () => Promise.resolve({ output: {} });
    await handle.executeUpdate(messages.rewindUpdate, {
      args: [{ ...said, to: 'cutover/readiness' }],
    });
    await own.approveAll(async () => (await own.detail()).view.status === 'closed');
    await handle.result();
  });

  it('is refused once the point of no return is passed', async () => {
    let finish = (): void => undefined;
    const own = (harness = await startHarness({
      'cutover/hypercare': () =>
        new Promise((resolve) => {
          finish = () => resolve({ output: {} });
        }),
    }));
    const handle = await own.start();
    await approveUntil(own, 'cutover/hypercare', 'running');
    expect(await refusalOf(handle.executeUpdate(messages.rollBackUpdate, { args: [said] }))).toBe(
      'cutover/past-no-return',
    );
    finish();
    await own.approveAll(async () => (await own.detail()).view.status === 'closed');
  });
});
