import { proveLegacyServes, proveNothingActive } from '../dataplane/rollback-proof.ts';
import type { LegacyProof } from '../dataplane/rollback-proof.ts';
import type { Json } from '../domain/json.ts';
import { freezeUrl } from './freeze.ts';
import type { StepBody } from './step-activity.ts';

/**
 * Proves that a roll-back is complete: new sessions write to the legacy side where they could before, and nothing of
 * the department is live on the platform. Fails naming what is not so.
 */
export const proveTheRollback: StepBody = async (context) => {
  const { manifest, urls, work } = context;
  const legacy: LegacyProof[] = [];
  for (const [source, { kind }] of Object.entries(manifest.sources)) {
    if (kind === 'files') continue;
    const account = await freezeUrl(context, source);
    legacy.push(await proveLegacyServes({ manifest, source, freezeUrl: account }, work));
  }
  const platform = await proveNothingActive(
    { urls: await urls(), department: manifest.department.id },
    work,
  );
  return {
    output: { legacyServes: true, sources: legacy.length, platform: platform.status },
    evidence: [{ kind: 'rollback-proof', content: { legacy, platform } as unknown as Json }],
  };
};
