import { applyDelta } from '../dataplane/delta.ts';
import { proveSurrogates } from '../dataplane/mapping/surrogate-clashes.ts';
import type { Intake } from '../dataplane/intake/stage.ts';
import type { Json } from '../domain/json.ts';
import type { DeltaInput, FileCorrections } from '../domain/step-inputs.ts';
import { frozenMapping, loadId } from './compiled-mapping.ts';
import { takeInSource } from './intake.ts';
import type { StepBody, StepContext } from './step-activity.ts';

/**
 * Brings the platform to what the legacy side holds now, deletes included. What was taken in is taken in again first:
 * files may have come anew, and a database went on until it was frozen. The same delta twice changes nothing.
 */
export const loadTheDelta: StepBody = async (context) => {
  const intakes = await takeInAgain(context);
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

/** By source and file entry or table. Read in the way that worked in discovery, unless a retry corrects it. */
async function takeInAgain(
  context: StepContext,
): Promise<Readonly<Record<string, Readonly<Record<string, Intake>>>>> {
  const { manifest, run, evidence } = context;
  const given = (run.input as DeltaInput).files ?? {};
  const intakes: Record<string, Readonly<Record<string, Intake>>> = {};
  for (const [sourceId, { kind }] of Object.entries(manifest.sources)) {
    if (kind === 'postgres') continue;
    const worked = (await evidence(`discovery/intake/${sourceId}`, 'file-corrections')) as
      | Readonly<Record<string, FileCorrections>>
      | undefined;
    const corrections: Record<string, FileCorrections> = { ...worked };
    for (const [fileId, more] of Object.entries(given[sourceId] ?? {})) {
      corrections[fileId] = { ...corrections[fileId], ...more };
    }
    intakes[sourceId] = await takeInSource(context, sourceId, corrections);
  }
  return intakes;
}
