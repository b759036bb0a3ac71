import { setTimeout as delay } from 'node:timers/promises';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StepBody } from '../../activities/step-activity.ts';
import { SlipwayError } from '../../domain/errors.ts';
import { STEP_CATALOGUE } from '../../domain/step-catalogue.ts';
import * as messages from '../../workflows/messages.ts';
import { LEAD, startHarness, workflowBundle } from '../workflows/harness.ts';
import type { Harness } from '../workflows/harness.ts';

/** Long enough for some twenty histories; a local activity in a handler fails half of them. */
const STORM_MS = 10_000;
const said = { actor: LEAD, reason: 'a storm' };

it('histories replay whenever commands arrived while steps ran, failed and were retried', async () => {
  const harnesses = await Promise.all([1, 2, 3].map(() => startHarness()));
  const random = randomNumbers(20_110_331);
  const failures = (await Promise.all(harnesses.map((each) => storm(each, random)))).flat();
  expect(failures.filter((each) => each !== undefined)).toEqual([]);
  expect(failures.length).toBeGreaterThan(harnesses.length);
});

/** Whole numbers below a limit, the same at every run. */
function randomNumbers(seed: number): (limit: number) => number {
  const numbers = fc.sample(fc.nat(), { seed, numRuns: 10_000 });
  let next = 0;
  return (limit) => (numbers[(next += 1) % numbers.length] ?? 0) % limit;
}

/** @returns per history that the storm made, why it does not replay, or undefined */
async function storm(
  harness: Harness,
  random: (limit: number) => number,
): Promise<(string | undefined)[]> {
  for (const { id } of STEP_CATALOGUE) {
    const calm = harness.bodies[id];
    const body: StepBody = async (context) => {
      await delay(random(40));
      if (random(20) === 0) throw new SlipwayError('data/chunk-failed', 'struck by lightning');
      return calm(context);
    };
    harness.bodies[id] = body;
  }
  const end = Date.now() + STORM_MS;
  const over = (): Promise<boolean> => Promise.resolve(Date.now() > end);
  await harness.start();
  await Promise.all([
    harness.approveAll(over).catch(refusedOnly),
    command(harness, random, over),
    command(harness, random, over),
  ]);
  const reasons = await replayAll(harness);
  await harness.close();
  return reasons;
}

/** Gives commands at odd moments until it is over. Most are refused: they come too late, or twice. */
async function command(
  harness: Harness,
  random: (limit: number) => number,
  over: () => Promise<boolean>,
): Promise<void> {
  const handle = harness.client.workflow.getHandle(harness.onboarding);
  while (!(await over())) {
    await delay(random(60));
    const { steps } = await harness.detail();
    const parked = steps.find((step) => step.status === 'parked');
    const given =
      parked === undefined
        ? handle
            .executeUpdate(messages.pauseUpdate, { args: [said] })
            .then(() => handle.executeUpdate(messages.resumeUpdate, { args: [said] }))
        : handle.executeUpdate(messages.retryStepUpdate, { args: [{ ...said, step: parked.key }] });
    await given.catch(refusedOnly);
  }
}

function refusedOnly(error: unknown): void {
  if (!(error instanceof Error) || !/Update|Workflow/.test(error.name)) throw error;
}

async function replayAll({ client, onboarding }: Harness): Promise<(string | undefined)[]> {
  const reasons: (string | undefined)[] = [];
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = "${onboarding}"` })) {
    const history = await client.workflow.getHandle(onboarding, runId).fetchHistory();
    // As a worker reads it: the message that the server gave is not what replay takes.
    const recorded = historyFromJSON(JSON.parse(historyToJSON(history)));
    const reason = await Worker.runReplayHistory(
      { workflowBundle: await workflowBundle() },
      recorded,
    ).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    reasons.push(reason);
  }
  return reasons;
}
