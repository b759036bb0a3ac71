import type { Progress, Work } from '../../dataplane/work.ts';

/** Work that nobody stops, with what it reported. */
export function freeWork(signal = new AbortController().signal): Work & { reports: Progress[] } {
  const reports: Progress[] = [];
  return { signal, reports, progress: (progress) => reports.push(progress) };
}
