import { setTimeout as delay } from 'node:timers/promises';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { SlipwayError } from '../domain/errors.ts';
import type { Manifest } from '../domain/manifest.ts';
import { planOf } from '../domain/plan.ts';
import type { Database } from '../store/database.ts';
import { introducePeople } from '../store/identities.ts';
import type { Identity } from '../store/identities.ts';
import { manifestHash, registerManifest } from '../store/manifests.ts';
import { findStanding } from '../store/read-model.ts';
import type { Standing } from '../store/read-model.ts';
import {
  beginUpdate,
  ONBOARDING_WORKFLOW,
  onboardingId,
  searchAttributes,
} from '../workflows/messages.ts';
import type { CommandResult, OnboardingArguments } from '../workflows/messages.ts';
import type { onboarding } from '../workflows/onboarding.ts';
import { requireActor } from './access.ts';
import { isNotRunning } from './translate-error.ts';

/** A valid manifest with the text it was read from. */
export interface StartRequest {
  readonly manifest: Manifest;
  readonly source: string;
  /** Absolute folder that relative paths of the manifest start from, where the workers run. */
  readonly baseFolder: string;
}

/** The onboarding of the manifest. */
export interface Started {
  readonly onboarding: string;
  /** Hash of the manifest. */
  readonly manifest: string;
  /** False when it was there already: running, or closed. */
  readonly started: boolean;
  /** The store has everything up to this version. */
  readonly version: number;
}

interface Ways {
  readonly database: Database;
  readonly client: Client;
  readonly controlQueue: string;
}

/** How long a start may take until its caller is told that no worker answers. Milliseconds. */
const START_TIMEOUT = 30_000;
/** An aborted onboarding ends a moment after the store knows of it; a new one waits that long. Milliseconds. */
const ENDING_TIMEOUT = 10_000;
const LOOK_AGAIN = 100;

/**
 * Starts the onboarding of a manifest. The same manifest twice is one onboarding, also after it has closed; after an
 * abort it begins anew. The people of the manifest become known, with the roles it gives them in this department.
 * @throws SlipwayError `access/not-permitted`, `manifest/conflict`, `service/unreachable`; errors of Temporal and of
 *   the database untranslated
 */
export async function startOnboarding(
  ways: Ways,
  identity: Identity,
  { manifest, source, baseFolder }: StartRequest,
): Promise<Started> {
  const place = { programme: manifest.programme, department: manifest.department.id };
  const actor = requireActor(identity, place, 'start');
  const id = onboardingId(place.programme, place.department);
  const hash = manifestHash(manifest, baseFolder);
  const standing = await findStanding(ways.database, id);
  const open = standing !== undefined && standing.status !== 'aborted';
  if (open && standing.manifest !== hash) throw conflict(standing);
  if (standing?.status === 'closed')
    return { onboarding: id, manifest: hash, started: false, version: standing.version };

  await registerManifest(ways.database, manifest, source, baseFolder);
  const version = await begin(ways, {
    onboarding: id,
    manifest: hash,
    plan: planOf(manifest),
    startedBy: actor.id,
    afterVersion: open ? 0 : (standing?.version ?? 0),
  });
  // Only now: a manifest that was refused gives nobody a role.
  await introducePeople(
    ways.database,
    manifest.people,
    manifest.people.flatMap(({ id: person, roles }) =>
      roles.map((role) => ({ person, role, ...place })),
    ),
  );
  return { onboarding: id, manifest: hash, started: !open, version };
}

function conflict({ id, status, manifest }: Standing): SlipwayError {
  return new SlipwayError(
    'manifest/conflict',
    status === 'closed'
      ? `${id} has closed; it ran from manifest ${manifest.slice(0, 12)}`
      : `${id} runs from manifest ${manifest.slice(0, 12)}`,
  );
}

async function begin(ways: Ways, args: OnboardingArguments): Promise<number> {
  const deadline = Date.now() + ENDING_TIMEOUT;
  for (;;) {
    const result = await beginOnce(ways, args);
    // An answer of the aborted one, which was just about to end.
    if (result !== undefined && result.version > args.afterVersion) return result.version;
    if (Date.now() > deadline) {
      throw new SlipwayError(
        'command/not-now',
        `the aborted ${args.onboarding} has not come to its end yet`,
      );
    }
    await delay(LOOK_AGAIN);
  }
}

/** @returns undefined when the workflow ended while the command was under way */
async function beginOnce(
  { client, controlQueue }: Ways,
  args: OnboardingArguments,
): Promise<CommandResult | undefined> {
  const { plan, manifest } = args;
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof onboarding>(
    ONBOARDING_WORKFLOW,
    {
      workflowId: args.onboarding,
      taskQueue: controlQueue,
      args: [args],
      workflowIdConflictPolicy: 'USE_EXISTING',
      typedSearchAttributes: new TypedSearchAttributes([
        { key: searchAttributes.programme, value: plan.programme },
        { key: searchAttributes.department, value: plan.department },
        { key: searchAttributes.stage, value: 'discovery' },
        { key: searchAttributes.status, value: 'running' },
      ]),
      staticSummary: `${plan.programme}/${plan.department}`,
    },
  );
  // It is rejected together with the update, which is where the error is taken from.
  startWorkflowOperation.workflowHandle().catch(() => undefined);
  try {
    return await client.withDeadline(Date.now() + START_TIMEOUT, () =>
      client.workflow.executeUpdateWithStart(beginUpdate, {
        args: [{ manifest }],
        startWorkflowOperation,
      }),
    );
  } catch (error) {
    if (isNotRunning(error)) return undefined;
    throw error;
  }
}
