import { PACK_FORMAT } from '../../domain/evidence-pack.ts';
import type { PackSeal } from '../../domain/evidence-pack.ts';
import { SlipwayError } from '../../domain/errors.ts';
import { inSnapshot } from '../database.ts';
import type { Database } from '../database.ts';
import { recordHead, recordIndex, recordManifests, withoutSeals } from './read-record.ts';

/**
 * The record of an onboarding as it stands now, by hashes alone: the link of its last event, its manifests, its documents.
 * Whoever has its hash can tell of any pack made later whether it holds this record unchanged.
 */
export async function sealOf(database: Database, onboarding: string): Promise<PackSeal> {
  return inSnapshot(database, async (client) => {
    const head = await recordHead(client, onboarding);
    if (head === undefined)
      throw new SlipwayError('onboarding/not-found', `there is no onboarding ${onboarding}`);
    const manifests = await recordManifests(client, onboarding);
    const index = withoutSeals(await recordIndex(client, onboarding));
    return {
      format: PACK_FORMAT,
      onboarding,
      event: head.events,
      chain: head.chain,
      manifests: manifests.map(({ hash }) => hash),
      documents: index.map(({ step, kind, hash }) => ({ step, kind, hash })),
    };
  });
}
