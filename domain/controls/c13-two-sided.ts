import type { Json, JsonObject } from '../json.ts';
import type { Control } from './control.ts';

/** The quarantine step of one dataset, as far as it was measured. */
export interface LoadedDataset {
  readonly dataset: string;
  readonly output: JsonObject;
}

/** A judgement in the words of a gate's criterion. */
interface Judgement {
  readonly value: Json;
  readonly threshold: Json;
  readonly met: boolean;
}

/** Source = loaded + quarantined + excluded, each of them measured. No row is lost or invented. */
export function rowsAddUp(output: JsonObject): boolean {
  const { read, loaded, quarantined, excluded } = output;
  return (
    typeof read === 'number' &&
    typeof loaded === 'number' &&
    typeof quarantined === 'number' &&
    typeof excluded === 'number' &&
    read === loaded + quarantined + excluded
  );
}

/** Was every dataset loaded at least so often, with the same or a later load the last? */
export function judgeMockLoads(datasets: readonly LoadedDataset[], wanted: number): Judgement {
  const counts = datasets.map(({ output }) => numberOf(output['loads']));
  const measured = counts.every((count) => count !== undefined);
  const fewest = Math.min(...counts.map((count) => count ?? 0));
  return {
    value: measured && counts.length > 0 ? fewest : null,
    threshold: wanted,
    met: measured && (counts.length === 0 || fewest >= wanted),
  };
}

/** No dataset may be loaded with a larger share of rejects than in the complete load before. */
export function judgeRejectRates(datasets: readonly LoadedDataset[]): Judgement {
  const rates = datasets.map(({ dataset, output }) => ({
    dataset,
    now: numberOf(output['rejectRate']),
    before: numberOf(output['rejectRateBefore']),
  }));
  const missing = rates.some(({ now }) => now === undefined);
  const worse = rates.filter(({ now, before }) => (now ?? 0) > (before ?? 1));
  const first = rates.every(({ before }) => before === undefined);
  const inWords = worse.map(
    ({ dataset, now, before }) => `${dataset}: ${percent(now)} after ${percent(before)}`,
  );
  return {
    value: missing ? null : first ? 'first load' : inWords.join(', ') || 'not worse',
    threshold: first ? 'first load' : 'not worse',
    met: !missing && worse.length === 0,
  };
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function percent(share = 0): string {
  return `${Math.round(share * 1e4) / 100} %`;
}

/** Control C13. */
export const C13_TWO_SIDED: Control = {
  id: 'C13',
  title: 'Every load ends in a reconciliation of both sides',
  wentWrong:
    'A government data migration of 2016 kept only the positive differences of its comparison: of 107 real mismatches it reported 73.',
  rule: 'Source = loaded + quarantined + excluded; control totals are equal to the penny; the comparison looks from both sides; there are at least two mock loads (unless the policy says more), and the reject rate does not get worse.',
  refuses: [
    'A load in which a row is neither loaded, quarantined nor excluded.',
    'A difference of either sign, also where the totals cancel each other out.',
    'A migration that was loaded only once.',
    'A load with a larger share of rejects than the load before.',
  ],
  codes: ['data/not-reconciled', 'approval/red-criteria'],
  usedBy: ['migration/reconcile', 'cutover/reconcile', 'migration/gate', 'cutover/no-return'],
  evidence: ['quarantine', 'reconciliation', 'gate-statement'],
};
