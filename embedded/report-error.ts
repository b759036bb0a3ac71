import { SlipwayError } from '../domain/errors.ts';

/** Brings whatever was thrown into the error catalogue. */
export function asSlipwayError(error: unknown): SlipwayError {
  if (error instanceof SlipwayError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC'
    ? new SlipwayError('home/no-space', 'there is no space left on the disk', { cause: error })
    : new SlipwayError('internal/unexpected', message, { cause: error });
}

/** An error as it is shown: one line with the advice below it, or with `json` one object on standard output. */
export function reportError(error: SlipwayError, json: boolean): void {
  const { advice } = error.entry;
  // A fault of ours: whoever looks into it needs to know where.
  if (error.code === 'internal/unexpected' && error.cause instanceof Error) {
    process.stderr.write(`${error.cause.stack}\n`);
  }
  if (json) {
    const { code, message } = error;
    process.stdout.write(`${JSON.stringify({ error: { code, message, advice } })}\n`);
  } else {
    process.stderr.write(`slipway: ${error.message}\n  ${advice}\n`);
  }
}
