import { afterEach, describe, expect, it } from 'vitest';
import { decideGate } from '../../../activities/gate.ts';
import {
  hasExpired,
  unwaivable,
  validWaivers,
  waiverProblem,
} from '../../../domain/controls/c03-waivers.ts';
import { timeToJudgeBy } from '../../../domain/present-time.ts';
import { WAIVERS_HOLD } from '../../../domain/gates/waivers.ts';
import { SlipwayError } from '../../../domain/errors.ts';
import { findEvidence } from '../../../store/read-model.ts';
import * as messages from '../../../workflows/messages.ts';
import { actor, LEAD, startHarness } from '../../workflows/harness.ts';
import type { Harness } from '../../workflows/harness.ts';
import { refusalOf } from '../../workflows/refusal-of.ts';
import { sampleManifest } from '../../workflows/sample-manifest.ts';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const reason = 'there is no time for a pilot';
const DAY = 86_400_000;

describe('C3 through the engine: a pilot that nobody wants to run', () => {
  it('is not skipped; a senior person waives it with impact and date, and the go/no-go record says so', async () => {
    const own = (harness = await startHarness({
      'mapping/simulate': () => {
        throw new SlipwayError('mapping/invalid', 'the pilot was cancelled');
      },
      'cutover/gate': decideGate,
    }));
    const handle = await own.start();
    const step = 'mapping/simulate';
    await own.approveAll(async () => (await own.step(step)).status === 'parked');
    const skip = handle.executeUpdate(messages.skipStepUpdate, {
      args: [{ actor: LEAD, reason, step }],
    });
    expect(await refusalOf(skip)).toBe('command/step-mandatory');
    const expires = new Date(Date.now() + 30 * DAY).toISOString().slice(0, 10);
    const waive = (by = actor('sro', 'sro'), said: object = {}) =>
      handle.executeUpdate(messages.waiveStepUpdate, {
        args: [{ actor: by, reason, step, impact: 'errors show in live pay', expires, ...said }],
      });
    expect(await refusalOf(waive(LEAD))).toBe('access/not-permitted');
    expect(await refusalOf(waive(actor('proxy', 'sro')))).toBe('access/not-permitted');
    expect(await refusalOf(waive(undefined, { impact: ' ' }))).toBe('command/reason-required');
    expect(await refusalOf(waive(undefined, { expires: '2020-01-01' }))).toBe('request/invalid');
    await waive();
    await own.approveAll(async () => (await own.step('cutover/gate')).status === 'waiting');
    const gate = await own.step('cutover/gate');
    const statement = await findEvidence(
      own.database,
      own.onboarding,
      gate.evidence[0]?.hash ?? '',
    );
    expect(statement?.content).toMatchObject({
      waivers: [
        { step, by: 'sro', reason, impact: 'errors show in live pay', expires, expired: false },
      ],
    });
  });

  it('does not let the person who started the onboarding waive', async () => {
    const own = (harness = await startHarness({
      'mapping/check': () => {
        throw new SlipwayError('mapping/invalid', 'no');
      },
    }));
    const handle = await own.start({ startedBy: 'sro' });
    await own.approveAll(async () => (await own.step('mapping/check')).status === 'parked');
    const waive = handle.executeUpdate(messages.waiveStepUpdate, {
      args: [
        {
          actor: actor('sro', 'sro'),
          reason,
          step: 'mapping/check',
          impact: 'some',
          expires: '2999-01-01',
        },
      ],
    });
    expect(await refusalOf(waive)).toBe('approval/four-eyes');
  });

  it('is red again once its waiver has expired: approval is refused, and so is the gate that measures anew', async () => {
    const own = (harness = await startHarness({ 'discovery/gate': decideGate }, sampleManifest()));
    const handle = await own.start();
    const step = 'discovery/gate';
    const shown = await own.reaches(step, 'waiting');
    const red = shown.output?.['red'] as string[];
    expect(red.length).toBeGreaterThan(1);
    const expires = new Date(Date.now() + 6000).toISOString();
    for (const criterion of red) {
      await handle.executeUpdate(messages.waiveStepUpdate, {
        args: [{ actor: actor('sro', 'sro'), reason, step, criterion, impact: 'some', expires }],
      });
      await own.reaches(step, 'waiting');
    }
    expect((await own.step(step)).output).toMatchObject({ red: [] });
    const approve = async () =>
      handle.executeUpdate(messages.approveGateUpdate, {
        args: [
          {
            actor: actor('owner', 'data-owner'),
            reason,
            step,
            role: 'data-owner',
            evidence: (await own.step(step)).evidence[0]?.hash ?? '',
          },
        ],
      });
    await expect.poll(() => Date.now() > Date.parse(expires), { timeout: 8000 }).toBe(true);
    expect(await refusalOf(approve())).toBe('approval/red-criteria');
    await handle.executeUpdate(messages.retryStepUpdate, {
      args: [{ actor: LEAD, reason, step }],
    });
    await expect
      .poll(async () => (await own.step(step)).output?.['red'], { timeout: 8000 })
      .toEqual(red);
  });
});

describe('C3: when a waiver holds', () => {
  const waiver = {
    criterion: 'headcount',
    by: 'sro',
    reason,
    impact: 'forty people are on loan',
    expires: '2027-03-01',
  };
  const before = Date.parse('2027-02-28T12:00:00Z');
  const after = Date.parse('2027-03-01T00:00:00Z');

  it('until its date, not longer', () => {
    expect(validWaivers([waiver], before)).toEqual([waiver]);
    expect(validWaivers([waiver], after)).toEqual([]);
    expect(hasExpired({ expires: 'soon' }, before)).toBe(true);
    expect(waiverProblem(waiver, before)).toBeUndefined();
  });

  it('is judged by the record when a clock was set back', () => {
    expect(hasExpired(waiver, timeToJudgeBy(before, '2027-03-02T08:00:00Z'))).toBe(true);
    expect(timeToJudgeBy(after, undefined)).toBe(after);
  });

  it('never for all red lines of readiness at once', () => {
    expect(unwaivable('nothing-red')).toMatchObject({ code: 'control/line-by-line' });
    expect(unwaivable('headcount')).toBeUndefined();
    expect(unwaivable(undefined)).toBeUndefined();
  });

  it('go is refused when a waiver that an earlier gate rests on has expired', () => {
    const facts = { manifest: sampleManifest(), outputs: new Map() };
    const recorded = { step: 'migration/gate', ...waiver };
    const measure = (expired: boolean) =>
      WAIVERS_HOLD.measure({ ...facts, waivers: [{ ...recorded, expired }] });
    expect(measure(true)).toMatchObject({
      met: false,
      value: ['migration/gate headcount: 2027-03-01'],
    });
    expect(measure(false)).toMatchObject({ met: true });
  });
});
