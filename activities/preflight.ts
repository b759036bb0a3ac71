import { preflightTarget } from '../dataplane/preflight.ts';
import type { Approved } from '../dataplane/preflight.ts';
import { prepareTarget } from '../dataplane/prepare.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import { loadId } from './compiled-mapping.ts';
import type { StepBody } from './step-activity.ts';

/** Looks at the platform before anything is loaded. Refused with every problem at once. */
export const checkThePlatform: StepBody = async ({ manifest, urls, work, evidence }) => {
  const approved = (await evidence('mapping/compile', 'compiled-mapping')) as unknown as
    | Approved
    | undefined;
  if (approved === undefined)
    throw new SlipwayError(
      'mapping/not-frozen',
      'no mapping was compiled: rewind to mapping/compile',
    );
  const { problems, tables, space } = await preflightTarget(
    { manifest, urls: await urls(), approved },
    work,
  );
  if (problems.length > 0) {
    const message = problems
      .map(({ subject, message: said, advice }) => `${subject}: ${said} (${advice})`)
      .join('; ');
    throw new SlipwayError('target/drift', message, { details: { problems } });
  }
  const { neededMb, freeMb } = space;
  return {
    output: {
      problems: 0,
      tables: tables.length,
      neededMb,
      ...(freeMb === null ? {} : { freeMb }),
    },
    // Where nobody can say how much room there is, the evidence says so.
    evidence: [{ kind: 'preflight', content: { tables, space } as unknown as Json }],
  };
};

/** Clears what a superseded load left on the platform, and claims the department's place there. */
export const prepareThePlatform: StepBody = async (context) => {
  const { manifest, urls, work } = context;
  const prepared = await prepareTarget(
    { manifest, urls: await urls(), loadId: loadId(context) },
    work,
  );
  return {
    output: {
      superseded: prepared.superseded.length,
      removed: prepared.removed.reduce((sum, each) => sum + each.rows, 0),
    },
    evidence: [{ kind: 'prepared-platform', content: prepared as unknown as Json }],
  };
};
