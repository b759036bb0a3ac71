import { z } from 'zod';
import type { SlipwayEvent } from './events.ts';

/** Format of the evidence packs that this version writes and checks. */
export const PACK_FORMAT = 'slipway-evidence-pack/2';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** `contents.json` of a pack: what it holds, part by part, in the order of the file. This is what is signed. */
export const packContentsSchema = z.strictObject({
  format: z.literal(PACK_FORMAT),
  onboarding: z.string(),
  name: z.string(),
  status: z.string(),
  /** The newest event that is in the pack, with its time and its link of the hash chain. */
  asOf: z.strictObject({ event: z.number().int(), at: z.string().nullable(), chain: sha256 }),
  counts: z.strictObject({
    manifests: z.number().int(),
    documents: z.number().int(),
    events: z.number().int(),
    decisions: z.number().int(),
    waivers: z.number().int(),
    variances: z.number().int(),
  }),
  /** SHA-256 of the public key in its DER form. */
  signedBy: sha256,
  parts: z.array(z.strictObject({ name: z.string(), bytes: z.number().int(), sha256 })),
});
export type PackContents = z.infer<typeof packContentsSchema>;

/** `documents.json` of a pack: which step rests on which document. */
export const packIndexSchema = z.array(
  z.strictObject({ step: z.string(), kind: z.string(), hash: sha256, at: z.string() }),
);
export type PackIndex = z.infer<typeof packIndexSchema>;

/** What the close announces: the record as it was then, by hashes alone. A pack of any later time must hold it. */
export const packSealSchema = z.object({
  format: z.literal(PACK_FORMAT),
  onboarding: z.string(),
  event: z.number().int(),
  chain: sha256,
  manifests: z.array(sha256),
  documents: z.array(z.strictObject({ step: z.string(), kind: z.string(), hash: sha256 })),
});
export type PackSeal = z.infer<typeof packSealSchema>;

/** Kind of the evidence that holds the seal. */
export const SEAL_KIND = 'evidence-pack';

/** Names of the parts of a pack that there is one of. */
export const PACK_PARTS = {
  page: 'index.html',
  contents: 'contents.json',
  signature: 'contents.json.sig',
  key: 'public-key.pem',
  index: 'documents.json',
  decisions: 'decisions.json',
  waivers: 'waivers.json',
  varianceGroups: 'variances/groups.json',
} as const;

/** Name of the part with a document. Kinds come from the code of steps; anything unusual in one is left out of the name. */
export function documentPart(kind: string, hash: string): string {
  return `documents/${kind.toLowerCase().replaceAll(/[^a-z0-9-]/g, '_')}/${hash}.json`;
}

/** Is the event something that a person decided? Every event with `by` is, whatever its type. */
export function isDecision(event: SlipwayEvent): boolean {
  return 'by' in event;
}

/**
 * Is the event something that was let go: a step waived or skipped, or a criterion of a gate waived (which has the gate
 * measured again)?
 */
export function isWaiver(event: SlipwayEvent): boolean {
  if (event.type === 'step.waived' || event.type === 'step.skipped') return true;
  return event.type === 'step.retry-requested' && typeof event.input?.['waived'] === 'string';
}
