import { expect, vi } from 'vitest';
import { homeAt } from '../../../embedded/home.ts';
import { findOrphans } from '../../../embedded/orphans.ts';
import { readServices } from '../../../embedded/services.ts';

/** Waits until `condition` returns something, and returns that. */
export async function eventually<T>(
  condition: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  return vi.waitFor(
    async () => {
      const value = await condition();
      expect(value).toBeDefined();
      return value as T;
    },
    { timeout: 60_000, interval: 20 },
  );
}

/** Names of the services of a home that run, whoever started them. */
export function runningServices(home: string): string[] {
  return findOrphans(homeAt(home)).map(({ service }) => service);
}

/** Process ids in the record of a home, the supervisor's included. */
export function pidsOf(home: string): Readonly<Record<string, number>> {
  return readServices(homeAt(home))?.pids ?? {};
}

/** The text that an address answers. */
export async function textAt(url: string): Promise<string> {
  return (await fetch(url)).text();
}
