import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';

/**
 * Attempts at a call before people are told that the server is away: about three seconds, where the SDK's ten attempts take
 * twenty. A server that is restarted is back by then.
 */
const ATTEMPTS = 6;

/** The way to Temporal. `close` gives the connection back. */
export interface TemporalClient {
  readonly client: Client;
  close(): Promise<void>;
}

/**
 * Opens a client from the `TEMPORAL_*` environment and profiles. Nothing is connected before the first command, so that
 * whoever only reads does not need Temporal.
 */
export function openTemporalClient(
  config: ClientConnectConfig = loadClientConnectConfig(),
): TemporalClient {
  const { connectionOptions, namespace } = config;
  const connection = Connection.lazy({
    ...connectionOptions,
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: ATTEMPTS }))],
  });
  const client = new Client({ connection, ...(namespace === undefined ? {} : { namespace }) });
  return { client, close: () => connection.close() };
}
