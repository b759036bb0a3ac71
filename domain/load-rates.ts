/** What a load of a dataset was when it was loaded, before anybody corrected or accepted anything. */
export interface LoadOfDataset {
  readonly loadId: string;
  readonly read: number;
  readonly quarantined: number;
  /** Every planned chunk was loaded. */
  readonly complete: boolean;
}

/** The reject rate of a load beside that of the load before, as shares from 0 to 1. Null: there is none. */
export interface ComparedRates {
  readonly rejectRate: number | null;
  readonly rejectRateBefore: number | null;
  readonly loadBefore: string | null;
  /** How many complete loads there are up to this one, itself included. */
  readonly loads: number;
}

/**
 * Compares a load with the complete load before it. Like with like: both as they were loaded, so that work on the
 * quarantine of one of them does not make the other look better or worse.
 * @param loads of one dataset, in the order in which they began
 */
export function comparedRates(loads: readonly LoadOfDataset[], loadId: string): ComparedRates {
  const index = loads.findIndex((each) => each.loadId === loadId);
  const before = loads.slice(0, Math.max(0, index)).findLast(({ complete }) => complete);
  return {
    rejectRate: rateOf(loads[index]) ?? null,
    rejectRateBefore: rateOf(before) ?? null,
    loadBefore: before?.loadId ?? null,
    loads: loads.slice(0, index + 1).filter(({ complete }) => complete).length,
  };
}

function rateOf(load: LoadOfDataset | undefined): number | undefined {
  if (load === undefined) return undefined;
  return load.read === 0 ? 0 : load.quarantined / load.read;
}
