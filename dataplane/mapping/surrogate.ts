import { quoteLiteral } from '../quote.ts';

/*
 * Surrogate keys are derived, not handed out: SHA-256 over department, space and parts. So source and platform compute the
 * same key, a repeated load, a delta and a rewind give it again, chunks need not wait for each other, and whoever refers to a
 * row computes its key from what the source refers by. Two rows of one key are two keys of the platform's primary key: the
 * second is quarantined. `surrogate-clashes.ts` proves that no two different parts have one key.
 */

/** SQL of the key; null when a part is null. `parts` is SQL that yields texts. */
export function surrogateSql(
  names: readonly string[],
  parts: readonly string[],
  as: 'number' | 'uuid',
): string {
  const digest = `encode(sha256(convert_to(${identitySql(names, parts)}, 'UTF8')), 'hex')`;
  // 63 bits: a bigint that is not negative. 122 bits and the marks of a made-up UUID (RFC 9562, version 8).
  return as === 'number'
    ? `((('x' || left(${digest}, 16))::bit(64) & x'7fffffffffffffff')::bigint)`
    : `(overlay(overlay(left(${digest}, 32) placing '8' from 13) placing '8' from 17)::uuid::text)`;
}

/** What is hashed: each part after its length, so that no two lists of parts are one text. */
export function identitySql(names: readonly string[], parts: readonly string[]): string {
  const fixed = quoteLiteral(names.map((name) => `${name.length}:${name}`).join(''));
  const measured = parts.map((part) => `length(${part}) || ':' || ${part}`);
  return `(${[fixed, ...measured].join(' || ')})`;
}
