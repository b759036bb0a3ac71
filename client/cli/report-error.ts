import { SlipwayError } from '../../domain/errors.ts';
import type { Problem } from '../manifest/problems.ts';
import { problemLine } from '../manifest-file.ts';

/** Brings whatever was thrown into the error catalogue. */
export function asSlipwayError(error: unknown): SlipwayError {
  if (error instanceof SlipwayError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SlipwayError('internal/unexpected', message, { cause: error });
}

/** An error as it is shown: one line with the advice below it; the problems of a manifest each in their line. */
export function reportError(error: SlipwayError, json: boolean): void {
  const { code, message } = error;
  const { advice } = error.entry;
  const problems = error.details?.['problems'];
  if (json) {
    const list = Array.isArray(problems) ? { problems } : {};
    process.stdout.write(`${JSON.stringify({ error: { code, message, advice, ...list } })}\n`);
    return;
  }
  if (code === 'manifest/invalid' && Array.isArray(problems)) {
    for (const problem of problems as Problem[]) process.stderr.write(`${problemLine(problem)}\n`);
    return;
  }
  process.stderr.write(`slipway: ${message}\n  ${advice}\n`);
}
