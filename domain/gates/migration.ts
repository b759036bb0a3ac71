import { judgeMockLoads, judgeRejectRates, rowsAddUp } from '../controls/c13-two-sided.ts';
import type { LoadedDataset } from '../controls/c13-two-sided.ts';
import type { StepKey } from '../step-catalogue.ts';
import type { CriterionRule, GateFacts } from './criterion.ts';
import { datasets, every, number, one, rate, rejectRate } from './measures.ts';

/** Criteria of `migration/gate`. */
export const MIGRATION_GATE: readonly CriterionRule[] = [
  every(
    'rows-accounted',
    'Every row read is loaded, quarantined or excluded',
    'migration/quarantine',
    datasets,
    rowsAddUp,
  ),
  rejectRate(
    'reject-rate',
    'Rows that are not loaded (in quarantine, accepted ones included), of the worst dataset',
    (facts) =>
      datasets(facts).map((id): [StepKey, number | undefined] => {
        const key = quarantineOf(id);
        return [key, rate(one(facts, key))];
      }),
  ),
  {
    id: 'quarantine-decided',
    title: 'Every row in quarantine was re-driven, or accepted by a named person',
    measure: (facts) => {
      const keys = datasets(facts).map(quarantineOf);
      const sum = (member: string): number | undefined => {
        const all = keys.map((key) => number(one(facts, key)[member]));
        return all.some((each) => each === undefined)
          ? undefined
          : all.reduce<number>((total, each) => total + (each ?? 0), 0);
      };
      const [open, accepted] = [sum('open'), sum('accepted')];
      const measured = open !== undefined && accepted !== undefined;
      return {
        value: measured ? `${open} open, ${accepted} accepted` : null,
        threshold: '0 open',
        met: measured && open === 0,
        measuredBy: keys,
      };
    },
  },
  {
    id: 'reject-rate-not-worse',
    title: 'No dataset was loaded with more rejects than the load before (control C13)',
    measure: (facts) => ({
      ...judgeRejectRates(loadedDatasets(facts)),
      measuredBy: datasets(facts).map(quarantineOf),
    }),
  },
  {
    id: 'mock-loads',
    title:
      'Every dataset was loaded as often as the policy asks, the last time completely (control C13)',
    measure: (facts) => ({
      ...judgeMockLoads(loadedDatasets(facts), facts.manifest.policy.mockLoads),
      measuredBy: datasets(facts).map(quarantineOf),
    }),
  },
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

function quarantineOf(dataset: string): StepKey {
  return `migration/quarantine/${dataset}`;
}

function loadedDatasets(facts: GateFacts): LoadedDataset[] {
  return datasets(facts).map((dataset) => ({ dataset, output: one(facts, quarantineOf(dataset)) }));
}
