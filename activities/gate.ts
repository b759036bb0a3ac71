import type { Json } from '../domain/json.ts';
import { gateStatement, redCriteria } from '../domain/gates/statement.ts';
import type { StepBody } from './step-activity.ts';

/** A gate: measures every criterion and waits for the people asked. The statement is what they approve. */
export const decideGate: StepBody = async ({ run, manifest, outputs }) => {
  const statement = gateStatement(run.step, { manifest, outputs: await outputs() }, run.waivers);
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
