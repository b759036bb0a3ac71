import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/json.ts';
import type { Json } from '../domain/json.ts';
import type { SlipwayEvent } from '../domain/events.ts';

/** SHA-256 of the canonical JSON of a document, in hex: its identity as evidence. */
export function contentHash(content: Json): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** What the first event of a chain is hashed with. */
export const CHAIN_START = '0'.repeat(64);

/** The link of one event: SHA-256 over the previous link and the event. Any change breaks all that follow. */
export function chainHash(previous: string, event: SlipwayEvent): string {
  return createHash('sha256')
    .update(`${previous}\n${canonicalJson(event as unknown as Json)}`)
    .digest('hex');
}
