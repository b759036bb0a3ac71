/** Where progress goes: one line for people per call. */
export type Progress = (line: string) => void;

/** Nobody should wait longer than this without being told why. */
const QUIET_MS = 2000;
const REPEAT_MS = 10_000;

/** Runs `work`, saying what is being waited for once it takes more than two seconds, and every ten seconds from then on. */
export async function withHeartbeat<T>(
  progress: Progress,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const started = Date.now();
  let repeat: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    progress(`${what} ...`);
    repeat = setInterval(() => {
      progress(`${what} ... ${Math.round((Date.now() - started) / 1000)} s`);
    }, REPEAT_MS);
  }, QUIET_MS);
  try {
    return await work();
  } finally {
    clearTimeout(first);
    clearInterval(repeat);
  }
}
