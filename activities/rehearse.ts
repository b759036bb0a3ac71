import { freezeSource } from '../dataplane/freeze.ts';
import { isSameDatabase, withdrawRehearsal } from '../dataplane/rehearsal-target.ts';
import { switchBack } from '../dataplane/switch.ts';
import type { DataPlaneUrls } from '../dataplane/urls.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { rehearsalOf } from '../domain/rehearsals.ts';
import type { RehearsalPart } from '../domain/rehearsals.ts';
import type { StepId } from '../domain/step-catalogue.ts';
import { stepKey } from '../domain/step-catalogue.ts';
import { firstStart } from '../store/first-start.ts';
import { loadTheDelta } from './delta.ts';
import { prepareThePlatform } from './preflight.ts';
import { reconcileTheDataset } from './reconcile.ts';
import { proveTheRollback } from './rollback-proof.ts';
import { smokeThePlatform } from './smoke.ts';
import type { StepBody, StepContext } from './step-activity.ts';
import { switchTheDepartment } from './switch.ts';
import { proveTheTotals } from './totals.ts';
import { transferDataset } from './transfer.ts';

/** Between the two looks that prove a source quiet. Shorter than at the cutover: a rehearsal decides nothing. */
const SETTLE_MS = 1000;

/** What one part of a rehearsal found: by the step that it rehearses. */
type Found = Readonly<Record<string, JsonObject>>;

const PARTS: Readonly<Record<RehearsalPart, (context: StepContext) => Promise<Found>>> = {
  load: loadEverything,
  freeze: proveQuiet,
  delta: (context) => runSteps(context, [['cutover/delta', undefined]]),
  reconcile: (context) => runSteps(context, ofDatasets(context, 'cutover/reconcile')),
  totals: (context) => runSteps(context, [['cutover/totals', undefined]]),
  switch: (context) => runSteps(context, [['cutover/switch', undefined]]),
  smoke: (context) => runSteps(context, [['cutover/smoke', undefined]]),
  rollback: takeBack,
};

const BODIES: Partial<Record<StepId, StepBody>> = {
  'migration/prepare': prepareThePlatform,
  'migration/transfer': transferDataset,
  'cutover/delta': loadTheDelta,
  'cutover/reconcile': reconcileTheDataset,
  'cutover/totals': proveTheTotals,
  'cutover/switch': switchTheDepartment,
  'cutover/smoke': smokeThePlatform,
};

/**
 * Rehearses one part of the cutover on the rehearsal platform, with the bodies of the steps that do it for real, and
 * records how long it took. The legacy side is only read. A repeat goes on where the ledger says.
 */
export const rehearseThePart: StepBody = async (context) => {
  const { item, manifest, outputs, database, run } = context;
  const rehearsed = rehearsalOf(manifest, item);
  if (rehearsed === undefined)
    throw new SlipwayError('internal/unexpected', `the manifest has no rehearsal ${item}`);
  const { rehearsal, part } = rehearsed;
  const mapping = (await outputs()).get('mapping/compile')?.['hash'];
  if (typeof mapping !== 'string') {
    throw new SlipwayError(
      'mapping/not-frozen',
      'no mapping was compiled: rewind to mapping/compile',
    );
  }
  // A worker that was lost in the middle belongs to what the part took.
  const startedAt = (await firstStart(database, run)) ?? new Date().toISOString();
  const load = part === 'load' ? run.version : await loadOf(context, rehearsal.id);
  const found = await PARTS[part](await onRehearsalPlatform(context, load));
  const endedAt = new Date().toISOString();
  const ms = Math.max(0, Date.parse(endedAt) - Date.parse(startedAt));
  const facts = { rehearsal: rehearsal.id, part, ms, startedAt, endedAt, mapping, load };
  return {
    output: facts,
    evidence: [{ kind: 'rehearsal', content: { ...facts, kind: rehearsal.kind, found } }],
  };
};

async function loadOf({ outputs }: StepContext, rehearsal: string): Promise<number> {
  const step = stepKey('cutover/rehearse', `${rehearsal}/load`);
  const load = (await outputs()).get(step)?.['load'];
  if (typeof load === 'number') return load;
  throw new SlipwayError(
    'cutover/no-rehearsal-target',
    `nothing was loaded for the rehearsal ${rehearsal}: rewind to ${step}`,
  );
}

/** The context of a step with the rehearsal platform in the place of the platform. */
async function onRehearsalPlatform(context: StepContext, load: number): Promise<StepContext> {
  const urls = await context.urls();
  const places = await rehearsalPlaces(context, urls);
  return {
    ...context,
    run: { ...context.run, load, input: {} },
    urls: () => Promise.resolve(places),
  };
}

async function rehearsalPlaces({ work }: StepContext, urls: DataPlaneUrls): Promise<DataPlaneUrls> {
  if (urls.rehearsal === undefined) {
    throw new SlipwayError(
      'cutover/no-rehearsal-target',
      'no rehearsal platform is configured: set SLIPWAY_REHEARSAL_URL for the workers',
    );
  }
  if (await isSameDatabase(urls.target, urls.rehearsal, work)) {
    throw new SlipwayError(
      'cutover/no-rehearsal-target',
      'SLIPWAY_REHEARSAL_URL and SLIPWAY_PLATFORM_URL lead to the same database',
    );
  }
  return { ...urls, target: urls.rehearsal };
}

/** Runs bodies of steps one after the other, each as its own step would call it. */
async function runSteps(
  context: StepContext,
  steps: readonly (readonly [StepId, string | undefined])[],
): Promise<Found> {
  const found: Record<string, JsonObject> = {};
  for (const [id, item] of steps) {
    const step = stepKey(id, item);
    const body = BODIES[id];
    if (body === undefined) throw new TypeError(`${id} is not rehearsed`);
    const own = { ...context, item: item ?? '', run: { ...context.run, step } };
    found[step] = (await body(own)).output;
  }
  return found;
}

function ofDatasets({ manifest }: StepContext, id: StepId): [StepId, string][] {
  return manifest.datasets.map((dataset) => [id, dataset.id]);
}

/** Anew, in the order of the platform's foreign keys; what an earlier rehearsal left is cleared. */
async function loadEverything(context: StepContext): Promise<Found> {
  const { manifest, outputs, urls, work } = context;
  await withdrawRehearsal((await urls()).target, manifest.department.id, work);
  const order = (await outputs()).get('mapping/compile')?.['order'] as
    | readonly { readonly dataset: string }[]
    | undefined;
  const datasets = order?.map(({ dataset }) => dataset) ?? manifest.datasets.map(({ id }) => id);
  return runSteps(context, [
    ['migration/prepare', undefined],
    ...datasets.map((dataset) => ['migration/transfer', dataset] as const),
  ]);
}

/** A rehearsal never freezes the legacy side: people work there. It proves that it could be seen to be quiet. */
async function proveQuiet({ manifest, urls, work }: StepContext): Promise<Found> {
  const found: Record<string, JsonObject> = {};
  const places = await urls();
  for (const [source, { kind }] of Object.entries(manifest.sources)) {
    if (kind === 'files') continue;
    const request = { manifest, source, urls: places, settleMs: SETTLE_MS };
    const { method, tables } = await freezeSource(request, work);
    found[stepKey('cutover/freeze', source)] = { method, tables: tables.length };
  }
  return found;
}

/** The complete roll-back: the switch is taken back, and both sides are proven. */
async function takeBack(context: StepContext): Promise<Found> {
  const { manifest, urls, work } = context;
  const tenant = await switchBack({ urls: await urls(), department: manifest.department.id }, work);
  const { output } = await proveTheRollback(context);
  return {
    'cutover/undo/cutover/switch': { status: tenant.status, changed: tenant.changed },
    'cutover/undo/proof': output,
  };
}
