import { setTimeout as delay } from 'node:timers/promises';
import { SlipwayError } from '../../../domain/errors.ts';
import type { SlipwayEvent } from '../../../domain/events.ts';
import type { ApiClient } from '../api-client.ts';
import type { OnboardingRef } from '../onboarding-ref.ts';
import type { RunningStep } from './watch-view.ts';

/** How long the API may be away before watching ends. Milliseconds. */
const PATIENCE = 60_000;
const LOOK_AGAIN = 1_000;

/** What comes over the stream. */
export type Happening =
  | { readonly kind: 'event'; readonly position: number; readonly event: SlipwayEvent }
  | { readonly kind: 'progress'; readonly steps: readonly RunningStep[] }
  /** The connection is there again after it was lost. */
  | { readonly kind: 'back' };

/**
 * Everything that happens to an onboarding after a position. A lost connection is made again, and goes on where it was.
 * @throws SlipwayError `service/unreachable` when the API is away for a minute
 */
export async function* follow(
  api: ApiClient,
  ref: OnboardingRef,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<Happening> {
  let position = after;
  let lastSeen = Date.now();
  while (!signal.aborted) {
    try {
      for await (const { event, id, data } of api.stream(
        `${ref.path}/events?after=${position}`,
        signal,
      )) {
        lastSeen = Date.now();
        if (id !== undefined) position = Number(id);
        const content = JSON.parse(data) as never;
        if (event === 'event') yield { kind: 'event', position, event: content['event'] };
        if (event === 'progress') yield { kind: 'progress', steps: content['steps'] };
      }
    } catch (error) {
      const away = error instanceof SlipwayError && error.entry.retryable;
      if (!away || Date.now() - lastSeen > PATIENCE) throw error;
    }
    if (signal.aborted) return;
    await delay(LOOK_AGAIN);
    yield { kind: 'back' };
  }
}
