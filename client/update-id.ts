import { createHash, randomUUID } from 'node:crypto';
import { canonicalJson } from '../domain/json.ts';
import type { Json } from '../domain/json.ts';

/**
 * The id of a command within its onboarding. The same person saying the same with the same idempotency key is one
 * command, however often it arrives; without a key every call is a command of its own.
 */
export function updateIdOf(
  command: string,
  said: object,
  idempotencyKey: string | undefined,
): string {
  if (idempotencyKey === undefined) return randomUUID();
  const content = canonicalJson(JSON.parse(JSON.stringify({ command, said })) as Json);
  return createHash('sha256').update(`${idempotencyKey}\n${content}`).digest('hex');
}
