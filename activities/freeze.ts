import { freezeSource } from '../dataplane/freeze.ts';
import type { Json } from '../domain/json.ts';
import type { StepBody, StepContext } from './step-activity.ts';

/** Makes a legacy source read-only, or proves it quiet where the manifest names no account that may. */
export const freezeTheSource: StepBody = async (context) => {
  const { item, manifest, urls, work } = context;
  const freeze = await freezeSource(
    { manifest, source: item, urls: await urls(), freezeUrl: await freezeUrl(context, item) },
    work,
  );
  return {
    output: {
      quiet: true,
      method: freeze.method,
      endedSessions: freeze.endedSessions,
      tables: freeze.tables.length,
    },
    evidence: [{ kind: 'freeze', content: freeze as unknown as Json }],
  };
};

/** URL of the account that may freeze a source; undefined where the manifest names none. */
export async function freezeUrl(
  { manifest, secret }: StepContext,
  sourceId: string,
): Promise<string | undefined> {
  const source = manifest.sources[sourceId];
  return source !== undefined && source.kind !== 'files' && source.freeze !== undefined
    ? await secret(source.freeze)
    : undefined;
}
