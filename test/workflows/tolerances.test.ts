import { afterEach, expect, test } from 'vitest';
import { askForTolerances, countingTolerances } from '../../activities/parallel-run-tolerances.ts';
import type { StepBody } from '../../activities/step-activity.ts';
import { SlipwayError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import * as messages from '../../workflows/messages.ts';
import { actor, startHarness } from './harness.ts';
import type { Harness } from './harness.ts';
import { refusalOf } from './refusal-of.ts';
import { sampleManifest } from './sample-manifest.ts';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const STEP = 'parallel-run/tolerances';
const COMPARE = 'parallel-run/compare/2027-01';
const manifest = sampleManifest({ policy: { tolerances: { elements: { NET: 1, EXTRA: 4 } } } });

async function run(ask: StepBody) {
  const own = (harness = await startHarness(
    {
      [STEP]: ask,
      'parallel-run/compare': async (context) => ({
        output: (await countingTolerances(context)) as unknown as JsonObject,
      }),
    },
    manifest,
  ));
  const handle = await own.start();
  await own.approveAll(async () => (await own.step(STEP)).status === 'waiting');
  return { own, handle };
}

test('a tolerance of net pay counts once the senior owner has signed it, and nobody else can', async () => {
  const { own, handle } = await run(askForTolerances);
  const { evidence } = await own.step(STEP);
  const approve = (id: string, role: 'sro' | 'payroll-lead') =>
    handle.executeUpdate(messages.approveGateUpdate, {
      args: [
        {
          actor: actor(id, role),
          reason: 'a penny of rounding',
          step: STEP,
          role,
          evidence: evidence[0]?.hash ?? '',
        },
      ],
    });
  expect(await refusalOf(approve('payroll', 'payroll-lead'))).toBe('approval/role-not-wanted');
  expect(await refusalOf(approve('payroll', 'sro'))).toBe('access/not-permitted');
  await approve('sro', 'sro');
  await own.reaches(COMPARE, 'succeeded');
  expect((await own.step(COMPARE)).output).toEqual({
    defaultPence: 0,
    elements: { NET: 1, EXTRA: 4 },
  });
});

test('a waiver of the signature is no signature: the tolerance of net pay stays zero', async () => {
  let asked = 0;
  const { own, handle } = await run((context) => {
    asked += 1;
    // Asked once, then again because of a retry, which fails.
    if (asked === 1) return askForTolerances(context);
    throw new SlipwayError('data/chunk-failed', 'nobody can say');
  });
  await handle.executeUpdate(messages.retryStepUpdate, {
    args: [{ actor: actor('lead', 'programme-lead'), reason: 'once more', step: STEP }],
  });
  await own.reaches(STEP, 'parked');
  await handle.executeUpdate(messages.waiveStepUpdate, {
    args: [
      {
        actor: actor('sro', 'sro'),
        reason: 'nobody has the time',
        step: STEP,
        impact: 'pennies of net pay',
        expires: '2999-01-01',
      },
    ],
  });
  await own.reaches(COMPARE, 'succeeded');
  expect((await own.step(COMPARE)).output).toEqual({
    defaultPence: 0,
    elements: { NET: 0, EXTRA: 4 },
  });
});
