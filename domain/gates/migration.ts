import type { JsonObject } from '../json.ts';
import type { StepKey } from '../step-catalogue.ts';
import type { CriterionRule } from './criterion.ts';
import { datasets, every, number, one, rate, rejectRate } from './measures.ts';

/** Criteria of `migration/gate`. */
export const MIGRATION_GATE: readonly CriterionRule[] = [
  every(
    'rows-accounted',
    'Every row read is loaded, quarantined or excluded',
    'migration/transfer',
    datasets,
    rowsAddUp,
  ),
  rejectRate('reject-rate', 'Rows in quarantine, of the worst dataset', (facts) =>
    datasets(facts).map((id): [StepKey, number | undefined] => {
      const key = `migration/transfer/${id}`;
      return [key, rate(one(facts, key))];
    }),
  ),
  every(
    'reconciled',
    'Both sides hold the same, row by row',
    'migration/reconcile',
    datasets,
    (output) => output['reconciled'] === true,
  ),
  {
    id: 'control-totals',
    title: 'What the department declared is what was read',
    measure: (facts) => {
      const declared = Object.entries(facts.manifest.baseline.controlTotals).filter(
        ([, each]) => each.rows !== undefined,
      );
      const wrong = declared.filter(
        ([id, each]) => number(one(facts, `migration/transfer/${id}`)['read']) !== each.rows,
      );
      return {
        value: declared.length - wrong.length,
        threshold: declared.length,
        met: wrong.length === 0,
        measuredBy: declared.map(([id]) => `migration/transfer/${id}`),
      };
    },
  },
  {
    id: 'mapping-frozen',
    title: 'Every dataset was loaded by the mapping that was approved',
    measure: (facts) => {
      const frozen = one(facts, 'mapping/compile')['hash'] ?? null;
      const loaded = datasets(facts).map(
        (id) => one(facts, `migration/transfer/${id}`)['mapping'] ?? null,
      );
      return {
        value: [...new Set(loaded)],
        threshold: frozen,
        met: frozen !== null && loaded.every((hash) => hash === frozen),
        measuredBy: ['mapping/compile', ...datasets(facts).map((id) => `migration/transfer/${id}`)],
      };
    },
  },
];

function rowsAddUp(output: JsonObject): boolean {
  const [read, loaded, quarantined, excluded] = ['read', 'loaded', 'quarantined', 'excluded'].map(
    (name) => number(output[name]),
  );
  return (
    read !== undefined &&
    read === (loaded ?? Number.NaN) + (quarantined ?? Number.NaN) + (excluded ?? Number.NaN)
  );
}
