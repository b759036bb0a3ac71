import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SlipwayEvent } from '../../domain/events.ts';
import { applyEvent, NO_PROGRESS } from '../../domain/progress.ts';
import { viewStep } from '../../domain/step-view.ts';
import { viewOnboarding } from '../../domain/onboarding-view.ts';
import { openDatabase } from '../../store/database.ts';
import type { Database } from '../../store/database.ts';
import { EventLog } from '../../store/event-log.ts';
import { CHAIN_START, chainHash } from '../../store/hashing.ts';
import { registerManifest } from '../../store/manifests.ts';
import { migrate } from '../../store/migrate.ts';
import { findOnboarding, listEvents, listOnboardings } from '../../store/read-model.ts';
import { eventStream, at } from '../domain/event-stream.ts';
import { freshDatabase } from '../support/database.ts';
import { sampleManifest } from '../workflows/sample-manifest.ts';

let database: Database;
let log: EventLog;
let manifest: string;
beforeAll(async () => {
  const url = await freshDatabase('log');
  await migrate({ url, folder: 'store/migrations', name: 'store' });
  database = openDatabase(url);
  log = new EventLog(database);
  manifest = await registerManifest(database, sampleManifest(), 'slipway: 1', '/');
});
afterAll(() => database.end());

let count = 0;
function started(): { onboarding: string; event: SlipwayEvent } {
  count += 1;
  const onboarding = `onboarding/log/d${count}`;
  const steps = ['discovery/assess', 'discovery/gate', 'migration/transfer/people'];
  return {
    onboarding,
    event: {
      version: 0,
      part: 0,
      at,
      type: 'onboarding.started',
      by: 'ann',
      programme: 'log',
      department: `d${count}`,
      manifest,
      steps,
    },
  };
}

describe('the event log', () => {
  it('gives the read model of the reducer for any order of delivery, any repetition and any batching', async () => {
    const known = eventStream.map((events) =>
      events.map((event) => (event.type === 'onboarding.started' ? { ...event, manifest } : event)),
    );
    await fc.assert(
      fc.asyncProperty(
        known.chain((events) =>
          fc.tuple(
            fc.constant(events),
            fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
          ),
        ),
        async ([events, delivered]) => {
          const { onboarding, event } = started();
          await log.append(onboarding, [event]);
          await Promise.all(delivered.map((each) => log.append(onboarding, [each])));
          const expected = [event, ...events].reduce(
            (progress, each) => applyEvent(progress, each),
            NO_PROGRESS,
          );
          const detail = await findOnboarding(database, onboarding);
          expect(detail?.view).toEqual(viewOnboarding(expected.onboarding));
          const steps = (detail?.steps ?? []).filter(
            (step) => expected.steps[step.key] !== undefined,
          );
          expect(steps).toEqual(steps.map(({ key }) => viewStep(key, expected.steps[key] ?? [])));
          const logged = await listEvents(database, onboarding);
          expect(logged).toHaveLength(events.length + 1);
          let link = CHAIN_START;
          for (const { event: each, hash } of logged) {
            link = chainHash(link, each);
            expect(hash).toBe(link);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('writes many onboardings in few transactions, and one bad append fails alone', async () => {
    const good = Array.from({ length: 50 }, started);
    const before = await transactions();
    const results = await Promise.allSettled([
      ...good.map(({ onboarding, event }) => log.append(onboarding, [event])),
      log.append('onboarding/log/never-started', [
        { version: 1, part: 0, at, type: 'onboarding.closed' },
      ]),
    ]);
    expect(results.filter((result) => result.status === 'rejected')).toHaveLength(1);
    expect((await listOnboardings(database, { programme: 'log' })).length).toBeGreaterThanOrEqual(
      50,
    );
    // The bad one makes its batch go one by one; without it there would be two.
    expect((await transactions()) - before).toBeLessThan(60);
  });
});

async function transactions(): Promise<number> {
  const { rows } = await database.query<{ n: string }>('select max(txid_current()) as n');
  return Number(rows[0]?.n);
}
