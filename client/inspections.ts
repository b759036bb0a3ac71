import type { Client } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { SlipwayError } from '../domain/errors.ts';
import type { InspectionRequest } from '../domain/inspection.ts';
import type { Json } from '../domain/json.ts';
import { INSPECTION_DEADLINE, INSPECTION_LIFETIME } from '../domain/policies.ts';
import type { Database } from '../store/database.ts';
import { askInspection, takeAnswer } from '../store/inspections.ts';
import * as messages from '../workflows/messages.ts';
import { translateError } from './translate-error.ts';

/** An answer about the platform: a document, and a file where one was asked for. */
export interface Answered {
  readonly answer: Json;
  readonly file: Buffer | null;
}

/**
 * Has a worker of the data plane look at the platform: the API itself holds no key of it. Waits for the answer and
 * deletes it.
 * @throws SlipwayError what the worker refused; `service/unreachable` when no worker has answered in time
 */
export async function inspect(
  { database, client, controlQueue }: { database: Database; client: Client; controlQueue: string },
  ask: {
    readonly onboarding: string;
    readonly request: InspectionRequest;
    readonly document?: Buffer | undefined;
    readonly by: string;
  },
): Promise<Answered> {
  try {
    const id = await askInspection(database, { ...ask, keepForMs: INSPECTION_LIFETIME });
    await client.workflow.execute(messages.INSPECTION_WORKFLOW, {
      workflowId: `inspection/${id}`,
      taskQueue: controlQueue,
      args: [id],
      workflowExecutionTimeout: INSPECTION_DEADLINE,
    });
    const answer = await takeAnswer(database, id);
    if (answer.status === 'answered') return answer;
    if (answer.status === 'failed') {
      const { code, message, details } = answer.failure;
      const said = details === undefined ? {} : { details: details as Record<string, unknown> };
      throw new SlipwayError(code, message, said);
    }
    throw unanswered();
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw unanswered(error);
    throw translateError(error);
  }
}

function unanswered(cause?: unknown): SlipwayError {
  return new SlipwayError('service/unreachable', 'no worker has looked it up in time', { cause });
}
