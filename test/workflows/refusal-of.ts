import { WorkflowUpdateFailedError } from '@temporalio/client';

/** The code of the catalogue that a command was refused with. @throws when it was not refused, or failed otherwise */
export async function refusalOf(command: Promise<unknown>): Promise<string> {
  const error: unknown = await command.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof WorkflowUpdateFailedError))
    throw new Error(`not refused: ${String(error)}`);
  return (error.cause as { type?: string }).type ?? '';
}
