import { afterEach, describe, expect, it } from 'vitest';
import { SlipwayError } from '../../domain/errors.ts';
import { planOf } from '../../domain/plan.ts';
import * as messages from '../../workflows/messages.ts';
import { until } from '../support/until.ts';
import { actor, LEAD, startHarness } from './harness.ts';
import type { Harness } from './harness.ts';
import { refusalOf } from './refusal-of.ts';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const reason = 'because the test says so';
const sro = actor('sro', 'sro');

describe('a step that fails for good', () => {
  it('parks with root cause, code and attempts, and goes on when it is retried', async () => {
    let broken = true;
    const own = (harness = await startHarness({
      'discovery/intake': () => {
        if (broken) throw new SlipwayError('intake/malformed', 'posts.csv, line 214: not UTF-8');
        return Promise.resolve({ output: { rows: 10 } });
      },
    }));
    const handle = await own.start();
    const parked = await own.reaches('discovery/intake/papers', 'parked');
    expect(parked.failure).toEqual({
      code: 'intake/malformed',
      message: 'posts.csv, line 214: not UTF-8',
    });
    expect(parked.attempts).toHaveLength(1);
    expect(parked.escalatesAt).toBeDefined();
    // The other source did not wait for it.
    expect((await own.step('discovery/connect/hr')).status).toBe('succeeded');

    broken = false;
    await handle.executeUpdate(messages.retryStepUpdate, {
      args: [{ actor: LEAD, reason, step: 'discovery/intake/papers' }],
    });
    const done = await own.reaches('discovery/intake/papers', 'succeeded');
    expect(done.attempts).toHaveLength(2);
    expect(done.output).toEqual({ rows: 10 });
  });

  it('takes corrected input, keeps it, and shows who gave it', async () => {
    const own = (harness = await startHarness({
      'discovery/intake': ({ run }) => {
        if (run.input['files'] === undefined)
          throw new SlipwayError('intake/malformed', 'not UTF-8');
        return Promise.resolve({ output: { input: run.input } });
      },
    }));
    const handle = await own.start();
    await own.reaches('discovery/intake/papers', 'parked');
    const input = { files: { posts: { encoding: 'windows-1252' } } };
    await handle.executeUpdate(messages.retryStepUpdate, {
      args: [{ actor: LEAD, reason, step: 'discovery/intake/papers', input }],
    });
    const done = await own.reaches('discovery/intake/papers', 'succeeded');
    expect(done.output).toEqual({ input });
    expect(done.input).toEqual(input);
    expect(done.by).toBe('lead');
  });

  it('parks again when the corrected input does not fit the step', async () => {
    const own = (harness = await startHarness({
      'discovery/intake': () => {
        throw new SlipwayError('intake/malformed', 'not UTF-8');
      },
    }));
    const handle = await own.start();
    await own.reaches('discovery/intake/papers', 'parked');
    await handle.executeUpdate(messages.retryStepUpdate, {
      args: [{ actor: LEAD, reason, step: 'discovery/intake/papers', input: { colour: 'blue' } }],
    });
    const parked = await own.reaches('discovery/intake/papers', 'parked');
    expect(parked.failure?.code).toBe('step/input-invalid');
  });

  it('parks after three attempts when nobody knows the failure, and says which attempt said what', async () => {
    let attempts = 0;
    const own = (harness = await startHarness({
      'discovery/connect': () => {
        attempts += 1;
        throw new Error(`strange thing ${attempts}`);
      },
    }));
    await own.start();
    const parked = await own.reaches('discovery/connect/hr', 'parked');
    expect(attempts).toBe(3);
    expect(parked.attempts.map((attempt) => attempt.failure?.message)).toEqual([
      'strange thing 1',
      'strange thing 2',
      'strange thing 3',
    ]);
    expect(parked.failure?.code).toBe('internal/unexpected');
  });

  it('is tried again by itself while an outage lasts, and never parks for it', async () => {
    let attempts = 0;
    const own = (harness = await startHarness({
      'discovery/connect': () => {
        attempts += 1;
        if (attempts < 4) throw new SlipwayError('source/unreachable', 'connection refused');
        return Promise.resolve({ output: { readOnly: true } });
      },
    }));
    await own.start();
    const done = await own.reaches('discovery/connect/hr', 'succeeded');
    expect(done.attempts).toHaveLength(4);
  });

  it('escalates when nobody comes, and still waits', async () => {
    const own = (harness = await startHarness({
      'discovery/assess': () => {
        throw new SlipwayError('data/chunk-failed', 'no');
      },
    }));
    const handle = await own.start({ plan: { ...planOf(own.manifest), escalateAfterMs: 200 } });
    await own.reaches('discovery/assess', 'parked');
    await until('it has escalated', async () =>
      (await own.step('discovery/assess')).escalated ? true : undefined,
    );
    own.bodies['discovery/assess'] = () => Promise.resolve({ output: {} });
    await handle.executeUpdate(messages.retryStepUpdate, {
      args: [{ actor: LEAD, reason, step: 'discovery/assess' }],
    });
    await own.reaches('discovery/assess', 'succeeded');
  });
});

describe('going on without a step', () => {
  it('skips an optional step with a reason, and no mandatory one', async () => {
    const fail = () => {
      throw new SlipwayError('source/not-found', 'no such table');
    };
    const own = (harness = await startHarness({
      'discovery/keys': fail,
      'discovery/assess': fail,
    }));
    const handle = await own.start();
    await own.reaches('discovery/keys/hr', 'parked');
    await own.reaches('discovery/keys/papers', 'parked');
    const skip = (step: string, why = reason) =>
      handle.executeUpdate(messages.skipStepUpdate, { args: [{ actor: LEAD, reason: why, step }] });
    expect(await refusalOf(skip('discovery/keys/hr', ' '))).toBe('command/reason-required');
    await skip('discovery/keys/hr');
    await skip('discovery/keys/papers');
    await own.reaches('discovery/assess', 'parked');
    expect((await own.step('discovery/keys/hr')).status).toBe('skipped');
    expect(await refusalOf(skip('discovery/assess'))).toBe('command/step-mandatory');
    expect(await refusalOf(skip('discovery/nothing'))).toBe('command/unknown-step');
  });

  it('waives a mandatory step only by a senior person who is named, with impact and expiry', async () => {
    const own = (harness = await startHarness({
      'discovery/assess': () => {
        throw new SlipwayError('source/not-found', 'no such table');
      },
    }));
    const handle = await own.start();
    await own.reaches('discovery/assess', 'parked');
    const waive = (change: object) =>
      handle.executeUpdate(messages.waiveStepUpdate, {
        args: [
          {
            actor: sro,
            reason,
            step: 'discovery/assess',
            impact: 'quality is not known before the load',
            expires: '2999-01-01',
            ...change,
          },
        ],
      });
    expect(await refusalOf(waive({ actor: LEAD }))).toBe('access/not-permitted');
    expect(await refusalOf(waive({ actor: actor('somebody', 'sro') }))).toBe(
      'access/not-permitted',
    );
    expect(await refusalOf(waive({ impact: '' }))).toBe('command/reason-required');
    expect(await refusalOf(waive({ expires: '2001-01-01' }))).toBe('request/invalid');
    await waive({});
    await own.reaches('discovery/gate', 'waiting');
    expect((await own.step('discovery/assess')).status).toBe('waived');
  });
});
