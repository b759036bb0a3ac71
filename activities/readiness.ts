import { text } from '../domain/gates/measures.ts';
import { gateStatement } from '../domain/gates/statement.ts';
import type { Criterion } from '../domain/gates/criterion.ts';
import type { Json } from '../domain/json.ts';
import { findOnboarding } from '../store/read-model.ts';
import type { StepBody } from './step-activity.ts';

const GATES_BEFORE = ['discovery/gate', 'mapping/gate', 'migration/gate', 'parallel-run/gate'];

/**
 * The readiness statement, measured anew from the record and never typed (control C5): every criterion of the gates
 * before, the red ones first, and every step that was skipped or waived, with who and why.
 */
export const generateReadiness: StepBody = async ({ run, manifest, outputs, database }) => {
  const facts = { manifest, outputs: await outputs() };
  const detail = await findOnboarding(database, run.onboarding);
  const steps = detail?.steps ?? [];
  // A waiver counts as long as the gate it was given at: the gate's own statement is measured with it.
  const waived = new Set(
    steps
      .filter((step) => step.key.endsWith('/gate'))
      .flatMap((step) =>
        step.input?.['waived'] === undefined ? [] : [`${step.key} ${text(step.input['waived'])}`],
      ),
  );
  const lines = GATES_BEFORE.flatMap((gate) =>
    gateStatement(gate, facts, []).criteria.map((criterion) => ({
      gate,
      ...criterion,
      verdict:
        criterion.verdict === 'unmet' && waived.has(`${gate} ${criterion.id}`)
          ? ('waived' as const)
          : criterion.verdict,
    })),
  );
  const order: Record<Criterion['verdict'], number> = { unmet: 0, waived: 1, met: 2 };
  const exceptions = steps
    .filter((step) => step.status === 'skipped' || step.status === 'waived')
    .map((step) => ({
      step: step.key,
      status: step.status,
      by: step.by ?? null,
      reason: step.reason ?? null,
    }));
  const red = lines
    .filter((line) => line.verdict === 'unmet')
    .map((line) => `${line.gate} ${line.id}`);
  const statement = {
    lines: lines.toSorted((a, b) => order[a.verdict] - order[b.verdict]),
    exceptions,
  };
  return {
    output: { red, lines: lines.length, exceptions: exceptions.length },
    evidence: [{ kind: 'readiness-statement', content: statement as unknown as Json }],
  };
};
