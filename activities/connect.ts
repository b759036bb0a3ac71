import { proveMariadbReadOnly } from '../dataplane/mariadb/prove-read-only.ts';
import { proveReadOnly } from '../dataplane/read-only.ts';
import type { Json } from '../domain/json.ts';
import type { StepBody } from './step-activity.ts';
import { tablesOfSource } from './tables-of-source.ts';

/** Connects to a database source and proves that its account can read what is needed and change nothing. */
export const connectToSource: StepBody = async ({ item, manifest, urls, work }) => {
  const tables = tablesOfSource(manifest, item);
  const url = (await urls()).sources[item] ?? '';
  const prove = manifest.sources[item]?.kind === 'mariadb' ? proveMariadbReadOnly : proveReadOnly;
  const proof = await prove({ url, tables }, work);
  return {
    output: { readOnly: true, tables: proof.tables.length, serverVersion: proof.serverVersion },
    evidence: [{ kind: 'read-only-proof', content: proof as unknown as Json }],
  };
};
