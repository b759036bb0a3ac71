import { judgeMockLoads, judgeRejectRates, rowsAddUp } from '../controls/c13-two-sided.ts';
import type { LoadedDataset } from '../controls/c13-two-sided.ts';
import { equalDecimals } from '../decimal.ts';
import type { JsonObject } from '../json.ts';
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
    title: 'What the department declared is what was read and loaded, to the penny (control C13)',
    measure: (facts) => {
      const declared = Object.entries(facts.manifest.baseline.controlTotals);
      const lines = declared.flatMap(([id, { rows, totals }]) => [
        ...(rows === undefined ? [] : [rowsLine(facts, id, rows)]),
        ...Object.entries(totals).map(([column, total]) => sumLine(facts, id, column, total)),
      ]);
      const wrong = lines.filter((line) => line !== undefined);
      return {
        value: wrong.length === 0 ? lines.length : wrong.join('; '),
        threshold: lines.length,
        met: wrong.length === 0,
        measuredBy: declared.flatMap(([id, { rows, totals }]) => [
          ...(rows === undefined ? [] : [`migration/transfer/${id}`]),
          ...(Object.keys(totals).length === 0 ? [] : [`migration/reconcile/${id}`]),
        ]),
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

/** What is wrong with the rows that were declared; undefined where nothing is. */
function rowsLine(facts: GateFacts, id: string, declared: number): string | undefined {
  const read = number(one(facts, `migration/transfer/${id}`)['read']);
  return read === declared ? undefined : `${id}: ${declared} rows declared, ${read ?? 'none'} read`;
}

/** The same for a sum. Rows that were not loaded are not in it: that is what the department has to say something about. */
function sumLine(
  facts: GateFacts,
  id: string,
  column: string,
  declared: number,
): string | undefined {
  const sums = one(facts, `migration/reconcile/${id}`)['sums'];
  const loaded = (sums as JsonObject | undefined)?.[column];
  if (typeof loaded === 'string' && equalDecimals(loaded, String(declared))) return undefined;
  return `${id}: ${column} declared as ${declared}, loaded ${typeof loaded === 'string' ? loaded : 'none'}`;
}

function quarantineOf(dataset: string): StepKey {
  return `migration/quarantine/${dataset}`;
}

function loadedDatasets(facts: GateFacts): LoadedDataset[] {
  return datasets(facts).map((dataset) => ({ dataset, output: one(facts, quarantineOf(dataset)) }));
}
