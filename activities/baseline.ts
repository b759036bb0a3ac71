import { measureBaseline } from '../dataplane/baseline.ts';
import type { Json } from '../domain/json.ts';
import type { StepBody } from './step-activity.ts';

/** Records what the department has and costs today: nothing later can be compared without it (control C16). */
export const recordBaseline: StepBody = async ({ manifest, urls, work }) => {
  const baseline = await measureBaseline(manifest, await urls(), work);
  const { found, declared } = baseline.headcount;
  return {
    output: {
      people: found,
      peopleMeasured: found !== null,
      declared,
      annualServiceCost: baseline.annualServiceCost,
      rows: Object.values(baseline.rows).reduce((sum, rows) => sum + rows, 0),
      totalsAgree: baseline.controlTotals.filter((each) => each.agrees).length,
      totalsDeclared: baseline.controlTotals.length,
    },
    evidence: [{ kind: 'baseline', content: baseline as unknown as Json }],
  };
};
