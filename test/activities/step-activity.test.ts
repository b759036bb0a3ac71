import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { stepActivity } from '../../activities/step-activity.ts';
import type { StepBody } from '../../activities/step-activity.ts';
import { SlipwayError } from '../../domain/errors.ts';
import type { StepOutcome, StepRun } from '../../domain/step-run.ts';
import { openDatabase } from '../../store/database.ts';
import { EventLog } from '../../store/event-log.ts';
import { registerManifest } from '../../store/manifests.ts';
import { migrate } from '../../store/migrate.ts';
import { freshDatabase } from '../support/database.ts';
import { sampleManifest } from '../workflows/sample-manifest.ts';

const runOf = (manifest: string): StepRun => ({
  onboarding: 'onboarding/p/d',
  manifest,
  step: 'discovery/assess',
  version: 2,
  load: 1,
  input: {},
  waivers: [],
  explanations: [],
  quorum: {},
  outbox: [
    {
      version: 1,
      part: 0,
      at: '2026-11-01T09:00:00.000Z',
      type: 'onboarding.started',
      by: 'lead',
      programme: 'p',
      department: 'd',
      manifest,
      steps: ['discovery/assess'],
    },
  ],
});

const fails: StepBody = () => Promise.reject(new SlipwayError('service/unreachable', 'away'));
const finds =
  (answer: number): StepBody =>
  () =>
    Promise.resolve({ output: { answer } });

/** Runs the same attempt as often as there are bodies: a worker that is lost takes the number of its attempt with it. */
async function sameAttempt(...bodies: StepBody[]): Promise<(StepOutcome | ApplicationFailure)[]> {
  const url = await freshDatabase('step_activity');
  const folder = fileURLToPath(new URL('../../store/migrations', import.meta.url));
  await migrate({ url, folder, name: 'store' });
  const database = openDatabase(url);
  const run = runOf(await registerManifest(database, sampleManifest(), '', '/'));
  const dependencies = {
    database,
    log: new EventLog(database),
    manifest: () => Promise.resolve({ manifest: sampleManifest(), baseFolder: '/' }),
    urls: () => Promise.reject(new Error('no data is needed')),
    secret: () => Promise.reject(new Error('no secret is needed')),
  };
  const ends: (StepOutcome | ApplicationFailure)[] = [];
  for (const body of bodies) {
    const activity = stepActivity(dependencies, () => Promise.resolve(new Map()), body);
    const environment = new MockActivityEnvironment({ attempt: 1, isLocal: true });
    ends.push(
      await environment
        .run<[StepRun], StepOutcome, typeof activity>(activity, run)
        .catch((error: unknown) => error as ApplicationFailure),
    );
  }
  await database.end();
  return ends;
}

it('an attempt that ended well stands, whatever its repetition comes to', async () => {
  const [first, second, third] = await sameAttempt(finds(1), finds(2), fails);
  expect(first).toMatchObject({ type: 'step.succeeded', output: { answer: 1 } });
  expect(second).toEqual(first);
  expect(third).toEqual(first);
});

it('an attempt that failed has failed, also when its repetition would have ended well', async () => {
  const [first, second] = await sameAttempt(fails, finds(1));
  expect(first).toBeInstanceOf(ApplicationFailure);
  expect(second).toBeInstanceOf(ApplicationFailure);
  expect(second).toMatchObject({ type: 'service/unreachable', nonRetryable: false });
});
