import { setTimeout as delay } from 'node:timers/promises';
import type { ChangeFeed, Change } from '../store/changes.ts';
import type { Database } from '../store/database.ts';
import type { Identity } from '../store/identities.ts';
import { findStepProgress, listEvents } from '../store/read-model.ts';
import { mayRead } from './access.ts';
import type { BoardFeed } from './board-feed.ts';
import { progressOf } from './step-item.ts';
import type { SummaryView } from './views.ts';

/** Live streams as server-sent events: texts to be sent one after the other. */

/** Proxies and browsers give silent connections up; so something is sent at least so often. Milliseconds. */
const HEARTBEAT = 15_000;
/** How long to leave a database that is away alone. Milliseconds. */
const LOOK_AGAIN = 1_000;
/** Events in one read. */
const BATCH = 200;
/** What clients that lose the connection wait before they connect again. Milliseconds. */
const RETRY = 2_000;

const HELLO = `retry: ${RETRY}\n\n`;
const STILL_HERE = ': still here\n\n';

/** One server-sent event. */
function message(event: string, data: unknown, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Something to wait for that may have happened already. */
class Bell {
  #rung = false;
  #resolve: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#resolve?.();
  }

  /** @returns whether it was rung; false when the time was up first */
  async wait(milliseconds: number): Promise<boolean> {
    if (!this.#rung) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
        timer = setTimeout(resolve, milliseconds);
      });
      clearTimeout(timer);
      this.#resolve = undefined;
    }
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }
}

/** Who watches, and until when. */
export interface Watcher {
  /** Aborted when the connection is gone. */
  readonly signal: AbortSignal;
  /** The watcher as of now; undefined when the token was revoked or has expired. Asked with every heartbeat. */
  readonly identity: () => Promise<Identity | undefined>;
  /** Milliseconds between two heartbeats of a silent stream. */
  readonly heartbeat?: number;
}

/**
 * The events of one onboarding after a position, as they are written: `event` with the position as its id, and `progress`
 * with how far the running steps are.
 */
export async function* liveOnboarding(
  { database, changes }: { readonly database: Database; readonly changes: ChangeFeed },
  onboarding: string,
  after: number,
  watcher: Watcher,
): AsyncGenerator<string> {
  const [, programme = '', department = ''] = onboarding.split('/');
  const bell = new Bell();
  let moved = true;
  const note = (change: Change): void => {
    if (change.kind !== 'reconnected' && change.onboarding !== onboarding) return;
    if (change.kind !== 'event') moved = true;
    bell.ring();
  };
  const end = (): void => bell.ring();
  changes.on('change', note);
  watcher.signal.addEventListener('abort', end);
  try {
    yield HELLO;
    let position = after;
    bell.ring();
    while (!watcher.signal.aborted) {
      if (!(await bell.wait(watcher.heartbeat ?? HEARTBEAT))) {
        const identity = await watcher.identity().catch(() => undefined);
        if (identity === undefined || !mayRead(identity, { programme, department })) return;
        yield STILL_HERE;
        continue;
      }
      try {
        for (;;) {
          const events = await listEvents(database, onboarding, position, BATCH);
          for (const { position: place, hash, event } of events) {
            yield message('event', { position: place, hash, event }, place);
            position = place;
          }
          if (events.length < BATCH) break;
        }
        if (moved) {
          moved = false;
          const steps = await findStepProgress(database, onboarding);
          if (steps.length > 0) {
            const list = steps.map((step) => ({ key: step.key, ...progressOf(step, true) }));
            yield message('progress', { steps: list });
          }
        }
      } catch {
        // The database is away. Nothing is lost: what was not sent is read again.
        await delay(LOOK_AGAIN);
        bell.ring();
      }
    }
  } finally {
    changes.off('change', note);
    watcher.signal.removeEventListener('abort', end);
  }
}

/**
 * The programme board as it changes: `board` with all lines at the beginning and whenever something may have been missed,
 * `lines` with those that changed.
 */
export async function* liveBoard(
  feed: BoardFeed,
  readBoard: (identity: Identity) => Promise<readonly SummaryView[]>,
  watcher: Watcher,
): AsyncGenerator<string> {
  const bell = new Bell();
  let whole = true;
  const changed = new Map<string, SummaryView>();
  const note = (lines: readonly SummaryView[]): void => {
    for (const line of lines) changed.set(line.id, line);
    bell.ring();
  };
  const missed = (): void => {
    whole = true;
    bell.ring();
  };
  const end = (): void => bell.ring();
  feed.on('lines', note);
  feed.on('missed', missed);
  watcher.signal.addEventListener('abort', end);
  try {
    yield HELLO;
    let identity = await watcher.identity();
    bell.ring();
    while (!watcher.signal.aborted && identity !== undefined) {
      if (!(await bell.wait(watcher.heartbeat ?? HEARTBEAT))) {
        identity = await watcher.identity().catch(() => undefined);
        yield STILL_HERE;
        continue;
      }
      const viewer = identity;
      const lines = [...changed.values()].filter((line) => mayRead(viewer, line));
      changed.clear();
      if (whole) {
        try {
          yield message('board', { onboardings: await readBoard(viewer) });
          whole = false;
        } catch {
          await delay(LOOK_AGAIN);
          bell.ring();
        }
      } else if (lines.length > 0) {
        yield message('lines', { onboardings: lines });
      }
    }
  } finally {
    feed.off('lines', note);
    feed.off('missed', missed);
    watcher.signal.removeEventListener('abort', end);
  }
}
