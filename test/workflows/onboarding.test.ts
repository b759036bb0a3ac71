import { afterEach, describe, expect, it } from 'vitest';
import { startHarness } from './harness.ts';
import type { Harness } from './harness.ts';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

describe('an onboarding', () => {
  it('goes through all five stages when every step ends well and every gate is approved', async () => {
    const own = (harness = await startHarness());
    const handle = await own.start();
    await own.approveAll(async () => (await own.detail()).view.status === 'closed');
    await handle.result();
    const { steps, view } = await own.detail();
    const undone = steps.filter(
      (step) => step.status !== 'succeeded' && step.status !== 'not-needed',
    );
    expect(undone).toEqual([]);
    expect(view.endedAt).toBeDefined();
    // Two clean periods in a row are enough: the third is not needed.
    expect(steps.find((step) => step.key === 'parallel-run/compare/2027-03')?.status).toBe(
      'not-needed',
    );
  });
});
