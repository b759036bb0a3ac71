import type { FrozenCriteria } from '../controls/c02-frozen-criteria.ts';
import type { StepKey } from '../step-catalogue.ts';
import type { Waiver } from '../step-run.ts';
import type { Criterion, CriterionRule, GateFacts, GateStatement } from './criterion.ts';
import { GO_NO_GO, NO_RETURN } from './cutover.ts';
import { DISCOVERY_GATE } from './discovery.ts';
import { HYPERCARE_EXIT } from './hypercare-exit.ts';
import { MAPPING_GATE } from './mapping.ts';
import { MIGRATION_GATE } from './migration.ts';
import { PARALLEL_RUN_GATE } from './parallel-run.ts';

const RULES: Readonly<Record<StepKey, readonly CriterionRule[]>> = {
  'discovery/gate': DISCOVERY_GATE,
  'mapping/gate': MAPPING_GATE,
  'migration/gate': MIGRATION_GATE,
  'parallel-run/gate': PARALLEL_RUN_GATE,
  'cutover/gate': GO_NO_GO,
  'cutover/no-return': NO_RETURN,
  'cutover/exit': HYPERCARE_EXIT,
};

/**
 * The statement of a gate: every criterion with value, threshold and verdict. A step that was skipped or waived has
 * no output, so what it should have measured is unmet: nothing turns green for lack of evidence.
 */
export function gateStatement(
  gate: StepKey,
  facts: GateFacts,
  waivers: readonly Waiver[],
  frozen?: FrozenCriteria,
): GateStatement {
  const criteria = (RULES[gate] ?? []).map((rule): Criterion => {
    const { met, ...measured } = rule.measure(facts);
    const waiver = met ? undefined : waivers.find((each) => each.criterion === rule.id);
    const verdict = met ? 'met' : waiver === undefined ? 'unmet' : 'waived';
    return {
      id: rule.id,
      title: rule.title,
      ...measured,
      verdict,
      ...(waiver === undefined ? {} : { waiver }),
    };
  });
  return {
    gate,
    policy: facts.manifest.policy,
    ...(frozen === undefined ? {} : { frozen }),
    ...(facts.waivers === undefined ? {} : { waivers: facts.waivers }),
    criteria,
  };
}

/** Ids of the criteria that are not met and not waived. */
export function redCriteria(statement: GateStatement): string[] {
  return statement.criteria
    .filter((criterion) => criterion.verdict === 'unmet')
    .map((criterion) => criterion.id);
}
