import { rollbackClock } from '../domain/rollback-clock.ts';
import type { RollbackClock } from '../domain/rollback-clock.ts';
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
  const clock = rollbackClock(steps, Date.now()) ?? null;
  const parked = steps.find(
    (step) => step.key.startsWith('cutover/') && step.status === 'parked' && clock !== null,
  );
  const next = nextOf(clock, parked?.key);
  const hash = steps
    .find(({ key }) => key === 'cutover/plan')
    ?.evidence.find(({ kind }) => kind === 'runbook')?.hash;
  if (hash === undefined) return { rehearsals, runbook: null, clock, next };
  const { content } = await reads.evidence(identity, place, hash);
  return { rehearsals, runbook: { ...storedRunbook.parse(content), hash }, clock, next };
}

function nextOf(clock: RollbackClock | null, parked: string | undefined): string | null {
  if (clock === null || clock.state === 'decided') return null;
  if (parked !== undefined) return `${parked} is parked: correct and retry it, or roll back.`;
  return clock.state === 'running'
    ? 'Pass the point of no return, or roll back.'
    : 'Rolling back in time is not possible any more: decide on the point of no return, and acknowledge rollback-clock; or roll back late.';
}
