import { readFileSync, writeFileSync } from 'node:fs';

/** Peak resident memory of a running process in MB, from the kernel; undefined where it does not tell. */
export function peakMemoryMb(pid: number): number | undefined {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return peak === undefined ? undefined : Math.round(Number(peak) / 1024);
  } catch {
    return undefined;
  }
}

/** Lets the peak of this process begin at what it holds now; does nothing where the kernel does not let it. */
export function resetPeakMemory(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Then the peak is that of the whole process, which is the more cautious figure.
  }
}
