import { mkdir, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { temporal } from '@temporalio/proto';

/** Where the histories are kept. */
export const HISTORIES = 'test/histories';

/**
 * Writes the history of every run of a workflow, oldest first: `<name>-1.json.gz`, `<name>-2.json.gz` ... A journey that
 * continues as new has one per run.
 */
export async function record(client: Client, workflowId: string, name: string): Promise<void> {
  await mkdir(HISTORIES, { recursive: true });
  const runs: string[] = [];
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = "${workflowId}"` }))
    runs.unshift(runId);
  for (const [index, runId] of runs.entries()) {
    const history: temporal.api.history.v1.IHistory = await client.workflow
      .getHandle(workflowId, runId)
      .fetchHistory();
    // The encoded form: plain JSON.stringify loses what the replay needs. Stack traces name folders of one machine.
    const text = historyToJSON(history).replaceAll(
      /"stackTrace":\s*"(?:[^"\\]|\\.)*"/g,
      '"stackTrace":""',
    );
    await writeFile(`${HISTORIES}/${name}-${index + 1}.json.gz`, gzipSync(text));
  }
}
