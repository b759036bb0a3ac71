import { setTimeout as delay } from 'node:timers/promises';
import type { SlipwayEvent } from '../domain/events.ts';
import { inTransaction } from './database.ts';
import type { Database } from './database.ts';
import type { Append, EvidenceDocument } from './event-rows.ts';
import { writeAppends } from './write-appends.ts';

interface Waiting {
  readonly append: Append;
  readonly resolve: (stored: SlipwayEvent[]) => void;
  readonly reject: (error: unknown) => void;
}

/** The most appends in one transaction: enough to share a commit, few enough to hold locks only briefly. */
const BATCH = 100;

/**
 * When writes follow each other closely, appends are gathered for so long, in milliseconds: under load a commit then
 * serves several steps. A single onboarding waits for nothing.
 */
const GATHER = 15;

/**
 * Writes events: log, hash chain, read model and evidence in one transaction, followed by a NOTIFY on the channel
 * `slipway_event` with `<position> <onboarding>` as its payload. Appends that arrive while a transaction is
 * under way share the next one, so that many short steps cost few commits.
 */
export class EventLog {
  readonly #database: Database;
  #queue: Waiting[] = [];
  #writing = false;
  #lastWritten = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Appends events of one onboarding. Idempotent: an event whose version and part are there already is left out. The
   * first event of a new onboarding must be `onboarding.started` or arrive after it.
   * @returns the events as the log has them: what was written first stands
   * @throws SlipwayError `service/unreachable` when the database is away
   */
  append(
    onboarding: string,
    events: readonly SlipwayEvent[],
    evidence: readonly EvidenceDocument[] = [],
  ): Promise<SlipwayEvent[]> {
    if (events.length === 0 && evidence.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#queue.push({ append: { onboarding, events, evidence }, resolve, reject });
      if (!this.#writing) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    while (this.#queue.length > 0) {
      if (performance.now() - this.#lastWritten < GATHER) await delay(GATHER);
      const batch = this.#queue.slice(0, BATCH);
      this.#queue = this.#queue.slice(BATCH);
      await this.#write(batch);
      this.#lastWritten = performance.now();
    }
    this.#writing = false;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      const stored = await inTransaction(this.#database, (client) =>
        writeAppends(
          client,
          batch.map((each) => each.append),
        ),
      );
      for (const [index, each] of batch.entries()) each.resolve(stored[index] ?? []);
    } catch (error) {
      if (batch.length === 1) {
        batch[0]?.reject(error);
        return;
      }
      // One bad append must not fail its neighbours.
      for (const each of batch) await this.#write([each]);
    }
  }
}
