import { thawedMembers } from '../domain/controls/c02-frozen-criteria.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import { gateStatement, redCriteria } from '../domain/gates/statement.ts';
import type { Manifest } from '../domain/manifest.ts';
import { planOf } from '../domain/plan.ts';
import { definitionOf } from '../domain/step-catalogue.ts';
import type { StepRun } from '../domain/step-run.ts';
import type { StepBody } from './step-activity.ts';

/** A gate: measures every criterion and waits for the people asked. The statement is what they approve. */
export const decideGate: StepBody = async ({ run, manifest, outputs }) => {
  mustBeFrozen(run, manifest);
  const statement = gateStatement(
    run.step,
    { manifest, outputs: await outputs() },
    run.waivers,
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
    },
    evidence: [{ kind: 'gate-statement', content: statement as unknown as Json }],
    waits: true,
  };
};

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
