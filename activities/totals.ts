import { controlTotals } from '../dataplane/totals.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import { frozenMapping, loadId } from './compiled-mapping.ts';
import type { StepBody } from './step-activity.ts';

/** How many differing totals the message names; the details have all of them. */
const NAMED = 5;

/** Proves the control totals of both sides to the penny, after the delta, and fails naming those that differ. */
export const proveTheTotals: StepBody = async (context) => {
  const { manifest, urls, work } = context;
  const totals = await controlTotals(
    {
      mapping: await frozenMapping(context),
      urls: await urls(),
      loadId: loadId(context),
      department: manifest.department.id,
    },
    work,
  );
  const groups = totals.groups.reduce((sum, each) => sum + each.compared, 0);
  if (totals.differing > 0) {
    const lines = totals.lines
      .filter(({ equal }) => !equal)
      .map(
        ({ table, column, source, target, ledger }) =>
          `${table} ${column ?? 'rows'}: source ${source}, platform ${target}${ledger === null ? '' : `, ledger ${ledger}`}`,
      );
    const differing = totals.groups
      .filter((each) => each.differing.length > 0)
      .map(
        ({ table, by, differing: some }) => `${table}: ${some.length} groups by ${by.join(', ')}`,
      );
    throw new SlipwayError(
      'data/not-reconciled',
      [...lines, ...differing].slice(0, NAMED).join('; '),
      { details: { totals } },
    );
  }
  return {
    output: { equal: true, totals: totals.lines.length, groups, differing: 0 },
    evidence: [{ kind: 'control-totals', content: totals as unknown as Json }],
  };
};
