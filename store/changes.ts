import { EventEmitter } from 'node:events';
import pg from 'pg';

/** What a change is about: new events of an onboarding, or progress inside one of its steps. */
export type Change =
  | { readonly kind: 'event'; readonly onboarding: string; readonly position: number }
  | { readonly kind: 'progress'; readonly onboarding: string }
  /** The connection was lost and is back: anything may have changed in between. */
  | { readonly kind: 'reconnected' };

/** How long to wait before connecting again, in milliseconds. */
const RECONNECT_AFTER = 500;

/**
 * Listens for changes on one connection for the whole process. Emits `change`. When the connection breaks it
 * connects again by itself and emits `reconnected`, upon which listeners read what they may have missed.
 */
export class ChangeFeed extends EventEmitter<{ change: [Change] }> {
  readonly #url: string;
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(url: string) {
    super();
    this.#url = url;
    // One listener per open viewer.
    this.setMaxListeners(0);
  }

  /** Starts listening. @throws when the first connection cannot be made */
  async open(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'slipway-changes',
      keepAlive: true,
    });
    client.on('notification', (message) => this.#announce(message));
    client.on('error', () => this.#reconnect());
    client.on('end', () => this.#reconnect());
    await client.connect();
    await client.query('listen slipway_event; listen slipway_progress');
    this.#client = client;
  }

  /** Stops listening. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#client?.end();
  }

  #announce(message: pg.Notification): void {
    const payload = message.payload ?? '';
    if (message.channel === 'slipway_progress') {
      this.emit('change', { kind: 'progress', onboarding: payload });
      return;
    }
    const space = payload.indexOf(' ');
    this.emit('change', {
      kind: 'event',
      onboarding: payload.slice(space + 1),
      position: Number(payload.slice(0, space)),
    });
  }

  #reconnect(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#client = undefined;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.open().then(
        () => this.emit('change', { kind: 'reconnected' }),
        () => this.#reconnect(),
      );
    }, RECONNECT_AFTER);
  }
}
