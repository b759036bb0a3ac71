import { readFileSync } from 'node:fs';

/** Peak resident memory of a running process in MB, from the kernel; undefined where it does not tell. */
export function peakMemoryMb(pid: number): number | undefined {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return peak === undefined ? undefined : Math.round(Number(peak) / 1024);
  } catch {
    return undefined;
  }
}
