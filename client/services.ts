import type { Client } from '@temporalio/client';
import { ChangeFeed } from '../store/changes.ts';
import { openDatabase } from '../store/database.ts';
import type { Database } from '../store/database.ts';
import { AfterCutover } from './after-cutover.ts';
import { BoardFeed } from './board-feed.ts';
import { Commands } from './commands.ts';
import { EvidencePacks } from './evidence-packs.ts';
import { Programmes } from './programmes.ts';
import { Quarantine } from './quarantine.ts';
import { Reads } from './reads.ts';
import { findSigningKey } from './signing-key.ts';
import type { SigningKeySource } from './signing-key.ts';

/** What API and dashboard are made of. */
export interface Services {
  readonly database: Database;
  readonly commands: Commands;
  readonly reads: Reads;
  readonly quarantine: Quarantine;
  readonly packs: EvidencePacks;
  readonly programmes: Programmes;
  readonly afterCutover: AfterCutover;
  readonly changes: ChangeFeed;
  readonly board: BoardFeed;
  /** Ends the connections to the database. The client is the caller's. */
  close(): Promise<void>;
}

export interface ServicesOptions {
  readonly storeUrl: string;
  readonly client: Client;
  /** Task queue that onboardings are started on. */
  readonly controlQueue?: string;
  /** Where the key is that evidence packs are signed with. */
  readonly signing?: SigningKeySource;
}

/** The services, with nothing connected yet. */
export function createServices({
  storeUrl,
  client,
  controlQueue,
  signing = { signingKey: undefined, home: undefined },
}: ServicesOptions): Services {
  const database = openDatabase(storeUrl);
  const changes = new ChangeFeed(storeUrl);
  const board = new BoardFeed(database, changes);
  const queue = controlQueue === undefined ? {} : { controlQueue };
  return {
    database,
    commands: new Commands({ database, client, ...queue }),
    reads: new Reads(database),
    quarantine: new Quarantine({ database, client, ...queue }),
    packs: new EvidencePacks(database, () => findSigningKey(signing)),
    programmes: new Programmes(database),
    afterCutover: new AfterCutover(database),
    changes,
    board,
    async close() {
      board.close();
      await changes.close();
      await database.end();
    },
  };
}

/** The services, listening for changes. @throws when the database does not answer */
export async function openServices(options: ServicesOptions): Promise<Services> {
  const services = createServices(options);
  try {
    await services.changes.open();
  } catch (error) {
    await services.close();
    throw error;
  }
  return services;
}
