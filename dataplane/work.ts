/** How far a long function is. `total` is left out where it is not known beforehand. */
export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly unit: 'rows' | 'tables' | 'lines';
}

/**
 * What every long function of the data plane takes as its last argument: the way to stop it and the way to hear
 * how far it is. A call of `progress` also proves that the work is alive, so it is called after real work only.
 */
export interface Work {
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
}
