import { compileMapping } from '../dataplane/mapping/compile-mapping.ts';
import type { CompiledMapping } from '../dataplane/mapping/compile-mapping.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { StepContext } from './step-activity.ts';

/**
 * The mapping compiled again, which must still be the one that was approved: neither manifest, source nor platform may
 * have changed since.
 * @throws SlipwayError `mapping/not-frozen`
 */
export async function frozenMapping({
  manifest,
  outputs,
  urls,
  work,
}: Pick<StepContext, 'manifest' | 'outputs' | 'urls' | 'work'>): Promise<CompiledMapping> {
  const frozenHash = (await outputs()).get('mapping/compile')?.['hash'];
  if (typeof frozenHash !== 'string') {
    throw new SlipwayError(
      'mapping/not-frozen',
      'no mapping was compiled: rewind to mapping/compile',
    );
  }
  return await compileMapping({ manifest, urls: await urls(), frozenHash }, work);
}

/** Id of the load of this run on the platform. */
export function loadId({ run }: StepContext): string {
  return `load-${run.load}`;
}
