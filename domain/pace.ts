/** How fast something goes and how long it will take. */
export interface Pace {
  /** Units a second since it began; 0 when nothing is done yet. */
  readonly ratePerSecond: number;
  /** Seconds until it is done at this rate, counted from `now`; null when the end is not known. */
  readonly etaSeconds: number | null;
}

/** Shorter than this says nothing about the rate. Milliseconds. */
const LEAST_SPAN = 50;

/** The pace of work of which `done` of `total` units were done between `startedAt` and `at`. Pure. */
export function paceOf(
  progress: {
    readonly done: number;
    readonly total: number | null;
    readonly startedAt: Date;
    readonly at: Date;
  },
  now: Date,
): Pace {
  const { done, total, startedAt, at } = progress;
  const span = at.getTime() - startedAt.getTime();
  const ratePerSecond = span < LEAST_SPAN ? 0 : (done * 1000) / span;
  if (total === null || ratePerSecond === 0) return { ratePerSecond, etaSeconds: null };
  const left = Math.max(0, total - done) / ratePerSecond;
  return { ratePerSecond, etaSeconds: Math.max(0, left - (now.getTime() - at.getTime()) / 1000) };
}
