import { readBankTables } from '../dataplane/bank/bank-tables.ts';
import { paysPeople, readFirstRun } from '../dataplane/first-run.ts';
import { judgeFirstRun, openChecks } from '../domain/controls/c14-first-live-run.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { presentTime } from '../store/present-time.ts';
import { frozenMapping, loadId } from './compiled-mapping.ts';
import type { StepBody } from './step-activity.ts';

/**
 * The pre-flight of the first live pay run (control C14). A check that fails parks the cutover before the switch; a
 * senior person may waive that check by name, and nobody the step.
 */
export const checkTheFirstRun: StepBody = async (context) => {
  const { manifest, run, urls, work, bankTables, database } = context;
  if (!paysPeople(manifest)) return { output: { inScope: false, red: [], waived: [] } };
  const tables = await readBankTables(bankTables);
  const mapping = await frozenMapping(context);
  const { facts, submittedBy } = await readFirstRun(
    { manifest, mapping, urls: await urls(), loadId: loadId(context), tables },
    work,
  );
  const checks = judgeFirstRun(facts);
  const red = openChecks(checks, run.waivers, await presentTime(database, run.onboarding));
  const failed = checks.filter((check) => check.failed > 0);
  if (red.length > 0) {
    const said = failed
      .filter(({ id }) => red.includes(id))
      .map(({ id, detail }) => `${id}: ${detail}`);
    throw new SlipwayError('cutover/first-run-failed', said.join('; '), {
      details: { red, submittedBy, checks },
    });
  }
  const waived = failed.map(({ id }) => id);
  const counts: JsonObject = Object.fromEntries(
    checks.map(({ id, checked, failed: wrong }) => [id, { checked, wrong }]),
  );
  return {
    output: { inScope: true, people: facts.people.length, red, waived, checks: counts },
    evidence: [
      {
        kind: 'first-run',
        content: {
          submittedBy,
          checks: checks as unknown as Json,
          waivers: run.waivers.filter(({ criterion }) =>
            waived.some((id) => id === criterion),
          ) as unknown as Json,
        },
      },
    ],
  };
};
