import { setTimeout as wait } from 'node:timers/promises';
import { SlipwayError } from '../domain/errors.ts';
import type { Work } from './work.ts';

/** A table's rows and a checksum over them, at one moment. */
export interface TableState {
  readonly table: string;
  readonly rows: number;
  readonly checksum: string;
}

/** How a source was brought to stand still, and what it held then. */
export interface Freeze {
  /** `read-only`: the database refuses writes; `quiet`: nothing changed between two looks at all tables. */
  readonly method: 'read-only' | 'quiet';
  /** Sessions from before the freeze that were ended: they could have gone on writing. */
  readonly endedSessions: number;
  /** The tables the datasets read, as they are now. */
  readonly tables: readonly TableState[];
}

/**
 * Proves that nobody writes to the tables of a source, by two looks at all of them.
 * @param look at the tables, in the same order each time
 * @param settleMs milliseconds between the looks
 * @throws SlipwayError `cutover/source-not-quiet` naming the tables that changed
 */
export async function proveQuiet(
  source: string,
  look: () => Promise<TableState[]>,
  settleMs: number,
  work: Work,
): Promise<TableState[]> {
  const before = await look();
  await wait(settleMs, undefined, { signal: work.signal });
  const after = await look();
  const changed = after
    .filter(({ rows, checksum }, index) => {
      const then = before[index];
      return then?.rows !== rows || then.checksum !== checksum;
    })
    .map(({ table }) => table);
  if (changed.length === 0) return after;
  throw new SlipwayError(
    'cutover/source-not-quiet',
    `source ${source}: ${changed.join(', ')} changed between two looks`,
    { details: { tables: changed } },
  );
}
