import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import proto from '@temporalio/proto';
import { SlipwayError } from '../domain/errors.ts';
import type { Progress } from './progress.ts';
import { SEARCH_ATTRIBUTES } from './temporal-server.ts';

/**
 * Prepares a Temporal cluster that we did not start: adds Slipway's search attributes where they are missing. How to
 * reach it, and its namespace, comes from the `TEMPORAL_*` environment. A cluster that does not let us (Temporal Cloud
 * has its own way) may have them already: then it is only said which ones are needed.
 * @returns its address and namespace
 * @throws SlipwayError `service/unreachable` when it does not answer
 */
export async function prepareCluster(
  say: Progress,
): Promise<{ address: string; namespace: string }> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const address = connectionOptions.address ?? 'localhost:7233';
  const connection = await Connection.connect({
    ...connectionOptions,
    connectTimeout: 10_000,
  }).catch((cause: unknown) => {
    throw new SlipwayError('service/unreachable', `Temporal at ${address} does not answer`, {
      cause,
    });
  });
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace,
    });
    const missing = SEARCH_ATTRIBUTES.filter((name) => !(name in customAttributes));
    if (missing.length > 0) {
      const keyword = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
      const searchAttributes = Object.fromEntries(missing.map((name) => [name, keyword]));
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    }
  } catch {
    say(
      `Temporal at ${address} does not show or take search attributes: ${namespace} has to have ${SEARCH_ATTRIBUTES.join(', ')}, each a Keyword`,
    );
  } finally {
    await connection.close();
  }
  return { address, namespace };
}
