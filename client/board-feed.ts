import { EventEmitter } from 'node:events';
import type { Change, ChangeFeed } from '../store/changes.ts';
import type { Database } from '../store/database.ts';
import { listOnboardings } from '../store/read-model.ts';
import { summaryView } from './reads.ts';
import type { SummaryView } from './views.ts';

/** Changes of one onboarding within this time become one. Milliseconds. */
const GATHER = 200;

/**
 * Says what has changed on the programme board: the new line of every onboarding that something happened to. The lines are
 * read once for all who watch. Emits `lines`, and `missed` when anything may have happened unseen.
 */
export class BoardFeed extends EventEmitter<{ lines: [readonly SummaryView[]]; missed: [] }> {
  readonly #database: Database;
  readonly #changes: ChangeFeed;
  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(database: Database, changes: ChangeFeed) {
    super();
    this.#database = database;
    this.#changes = changes;
    this.setMaxListeners(0);
    changes.on('change', this.#note);
  }

  close(): void {
    this.#changes.off('change', this.#note);
    clearTimeout(this.#timer);
  }

  readonly #note = (change: Change): void => {
    if (change.kind === 'reconnected') this.emit('missed');
    if (change.kind !== 'event' || this.listenerCount('lines') === 0) return;
    this.#changed.add(change.onboarding);
    this.#timer ??= setTimeout(() => void this.#tell(), GATHER);
  };

  async #tell(): Promise<void> {
    const ids = [...this.#changed];
    this.#changed.clear();
    this.#timer = undefined;
    try {
      this.emit('lines', (await listOnboardings(this.#database, { ids })).map(summaryView));
    } catch {
      this.emit('missed');
    }
  }
}
