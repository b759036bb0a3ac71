import { unfreezeSource } from '../dataplane/freeze.ts';
import { switchBack } from '../dataplane/switch.ts';
import { SlipwayError } from '../domain/errors.ts';
import { parseStepKey } from '../domain/step-catalogue.ts';
import { freezeUrl } from './freeze.ts';
import { proveTheRollback } from './rollback-proof.ts';
import type { StepBody } from './step-activity.ts';

/** Takes one step of the cutover back. Its item is the key of that step, or `proof` for what proves all of it. Undoing what was not done is harmless. */
export const undoStep: StepBody = async (context) => {
  const { item, manifest, urls, work } = context;
  if (item === 'proof') return proveTheRollback(context);
  const undone = parseStepKey(item);
  if (undone?.id === 'cutover/switch') {
    const tenant = await switchBack(
      { urls: await urls(), department: manifest.department.id },
      work,
    );
    return { output: { status: tenant.status, changed: tenant.changed } };
  }
  if (undone?.id === 'cutover/freeze' && undone.item !== undefined) {
    const { method } = await unfreezeSource(
      { manifest, source: undone.item, freezeUrl: await freezeUrl(context, undone.item) },
      work,
    );
    return { output: { method, serving: true } };
  }
  throw new SlipwayError('internal/unexpected', `${item} cannot be taken back`);
};
