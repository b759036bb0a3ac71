import type { JsonObject } from '../json.ts';
import type { StepKey } from '../step-catalogue.ts';
import type { CriterionRule } from './criterion.ts';
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
    measure: (facts) => {
      const keys = datasets(facts).map(quarantineOf);
      const rates = keys.map((key) => {
        const output = one(facts, key);
        return {
          dataset: key.split('/').at(-1) ?? key,
          now: number(output['rejectRate']),
          before: number(output['rejectRateBefore']),
        };
      });
      const missing = rates.some(({ now }) => now === undefined);
      const worse = rates.filter(({ now, before }) => (now ?? 0) > (before ?? 1));
      const first = rates.every(({ before }) => before === undefined);
      return {
        value: missing ? null : first ? 'first load' : inWords(worse),
        threshold: first ? 'first load' : 'not worse',
        met: !missing && worse.length === 0,
        measuredBy: keys,
      };
    },
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

/** `people: 1.2 % after 0.8 %` for each; `not worse` for none. */
function inWords(
  worse: readonly { dataset: string; now: number | undefined; before: number | undefined }[],
): string {
  const percent = (share = 0): string => `${Math.round(share * 1e4) / 100} %`;
  const each = worse.map(
    ({ dataset, now, before }) => `${dataset}: ${percent(now)} after ${percent(before)}`,
  );
  return each.join(', ') || 'not worse';
}

function rowsAddUp(output: JsonObject): boolean {
  const [read, loaded, quarantined, excluded] = ['read', 'loaded', 'quarantined', 'excluded'].map(
    (name) => number(output[name]),
  );
  return (
    read !== undefined &&
    read === (loaded ?? Number.NaN) + (quarantined ?? Number.NaN) + (excluded ?? Number.NaN)
  );
}
