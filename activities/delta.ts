import { applyDelta } from '../dataplane/delta.ts';
import type { Json } from '../domain/json.ts';
import { frozenMapping, loadId } from './compiled-mapping.ts';
import type { StepBody } from './step-activity.ts';

/** Brings the platform to what the legacy side holds now, deletes included. The same delta twice changes nothing. */
export const loadTheDelta: StepBody = async (context) => {
  const mapping = await frozenMapping(context);
  const deltas = await applyDelta(
    { mapping, urls: await context.urls(), loadId: loadId(context) },
    context.work,
  );
  const sum = (member: 'inserted' | 'updated' | 'deleted' | 'quarantined' | 'resolved'): number =>
    deltas.reduce((total, delta) => total + delta[member], 0);
  return {
    output: {
      inserted: sum('inserted'),
      updated: sum('updated'),
      deleted: sum('deleted'),
      quarantined: sum('quarantined'),
      resolved: sum('resolved'),
    },
    evidence: [{ kind: 'delta', content: deltas as unknown as Json }],
  };
};
