import type { Client } from '@temporalio/client';
import { ChangeFeed } from '../store/changes.ts';
import { openDatabase } from '../store/database.ts';
import type { Database } from '../store/database.ts';
import { BoardFeed } from './board-feed.ts';
import { Commands } from './commands.ts';
import { Reads } from './reads.ts';

/** What API and dashboard are made of. */
export interface Services {
  readonly database: Database;
  readonly commands: Commands;
  readonly reads: Reads;
  readonly changes: ChangeFeed;
  readonly board: BoardFeed;
  /** Ends the connections to the database. The client is the caller's. */
  close(): Promise<void>;
}

/** Opens the store and listens for its changes. @throws when the database does not answer */
export async function openServices(options: {
  readonly storeUrl: string;
  readonly client: Client;
  readonly controlQueue?: string;
}): Promise<Services> {
  const { storeUrl, client, controlQueue } = options;
  const database = openDatabase(storeUrl);
  const changes = new ChangeFeed(storeUrl);
  try {
    await changes.open();
  } catch (error) {
    await database.end();
    throw error;
  }
  const board = new BoardFeed(database, changes);
  return {
    database,
    commands: new Commands({
      database,
      client,
      ...(controlQueue === undefined ? {} : { controlQueue }),
    }),
    reads: new Reads(database),
    changes,
    board,
    async close() {
      board.close();
      await changes.close();
      await database.end();
    },
  };
}
