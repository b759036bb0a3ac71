import { applyDelta } from '../dataplane/delta.ts';
import { proveSurrogates } from '../dataplane/mapping/surrogate-clashes.ts';
import type { Json } from '../domain/json.ts';
import type { DeltaInput } from '../domain/step-inputs.ts';
import { frozenMapping, loadId } from './compiled-mapping.ts';
import { type Intakes, takeInAgain } from './intake.ts';
import type { StepBody, StepContext } from './step-activity.ts';

/**
 * Brings the platform to what the legacy side holds now, deletes included. What was taken in is taken in again first:
 * files may have come anew, and a database went on until it was frozen. The same delta twice changes nothing.
 */
export const loadTheDelta: StepBody = async (context) => {
  const intakes = await takeInAllAgain(context);
  const mapping = await frozenMapping(context);
  await proveSurrogates({ manifest: context.manifest, mapping }, context.work);
  const deltas = await applyDelta(
    { mapping, urls: await context.urls(), loadId: loadId(context) },
    context.work,
  );
  const sum = (member: 'inserted' | 'updated' | 'deleted' | 'quarantined' | 'resolved'): number =>
    deltas.reduce((total, delta) => total + delta[member], 0);
  const all = Object.values(intakes).flatMap((source) => Object.values(source));
  return {
    output: {
      takenIn: all.filter(({ changed }) => changed).length,
      inserted: sum('inserted'),
      updated: sum('updated'),
      deleted: sum('deleted'),
      quarantined: sum('quarantined'),
      resolved: sum('resolved'),
    },
    evidence: [
      { kind: 'intake', content: intakes as unknown as Json },
      { kind: 'delta', content: deltas as unknown as Json },
    ],
  };
};

/** Of every source, by its name. */
async function takeInAllAgain(context: StepContext): Promise<Readonly<Record<string, Intakes>>> {
  const { files } = context.run.input as DeltaInput;
  const intakes: Record<string, Intakes> = {};
  for (const sourceId of Object.keys(context.manifest.sources)) {
    intakes[sourceId] = await takeInAgain(context, sourceId, { corrections: files?.[sourceId] });
  }
  return intakes;
}
