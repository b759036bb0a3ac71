import { progressText } from '../words.ts';
import type { RunningStep, WatchView } from './watch-view.ts';

/** Milliseconds between two lines about the progress of one step. */
const INTERVAL = 2_000;

/** Line by line, for logs and pipes. */
export function linesView(write: (line: string) => void): WatchView {
  const told = new Map<string, number>();
  let last = '';
  const isDue = ({ key }: RunningStep): boolean => Date.now() - (told.get(key) ?? 0) >= INTERVAL;
  return {
    line: write,
    page({ programme, department, status, stage }) {
      const line = `${programme}/${department} is ${status}, stage ${stage}`;
      if (line !== last) write(line);
      last = line;
    },
    progress(steps) {
      for (const step of steps.filter(isDue)) {
        told.set(step.key, Date.now());
        write(`${step.key} ${progressText(step)}`);
      }
    },
    end: () => undefined,
  };
}
