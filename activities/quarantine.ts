import { acceptQuarantine } from '../dataplane/accept-quarantine.ts';
import { loadHistory } from '../dataplane/load-history.ts';
import { loadState } from '../dataplane/ledger.ts';
import { quarantineSummary } from '../dataplane/quarantine.ts';
import type { Accepted, Redriven } from '../dataplane/quarantine-decision.ts';
import { quarantineState } from '../dataplane/quarantine-state.ts';
import { redriveQuarantine } from '../dataplane/redrive.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { comparedRates } from '../domain/load-rates.ts';
import { findCorrection, forgetCorrection } from '../store/corrections.ts';
import { frozenMapping, loadId } from './compiled-mapping.ts';
import type { StepBody, StepContext } from './step-activity.ts';

/**
 * Carries out what was decided last about the quarantine of a dataset, and says where it stands. Ends when no row is
 * open; waits while one is. A decision that was refused leaves the step waiting and says why.
 */
export const disposeOfTheQuarantine: StepBody = async (context) => {
  const { item, manifest, work } = context;
  const urls = await context.urls();
  const department = manifest.department.id;
  const load = loadId(context);
  const about = { urls, department, loadId: load, dataset: item };
  const last = await carryOut(context);
  const state = await quarantineState(about, work);
  const states = await loadState({ urls, department, loadId: load }, work);
  const figures = states.find(({ dataset }) => dataset === item);
  if (figures === undefined)
    throw new SlipwayError('data/chunk-failed', `the ledger knows nothing of ${item}`);
  const history = await loadHistory({ urls, department, dataset: item }, work);
  const { read, loaded, quarantined, excluded, totals } = figures;
  const output: JsonObject = {
    open: state.open,
    accepted: state.accepted,
    corrected: state.corrected,
    read,
    loaded,
    quarantined,
    excluded,
    totals,
    openByRule: state.openByRule,
    ...comparedRates(history, load),
    ...(last === undefined ? {} : { last: { ...last } }),
  };
  const rules = await quarantineSummary(about, work);
  const decisions = history.find((each) => each.loadId === load)?.decisions ?? [];
  return {
    output,
    evidence: [
      {
        kind: 'quarantine',
        content: { dataset: item, load, state, figures, rules, decisions } as unknown as Json,
      },
    ],
    waits: state.open > 0,
  };
};

async function carryOut(context: StepContext): Promise<Redriven | Accepted | undefined> {
  const { run, item, database, work } = context;
  const { order } = run;
  if (order === undefined) return undefined;
  const mapping = await frozenMapping(context);
  const dataset = mapping.datasets.find((each) => each.id === item);
  if (dataset === undefined)
    throw new SlipwayError('internal/unexpected', `${item} was not compiled`);
  const { id, by, reason, decision } = order;
  const request = { dataset, loadId: loadId(context), urls: await context.urls(), id, by, reason };
  if (decision.kind === 'accept') {
    const { rule, count } = decision;
    return await acceptQuarantine({ ...request, rule, count }, work);
  }
  const { correction } = decision;
  const redriven = await redriveQuarantine(
    {
      ...request,
      mappingHash: mapping.hash,
      document: correction,
      corrections: () => findCorrection(database, run.onboarding, item, correction ?? ''),
    },
    work,
  );
  // The values live on beside the row they correct; nobody needs the document again.
  if (correction !== undefined && redriven.refused === undefined)
    await forgetCorrection(database, run.onboarding, correction);
  return redriven;
}
