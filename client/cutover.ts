import { parseStepKey } from '../domain/step-catalogue.ts';
import type { Identity } from '../store/identities.ts';
import type { Place } from './access.ts';
import { type CutoverView, storedRunbook } from './cutover-views.ts';
import type { Reads } from './reads.ts';

/** The rehearsals of a department and the runbook that was planned from them. @throws as `Reads` does */
export async function readCutover(
  reads: Reads,
  identity: Identity,
  place: Place,
): Promise<CutoverView> {
  const { steps } = await reads.journey(identity, place);
  const rehearsals = steps.flatMap(({ key, status, output }) => {
    const parsed = parseStepKey(key);
    if (parsed?.id !== 'cutover/rehearse') return [];
    const [rehearsal = '', part = ''] = (parsed.item ?? '').split('/');
    const { ms, endedAt } = output ?? {};
    return [
      {
        rehearsal,
        part,
        step: key,
        status,
        ms: typeof ms === 'number' ? ms : null,
        endedAt: typeof endedAt === 'string' ? endedAt : null,
      },
    ];
  });
  const hash = steps
    .find(({ key }) => key === 'cutover/plan')
    ?.evidence.find(({ kind }) => kind === 'runbook')?.hash;
  if (hash === undefined) return { rehearsals, runbook: null };
  const { content } = await reads.evidence(identity, place, hash);
  return { rehearsals, runbook: { ...storedRunbook.parse(content), hash } };
}
