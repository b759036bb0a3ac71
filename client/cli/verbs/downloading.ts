import type { Output } from '../output.ts';
import { count } from '../words.ts';

const KIB = 1024;

/** Shows a person who waits how far a download is; says nothing to scripts. */
export function downloading(
  out: Output,
  what: string,
): { readonly received: (bytes: number, total: number) => void; readonly end: () => void } {
  if (!out.terminal || !process.stderr.isTTY)
    return { received: () => undefined, end: () => undefined };
  const line = (text: string): void => void process.stderr.write(`\r\u001B[K${text}`);
  line(`${what} ...`);
  return {
    received: (bytes, total) =>
      line(`${what}: ${count(bytes / KIB)} of ${count(Math.max(bytes, total) / KIB)} KiB`),
    end: () => line(''),
  };
}
