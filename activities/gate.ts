import { thawedMembers } from '../domain/controls/c02-frozen-criteria.ts';
import { hasExpired, validWaivers } from '../domain/controls/c03-waivers.ts';
import type { RecordedWaiver } from '../domain/controls/c03-waivers.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { gateStatement, redCriteria } from '../domain/gates/statement.ts';
import type { Manifest } from '../domain/manifest.ts';
import { planOf } from '../domain/plan.ts';
import { definitionOf } from '../domain/step-catalogue.ts';
import type { StepRun } from '../domain/step-run.ts';
import type { GateFacts, GateStatement } from '../domain/gates/criterion.ts';
import { presentTime } from '../store/present-time.ts';
import { waivedSteps } from '../store/waivers.ts';
import type { StepBody, StepContext } from './step-activity.ts';
import { admissionOf } from './wave-admission.ts';

/** A gate: measures every criterion and waits for the people asked. The statement is what they approve. */
export const decideGate: StepBody = async (context) => {
  const { run, manifest, outputs, database } = context;
  mustBeFrozen(run, manifest);
  const at = await presentTime(database, run.onboarding);
  const now = Date.parse(at);
  const facts: GateFacts = {
    manifest,
    outputs: await outputs(),
    now: at,
    ...(run.step === 'cutover/gate' ? { admission: await admissionOf(context, at) } : {}),
  };
  const recorded =
    definitionOf(run.step).stage === 'cutover' ? await waiversBefore(context, now) : undefined;
  const statement = gateStatement(
    run.step,
    recorded === undefined ? facts : { ...facts, waivers: recorded },
    validWaivers(run.waivers, now),
    run.frozen,
  );
  const count = (verdict: string): number =>
    statement.criteria.filter((each) => each.verdict === verdict).length;
  return {
    output: {
      criteria: statement.criteria.length,
      met: count('met'),
      waived: count('waived'),
      red: redCriteria(statement),
      ...whatIsOpen(statement, facts.outputs),
    },
    evidence: [{ kind: 'gate-statement', content: statement as unknown as Json }],
    waits: true,
  };
};

/** What has to be acknowledged with an approval (control C6), and until when the statement holds. */
function whatIsOpen({ gate, criteria }: GateStatement, outputs: GateFacts['outputs']): JsonObject {
  const waived = criteria.filter(({ verdict }) => verdict === 'waived').map(({ id }) => id);
  if (gate !== 'cutover/gate') return { open: waived };
  const readiness = outputs.get('cutover/readiness') ?? {};
  const exempt = Object.keys((outputs.get('cutover/window')?.['exempt'] ?? {}) as JsonObject);
  const { red, open, validUntil } = readiness;
  // Red lines get here only where a senior person has waived that there is any.
  const lines = [red, open].flatMap((each) => (each ?? []) as string[]);
  return {
    open: [...waived, ...lines, ...exempt.map((rule) => `calendar/${rule}`)],
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}

/** Every waiver that stands: of mandatory steps, and of the criteria of the gates that are passed. */
async function waiversBefore(
  { run, manifest, database, evidence }: StepContext,
  now: number,
): Promise<RecordedWaiver[]> {
  const steps = await waivedSteps(database, run.onboarding);
  const gates = planOf(manifest).steps.filter(
    (step) => step !== run.step && definitionOf(step).kind === 'gate',
  );
  const statements = await Promise.all(gates.map((step) => evidence(step, 'gate-statement')));
  const ofGates = statements.flatMap((content, index) => {
    const { criteria = [] } = (content ?? {}) as unknown as Partial<GateStatement>;
    return criteria.flatMap(({ waiver }) =>
      waiver === undefined ? [] : [{ step: gates[index] ?? '', ...waiver }],
    );
  });
  return [...steps, ...ofGates].map((waiver) => ({ ...waiver, expired: hasExpired(waiver, now) }));
}

/** The manifest is read here, so that no plan that was sent can say that nothing has changed (control C2). */
function mustBeFrozen({ step, frozen }: StepRun, manifest: Manifest): void {
  if (frozen === undefined) return;
  const { stage } = definitionOf(step);
  const changed = thawedMembers(frozen, planOf(manifest).criteria?.[stage] ?? {});
  if (changed.length > 0) {
    throw new SlipwayError(
      'criteria/changed',
      `${stage} was frozen with another ${changed.join(', ')} than the manifest has`,
    );
  }
}
