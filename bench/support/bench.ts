/** How a bench is run. */
export interface BenchOptions {
  /** Small enough for every CI run: shows that it works, not how fast. */
  readonly smoke: boolean;
  /** Tells the person in front of the terminal how far it is. */
  readonly say: (line: string) => void;
}

/** What a bench measured. What was not measured is absent. */
export interface BenchResult {
  /** The figures, by name; ratios are ours over theirs, above 1 is faster. */
  readonly figures: Readonly<Record<string, unknown>>;
  readonly rounds: number;
  /** Versions of all that was compared. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A bench. */
export type Bench = (options: BenchOptions) => Promise<BenchResult>;

/** The middle of a list; the mean of the two middle ones where their number is even. @throws for an empty list */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  if (low === undefined || high === undefined)
    throw new RangeError('there is nothing to take the median of');
  return (low + high) / 2;
}

/** To three significant digits: more would be noise. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
