import { readLivePeriods } from '../dataplane/live-periods.ts';
import { capacityProblems } from '../domain/controls/c07-capacity.ts';
import { waveProblems } from '../domain/controls/c08-waves.ts';
import { counted } from '../domain/counted.ts';
import { SlipwayError } from '../domain/errors.ts';
import { ADMISSION } from '../domain/gates/admission.ts';
import type { Admission, GateStatement } from '../domain/gates/criterion.ts';
import type { AdmissionProblem, ProgrammeFacts } from '../domain/programme.ts';
import type { Measurement } from '../domain/programme-shape.ts';
import { knownDepartments } from '../store/known-departments.ts';
import { listMeasurements, listPlans, planInForce } from '../store/programmes.ts';
import type { StepContext } from './step-activity.ts';

/**
 * Whether the programme lets the department cut over now (controls C7 and C8): from the plan in force, the record of the other
 * departments, their live pay runs as the platform has them, and what was measured of the provider.
 * @param now ISO time to judge ages by
 * @throws SlipwayError `target/unreachable`
 */
export async function admissionOf(context: StepContext, now: string): Promise<Admission> {
  const { manifest, database, urls, work } = context;
  const { programme, department } = manifest;
  const departments = await knownDepartments(database, programme);
  const self = departments.find(({ id }) => id === department.id);
  if (self === undefined)
    throw new SlipwayError('internal/unexpected', `${department.id} is not in the record`);
  const switched = departments.flatMap(({ id, switchedAt }) =>
    switchedAt === undefined ? [] : [id],
  );
  const live =
    switched.length === 0
      ? {}
      : await readLivePeriods({ urls: await urls(), departments: switched }, work);
  const plan = planInForce(await listPlans(database, programme));
  const measurements = await listMeasurements(database, programme);
  const facts: ProgrammeFacts = { plan: plan?.content, departments, live, measurements, now };
  return {
    plan: plan === undefined ? undefined : `version ${plan.version} (${plan.hash.slice(0, 12)})`,
    waves: { found: liveInWords(facts), problems: details(waveProblems(facts, self)) },
    capacity: {
      found: capacityInWords(measurements),
      problems: details(capacityProblems(facts, self)),
    },
  };
}

function details(problems: readonly AdmissionProblem[]): string[] {
  return problems.map(({ detail }) => detail);
}

function liveInWords({ live }: ProgrammeFacts): string {
  const runs = Object.entries(live).map(
    ([id, periods]) => `${id}: ${counted(periods.length, 'live pay run')}`,
  );
  return runs.length === 0 ? 'nothing is live yet' : runs.join(', ');
}

function capacityInWords(measurements: readonly Measurement[]): string {
  const last = measurements.at(-1);
  return last === undefined
    ? 'nothing is measured yet'
    : `${last.period}: ${counted(last.advisers, 'adviser')} closed ${last.closed} of ${last.opened} new cases, ${last.backlog} open`;
}

/**
 * Looks once more, when the window has opened, whether the programme lets the department cut over. What the go/no-go record
 * waives stays waived.
 * @throws SlipwayError `cutover/wave-not-admitted`, `cutover/no-capacity`
 */
export async function mustBeAdmitted(context: StepContext, now: string): Promise<void> {
  const admission = await admissionOf(context, now);
  const decided = (await context.evidence('cutover/gate', 'gate-statement')) as unknown as
    | GateStatement
    | undefined;
  for (const { id, code, line: ofAdmission } of ADMISSION) {
    const { problems } = ofAdmission(admission);
    const line = decided?.criteria.find((each) => each.id === id);
    if (problems.length > 0 && line?.verdict !== 'waived')
      throw new SlipwayError(code, problems.join('; '), { details: { problems: [...problems] } });
  }
}
