import type { z } from 'zod';
import { SlipwayError } from './errors.ts';

/**
 * Reads what a process is told by its environment.
 * @param whose who is told, for the message
 * @throws SlipwayError `request/invalid` naming every variable that is missing or wrong
 */
export function parseEnvironment<T>(
  schema: z.ZodType<T>,
  environment: Readonly<Record<string, string | undefined>>,
  whose: string,
): T {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new SlipwayError(
    'request/invalid',
    `the environment of ${whose} is not complete: ${problems.join('; ')}`,
  );
}
