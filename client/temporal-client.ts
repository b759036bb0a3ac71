import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

/** The way to Temporal. `close` gives the connection back. */
export interface TemporalClient {
  readonly client: Client;
  close(): Promise<void>;
}

/**
 * Opens a client from the `TEMPORAL_*` environment and profiles. Nothing is connected before the first command, so that
 * whoever only reads does not need Temporal.
 */
export function openTemporalClient(): TemporalClient {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = Connection.lazy(connectionOptions);
  const client = new Client({ connection, ...(namespace === undefined ? {} : { namespace }) });
  return { client, close: () => connection.close() };
}
