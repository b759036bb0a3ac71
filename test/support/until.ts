import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until there is something, and returns it. @throws when it takes longer than `timeout` ms */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  timeout = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited ${timeout} ms in vain until ${what}`);
    await sleep(25);
  }
}
