import type { Criterion, GateStatement } from '../domain/gates/criterion.ts';
import { gateStatement } from '../domain/gates/statement.ts';
import type { Json } from '../domain/json.ts';
import { findOnboarding } from '../store/read-model.ts';
import type { StepBody } from './step-activity.ts';

const GATES_BEFORE = ['discovery/gate', 'mapping/gate', 'migration/gate', 'parallel-run/gate'];

const RED_FIRST: Record<Criterion['verdict'], number> = { unmet: 0, waived: 1, met: 2 };

/**
 * The readiness statement, measured anew from the record and never typed (control C5): every criterion of the gates
 * before, the red ones first, and every step that was skipped or waived, with who and why. A waiver counts where it
 * stands in the statement that its gate was decided on.
 */
export const generateReadiness: StepBody = async ({
  run,
  manifest,
  outputs,
  evidence,
  database,
}) => {
  const facts = { manifest, outputs: await outputs() };
  const lines: (Criterion & { gate: string })[] = [];
  for (const gate of GATES_BEFORE) {
    const decided = (await evidence(gate, 'gate-statement')) as unknown as
      | GateStatement
      | undefined;
    const waivers = (decided?.criteria ?? []).flatMap(({ waiver }) =>
      waiver === undefined ? [] : [waiver],
    );
    lines.push(
      ...gateStatement(gate, facts, waivers).criteria.map((criterion) => ({ gate, ...criterion })),
    );
  }
  const steps = (await findOnboarding(database, run.onboarding))?.steps ?? [];
  const exceptions = steps
    .filter((step) => step.status === 'skipped' || step.status === 'waived')
    .map(({ key, status, by, reason }) => ({
      step: key,
      status,
      by: by ?? null,
      reason: reason ?? null,
    }));
  const red = lines
    .filter((line) => line.verdict === 'unmet')
    .map((line) => `${line.gate} ${line.id}`);
  const sorted = lines.toSorted((a, b) => RED_FIRST[a.verdict] - RED_FIRST[b.verdict]);
  return {
    output: { red, lines: lines.length, exceptions: exceptions.length },
    evidence: [
      { kind: 'readiness-statement', content: { lines: sorted, exceptions } as unknown as Json },
    ],
  };
};
