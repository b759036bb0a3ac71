import { readdirSync, readFileSync } from 'node:fs';

/** The counters in /proc count hundredths of a second on every Linux that Node runs on. */
const MS_PER_TICK = 10;

/** Processor time that a process has used so far, in milliseconds; 0 where the kernel does not tell. */
export function cpuTimeMs(pid: number): number {
  return usageOf(pid)?.own ?? 0;
}

/** The same with its children, those that have ended as well. */
export function cpuTimeWithChildrenMs(pid: number): number {
  const parent = usageOf(pid);
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => usageOf(Number(name)))
    .filter((usage) => usage?.parent === pid);
  return [parent?.own, parent?.ended, ...children.map((child) => child?.own)].reduce<number>(
    (sum, ms) => sum + (ms ?? 0),
    0,
  );
}

function usageOf(pid: number): { parent: number; own: number; ended: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets, which may contain spaces: counting starts behind it.
    const fields = text
      .slice(text.lastIndexOf(') ') + 2)
      .split(' ')
      .map(Number);
    const ms = (index: number): number => (fields[index] ?? 0) * MS_PER_TICK;
    return { parent: fields[1] ?? 0, own: ms(11) + ms(12), ended: ms(13) + ms(14) };
  } catch {
    return undefined; // it has just ended, or this is no Linux
  }
}
