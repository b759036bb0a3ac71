import type { SlipwayEvent } from '../domain/events.ts';
import type { Json } from '../domain/json.ts';
import type { Queryable } from './database.ts';
import { CHAIN_START, chainHash, contentHash } from './hashing.ts';

/** Everything an onboarding was decided on: one document that can be checked without a server. */
export interface EvidencePack {
  readonly format: 'slipway-evidence-pack/1';
  readonly onboarding: string;
  readonly manifest: Json;
  readonly manifestSource: string;
  readonly events: readonly {
    readonly position: number;
    readonly hash: string;
    readonly event: SlipwayEvent;
  }[];
  readonly evidence: readonly {
    readonly hash: string;
    readonly step: string;
    readonly kind: string;
    readonly content: Json;
  }[];
}

/** The pack of an onboarding as it stands now. Packs made before are not part of it. */
export async function evidencePack(database: Queryable, onboarding: string): Promise<EvidencePack> {
  const { rows } = await database.query<{ content: Json; source: string }>(
    'select m.content, m.source from onboarding o join manifest m on m.hash = o.manifest where o.id = $1',
    [onboarding],
  );
  const events = await database.query<{ position: string; hash: string; body: SlipwayEvent }>(
    'select position, hash, body from event where onboarding = $1 order by position',
    [onboarding],
  );
  const evidence = await database.query<EvidencePack['evidence'][number]>(
    `select hash, step, kind, content from evidence where onboarding = $1 and kind <> 'evidence-pack'
     order by created_at, step, kind, hash`,
    [onboarding],
  );
  return {
    format: 'slipway-evidence-pack/1',
    onboarding,
    manifest: rows[0]?.content ?? null,
    manifestSource: rows[0]?.source ?? '',
    events: events.rows.map((row) => ({
      position: Number(row.position),
      hash: row.hash,
      event: row.body,
    })),
    evidence: evidence.rows,
  };
}

/** What is wrong with a pack: broken links of the chain, documents that are not what their hash says, missing ones. */
export function packProblems(pack: EvidencePack): string[] {
  const problems: string[] = [];
  let link = CHAIN_START;
  for (const [index, { position, hash, event }] of pack.events.entries()) {
    link = chainHash(link, event);
    if (position !== index + 1) problems.push(`event ${index + 1} of the chain is missing`);
    if (hash !== link) {
      problems.push(`event ${position} is not the one that was recorded`);
      link = hash;
    }
  }
  const documents = new Set<string>();
  for (const document of pack.evidence) {
    documents.add(document.hash);
    if (contentHash(document.content) !== document.hash) {
      problems.push(
        `document ${document.hash.slice(0, 12)} (${document.kind} of ${document.step}) was changed`,
      );
    }
  }
  for (const { event } of pack.events) {
    if (event.type !== 'step.succeeded' && event.type !== 'step.waiting') continue;
    for (const reference of event.evidence) {
      if (!documents.has(reference.hash)) {
        problems.push(
          `${event.step} rests on ${reference.kind} ${reference.hash.slice(0, 12)}, which is missing`,
        );
      }
    }
  }
  return problems;
}
