import { Context } from '@temporalio/activity';
import { checkCorrections } from '../dataplane/check-corrections.ts';
import { differenceValues } from '../dataplane/difference-values.ts';
import { loadHistory } from '../dataplane/load-history.ts';
import { latestLoad } from '../dataplane/ledger.ts';
import type { CompiledMapping } from '../dataplane/mapping/compile-mapping.ts';
import { provenanceOf } from '../dataplane/provenance.ts';
import { quarantineByRule, quarantineRows } from '../dataplane/quarantine.ts';
import { exportQuarantine } from '../dataplane/quarantine-sheet.ts';
import type { DataPlaneUrls } from '../dataplane/urls.ts';
import type { Work } from '../dataplane/work.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { InspectionRequest } from '../domain/inspection.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { Manifest } from '../domain/manifest.ts';
import { CORRECTION_LIFETIME } from '../domain/policies.ts';
import { reconcileStep } from '../domain/reconciliation.ts';
import { keepCorrection } from '../store/corrections.ts';
import {
  answerInspection,
  deleteExpired,
  failInspection,
  findInspection,
  type Inspection,
} from '../store/inspections.ts';
import { lastReconciliation } from '../store/reconciliations.ts';
import { settledOutputs } from '../store/step-outputs.ts';
import { frozenMapping } from './compiled-mapping.ts';
import type { StepDependencies } from './step-activity.ts';

/** Answers a look into the store; Temporal sees no more than its id. */
export type Inspect = (id: string) => Promise<void>;

interface Answer {
  readonly answer: Json;
  readonly file?: Buffer;
}

/** What an answer is made from. */
interface Ground {
  readonly inspection: Inspection;
  readonly manifest: Manifest;
  readonly department: string;
  readonly loadId: string;
  readonly urls: DataPlaneUrls;
  readonly work: Work;
  readonly mapping: () => Promise<CompiledMapping>;
}

/**
 * Makes the activity that answers looks. What people can correct becomes a failed answer; an outage of the store fails
 * the attempt.
 */
export function inspect(dependencies: StepDependencies): Inspect {
  const { database } = dependencies;
  return async (id) => {
    await deleteExpired(database);
    const inspection = await findInspection(database, id);
    if (inspection === undefined) return;
    try {
      await answerInspection(database, id, await answerOf(dependencies, inspection));
    } catch (error) {
      if (Context.current().cancellationSignal.aborted) throw error;
      if (!(error instanceof SlipwayError)) {
        Context.current().log.error('a look failed unexpectedly', { error });
      }
      const { code, message, details } =
        error instanceof SlipwayError
          ? error
          : new SlipwayError('internal/unexpected', 'the worker could not look it up');
      await failInspection(database, id, {
        code,
        message,
        ...(details === undefined ? {} : { details: details as Json }),
      });
    }
  };
}

async function answerOf(dependencies: StepDependencies, inspection: Inspection): Promise<Answer> {
  const { database } = dependencies;
  const { manifest, baseFolder } = await dependencies.manifest(inspection.manifest);
  const urls = await dependencies.urls(manifest, baseFolder);
  const context = Context.current();
  const work: Work = { signal: context.cancellationSignal, progress: () => context.heartbeat() };
  const department = manifest.department.id;
  const loadId = await latestLoad({ urls, department }, work);
  if (loadId === undefined)
    throw new SlipwayError('request/not-found', `nothing of ${department} was loaded yet`);
  const mapping = (): Promise<CompiledMapping> =>
    frozenMapping({
      manifest,
      outputs: () => settledOutputs(database, inspection.onboarding),
      urls: () => Promise.resolve(urls),
      work,
    });
  const ground = { inspection, manifest, department, loadId, urls, work, mapping };
  return answerKind(dependencies, ground, inspection.request);
}

async function answerKind(
  { database }: StepDependencies,
  ground: Ground,
  request: InspectionRequest,
): Promise<Answer> {
  const { urls, department, loadId, work } = ground;
  switch (request.kind) {
    case 'quarantine': {
      const { dataset } = request;
      const about = { urls, department, loadId, ...(dataset === undefined ? {} : { dataset }) };
      const rules = await quarantineByRule(about, work);
      const { rule, status, after, limit, unmasked } = request;
      const rows = await quarantineRows({ ...about, rule, status, after, limit, unmasked }, work);
      return { answer: { load: loadId, rules, rows } as unknown as Json };
    }
    case 'quarantine-export':
      return exportOf(ground, request);
    case 'corrections': {
      const { dataset } = request;
      const { inspection } = ground;
      const compiled = datasetOf(await ground.mapping(), dataset);
      const file = inspection.document ?? Buffer.alloc(0);
      const check = await checkCorrections(
        { urls, department, loadId, dataset: compiled, file },
        work,
      );
      if ('problems' in check) return { answer: { ...check } as unknown as Json };
      const { rows, unchanged } = check;
      if (rows.length === 0) return { answer: { hash: null, rows: 0, cells: 0, unchanged } };
      const kept = await keepCorrection(database, {
        onboarding: inspection.onboarding,
        dataset,
        rows,
        by: inspection.askedBy,
        keepForMs: CORRECTION_LIFETIME,
      });
      return { answer: { ...kept, unchanged } };
    }
    case 'provenance': {
      const { table, key } = request;
      const found = await provenanceOf(
        { mapping: await ground.mapping(), urls, loadId, table, key },
        work,
      );
      return { answer: found as unknown as Json };
    }
    case 'load-history': {
      const loads = await loadHistory({ urls, department }, work);
      return { answer: { loads } as unknown as JsonObject };
    }
    case 'differences': {
      const { dataset, stage } = request;
      const step = reconcileStep(stage, dataset);
      const found = await lastReconciliation(database, ground.inspection.onboarding, step);
      if (found === undefined)
        throw new SlipwayError('request/not-found', `${step} has compared nothing yet`);
      const { differences } = found.reconciliation;
      const mapping = await ground.mapping();
      const about = { mapping, dataset, urls, loadId, differences };
      const values = await differenceValues(about, work);
      return { answer: { ...found, values } as unknown as Json };
    }
  }
}

async function exportOf(
  { manifest, urls, department, loadId, work, mapping }: Ground,
  { dataset, rule }: InspectionRequest & { kind: 'quarantine-export' },
): Promise<Answer> {
  const compiled = await mapping();
  const wanted = dataset === undefined ? compiled.datasets : [datasetOf(compiled, dataset)];
  const datasets = wanted.flatMap((each) => {
    const declared = manifest.datasets.find(({ id }) => id === each.id);
    return declared === undefined ? [] : [{ compiled: each, declared }];
  });
  const { file, rows } = await exportQuarantine({ urls, department, loadId, datasets, rule }, work);
  return { answer: { load: loadId, rows }, file };
}

function datasetOf(mapping: CompiledMapping, id: string) {
  const found = mapping.datasets.find((each) => each.id === id);
  if (found === undefined)
    throw new SlipwayError('request/not-found', `the manifest has no dataset ${id}`);
  return found;
}
