import { readLivePeriods } from '../dataplane/live-periods.ts';
import { capacityProblems } from '../domain/controls/c07-capacity.ts';
import { waveProblems } from '../domain/controls/c08-waves.ts';
import { SlipwayError } from '../domain/errors.ts';
import { ADMISSION } from '../domain/gates/admission.ts';
import type { Admission, GateStatement } from '../domain/gates/criterion.ts';
import type { KnownDepartment, ProgrammeFacts } from '../domain/programme.ts';
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
  const { manifest, database, urls, work, outputs } = context;
  const { programme, department } = manifest;
  const departments = await knownDepartments(database, programme);
  const switched = departments.flatMap(({ id, switchedAt }) =>
    switchedAt === undefined ? [] : [id],
  );
  const live =
    switched.length === 0
      ? {}
      : await readLivePeriods({ urls: await urls(), departments: switched }, work);
  const facts: ProgrammeFacts = {
    plan: planInForce(await listPlans(database, programme))?.content,
    departments,
    live,
    measurements: await listMeasurements(database, programme),
  };
  const { from, to } = (await outputs()).get('cutover/window') ?? {};
  const known = departments.find(({ id }) => id === department.id);
  const self: KnownDepartment = {
    id: department.id,
    wave: department.wave,
    headcount: department.headcount,
    status: 'running',
    paid: !('notApplicable' in manifest.parallelRun),
    ...known,
    window:
      typeof from === 'string' && typeof to === 'string'
        ? { from, to }
        : (known?.window ?? manifest.cutover.window),
  };
  return {
    planned: facts.plan !== undefined,
    waves: waveProblems(facts, self).map(({ detail }) => detail),
    capacity: capacityProblems(facts, self, now).map(({ detail }) => detail),
  };
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
  for (const { id, code, problems } of ADMISSION) {
    const found = problems(admission);
    const line = decided?.criteria.find((each) => each.id === id);
    if (found.length > 0 && line?.verdict !== 'waived')
      throw new SlipwayError(code, found.join('; '), { details: { problems: found } });
  }
}
