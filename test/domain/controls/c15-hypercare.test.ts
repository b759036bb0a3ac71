import { afterEach, describe, expect, it } from 'vitest';
import { judgeHypercare } from '../../../domain/controls/c15-hypercare.ts';
import type { LivePeriod } from '../../../domain/controls/c15-hypercare.ts';
import * as messages from '../../../workflows/messages.ts';
import { actor, startHarness } from '../../workflows/harness.ts';
import type { Harness } from '../../workflows/harness.ts';
import { refusalOf } from '../../workflows/refusal-of.ts';
import { sampleManifest } from '../../workflows/sample-manifest.ts';

const { policy } = sampleManifest();
const times = { liveFrom: '2027-04-10T00:00:00Z', now: '2027-08-10T00:00:00Z' };
const paid = (
  period: string,
  errors: number,
  openCases: number,
  quarterClosed = false,
): LivePeriod => ({
  period,
  payments: 1000,
  errors,
  openCases,
  monthClosed: true,
  quarterClosed,
});
const unmet = (periods: readonly LivePeriod[] | undefined, now = times.now): string[] =>
  judgeHypercare(periods, policy, { ...times, now }).flatMap(({ id, met }) => (met ? [] : [id]));
const GOOD = [paid('4', 4, 30), paid('5', 4, 20), paid('6', 0, 10, true)];

describe('C15: hypercare', () => {
  it('does not end at go-live, nor by a date alone: support was overwhelmed', () => {
    expect(unmet([])).toEqual([
      'first-payment',
      'month-end',
      'quarter-end',
      'error-rate',
      'backlog',
    ]);
    expect(unmet(GOOD, times.liveFrom)).toEqual(['watched']);
  });

  it('ends after three good periods, a month end and a quarter end; without pay, by its time', () => {
    expect(unmet(GOOD)).toEqual([]);
    expect(unmet(undefined)).toEqual([]);
  });

  it('does not end with 0.5 % of errors in one of the last periods, nor with clean, dirty, clean', () => {
    expect(unmet([...GOOD.slice(0, 2), paid('6', 5, 10, true)])).toEqual(['error-rate']);
    expect(unmet([GOOD[0] as LivePeriod, paid('5', 9, 20), paid('6', 0, 10, true)])).toEqual([
      'error-rate',
    ]);
    expect(unmet(GOOD.slice(1))).toEqual(['error-rate', 'backlog']);
  });

  it('does not end while the backlog grows or stands still', () => {
    expect(unmet([paid('4', 0, 30), paid('5', 0, 40), paid('6', 0, 10, true)])).toEqual([
      'backlog',
    ]);
    expect(unmet([paid('4', 0, 9), paid('5', 0, 9), paid('6', 0, 9, true)])).toEqual(['backlog']);
  });
});

describe('C15 cannot be got around', () => {
  let harness: Harness | undefined;
  afterEach(() => harness?.close());

  it('by approving the exit early, waiving hypercare, or retrying it: it looks again and goes on waiting', async () => {
    let looks = 0;
    let open: string[] = ['error-rate'];
    const own = (harness = await startHarness({
      'cutover/hypercare': () => {
        looks += 1;
        const until = new Date(Date.now() + 3_600_000).toISOString();
        return Promise.resolve({
          output: { open, failed: 0 },
          ...(open.length > 0 ? { until } : {}),
        });
      },
    }));
    const handle = await own.start();
    await own.approveAll(async () => (await own.step('cutover/hypercare')).status === 'waiting');
    const sro = { actor: actor('sro', 'sro'), reason: 'the minister waits' };
    expect(
      await refusalOf(
        handle.executeUpdate(messages.approveGateUpdate, {
          args: [{ ...sro, step: 'cutover/exit', role: 'sro', evidence: 'a'.repeat(64) }],
        }),
      ),
    ).toBe('command/not-now');
    expect(
      await refusalOf(
        handle.executeUpdate(messages.waiveStepUpdate, {
          args: [{ ...sro, step: 'cutover/hypercare', impact: 'none', expires: '2099-01-01' }],
        }),
      ),
    ).toBe('command/not-now');
    const retry = () =>
      handle.executeUpdate(messages.retryStepUpdate, {
        args: [
          { actor: actor('lead', 'programme-lead'), reason: 'again', step: 'cutover/hypercare' },
        ],
      });
    await retry();
    await own.reaches('cutover/hypercare', 'waiting');
    expect(looks).toBeGreaterThan(1);
    expect((await own.step('cutover/exit')).status).toBe('pending');
    open = [];
    await retry();
    const exit = await own.reaches('cutover/exit', 'waiting');
    expect(exit.quorum).toEqual({ sro: 1, 'payroll-lead': 1 });
  });
});
