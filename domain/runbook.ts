import type { JsonObject } from './json.ts';
import type { Manifest } from './manifest.ts';
import { rehearsedParts } from './rehearsals.ts';
import type { RehearsedPart } from './rehearsals.ts';
import type { StepKey } from './step-catalogue.ts';

/** A line of the runbook before it is planned. */
export interface RunbookEntry {
  readonly id: string;
  readonly title: string;
  /** A role, or the reference of a person. */
  readonly owner: string;
  /** Planned duration in milliseconds. */
  readonly ms: number;
  /** Where the duration comes from: measured in a rehearsal, written in the manifest, or not known. */
  readonly from: 'rehearsed' | 'planned' | 'unknown';
  /** Entries that must have ended before. */
  readonly after: readonly string[];
  /** People decide here whether it goes on. */
  readonly goNoGo: boolean;
}

/** A line of the runbook with its place in time, in milliseconds since the window opens. */
export interface RunbookLine extends RunbookEntry {
  readonly earliestStart: number;
  readonly earliestFinish: number;
  /** How much later it may start without the end moving. */
  readonly slack: number;
  /** On the longest way: every delay here delays the end. */
  readonly critical: boolean;
}

/** The plan of a cutover. Durations in milliseconds. */
export interface Runbook {
  /** In the order of the earliest start. */
  readonly lines: readonly RunbookLine[];
  readonly criticalPath: readonly string[];
  readonly total: number;
  /** What the last rehearsed roll-back took; null where none was rehearsed. */
  readonly rollback: number | null;
  readonly window: { readonly from: string; readonly to: string; readonly length: number };
  /** Cutover and roll-back fit the window. */
  readonly fits: boolean;
  /** Lines whose duration nobody knows. */
  readonly unknown: readonly string[];
}

const MINUTE = 60_000;

/** What the engine does, in order. A line of the manifest with the same id gives it another owner or a planned time. */
const ENGINE_LINES = [
  { id: 'freeze', title: 'Freeze the legacy side, or prove it quiet', owner: 'migration-engineer' },
  { id: 'delta', title: 'Load what changed', owner: 'migration-engineer' },
  { id: 'reconcile', title: 'Prove that both sides hold the same', owner: 'migration-engineer' },
  { id: 'totals', title: 'Prove the control totals to the penny', owner: 'finance-lead' },
  { id: 'switch', title: 'Switch to the platform', owner: 'migration-engineer' },
  { id: 'smoke', title: 'Run the smoke checks', owner: 'migration-engineer' },
] as const;

/** The lines of the runbook that are there without a manifest saying so. */
export const ENGINE_LINE_IDS: readonly string[] = [
  'go-no-go',
  ...ENGINE_LINES.map(({ id }) => id),
  'no-return',
];

/** Why the lines of a manifest cannot be planned: a circle, or a line that is not there. Undefined where they can. */
export function runbookProblem(runbook: Manifest['cutover']['runbook']): string | undefined {
  try {
    inOrder(entriesOf(runbook, new Map()));
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/**
 * Plans the cutover: what the engine does, with durations from the last rehearsal that has them, and what people do
 * besides, as the manifest says.
 * @throws RangeError naming the lines of a circle, or a line that comes after one that is not there
 */
export function planRunbook(
  manifest: Manifest,
  outputs: ReadonlyMap<StepKey, JsonObject>,
  window: { readonly from: string; readonly to: string } = manifest.cutover.window,
): Runbook {
  const measured = lastMeasured(manifest, outputs);
  const lines = schedule(entriesOf(manifest.cutover.runbook, measured));
  const total = Math.max(0, ...lines.map((line) => line.earliestFinish));
  const rollback = measured.get('rollback')?.ms ?? null;
  const length = Math.max(0, Date.parse(window.to) - Date.parse(window.from));
  return {
    lines,
    criticalPath: lines.filter((line) => line.critical).map((line) => line.id),
    total,
    rollback,
    window: { from: window.from, to: window.to, length },
    fits: total + (rollback ?? 0) <= length,
    unknown: lines.filter((line) => line.from === 'unknown').map((line) => line.id),
  };
}

/** Per part the last rehearsal of the manifest in which it ended well. */
function lastMeasured(
  { cutover }: Manifest,
  outputs: ReadonlyMap<StepKey, JsonObject>,
): Map<string, RehearsedPart> {
  const parts = cutover.rehearsals.flatMap((rehearsal) => rehearsedParts(rehearsal, outputs));
  return new Map(parts.map((part) => [part.part, part]));
}

/** The lines of engine and manifest, not yet planned. */
function entriesOf(
  runbook: Manifest['cutover']['runbook'],
  measured: ReadonlyMap<string, { readonly ms: number }>,
): RunbookEntry[] {
  const given = new Map(runbook.map((line) => [line.id, line]));
  const goNoGo: RunbookEntry = {
    id: 'go-no-go',
    title: 'Go or no-go',
    owner: given.get('go-no-go')?.owner ?? 'sro',
    ...durationOf('go-no-go', given, measured, 0),
    after: given.get('go-no-go')?.after ?? [],
    goNoGo: true,
  };
  const engine = ENGINE_LINES.map((line, index): RunbookEntry => {
    const own = given.get(line.id);
    const before = ENGINE_LINES[index - 1]?.id ?? 'go-no-go';
    return {
      id: line.id,
      title: line.title,
      owner: own?.owner ?? line.owner,
      ...durationOf(line.id, given, measured),
      after: [...new Set([before, ...(own?.after ?? [])])],
      goNoGo: false,
    };
  });
  const noReturn: RunbookEntry = {
    id: 'no-return',
    title: 'Pass the point of no return',
    owner: given.get('no-return')?.owner ?? 'sro',
    ...durationOf('no-return', given, measured, 0),
    after: [...new Set(['smoke', ...(given.get('no-return')?.after ?? [])])],
    goNoGo: true,
  };
  const builtIn = [goNoGo, ...engine, noReturn];
  const manual = runbook
    .filter((line) => !builtIn.some((each) => each.id === line.id))
    .map(
      (line): RunbookEntry => ({
        id: line.id,
        title: line.title ?? line.id,
        owner: line.owner,
        ms: line.minutes * MINUTE,
        from: 'planned',
        after: line.after,
        goNoGo: line.goNoGo,
      }),
    );
  return [...builtIn, ...manual];
}

/** What was rehearsed counts; what the manifest says only where nothing was. */
function durationOf(
  id: string,
  given: ReadonlyMap<string, { readonly minutes: number }>,
  measured: ReadonlyMap<string, { readonly ms: number }>,
  otherwise?: number,
): Pick<RunbookEntry, 'ms' | 'from'> {
  const rehearsed = measured.get(id);
  if (rehearsed !== undefined) return { ms: rehearsed.ms, from: 'rehearsed' };
  const planned = given.get(id);
  if (planned !== undefined) return { ms: planned.minutes * MINUTE, from: 'planned' };
  return otherwise === undefined ? { ms: 0, from: 'unknown' } : { ms: otherwise, from: 'planned' };
}

/**
 * Places lines in time: earliest start and finish, slack, and which of them are critical.
 * @throws RangeError naming the lines of a circle, or a line that comes after one that is not there
 */
export function schedule(entries: readonly RunbookEntry[]): RunbookLine[] {
  const ordered = inOrder(entries);
  const finish = new Map<string, number>();
  const start = new Map<string, number>();
  for (const { id, after, ms } of ordered) {
    const begin = Math.max(0, ...after.map((other) => finish.get(other) ?? 0));
    start.set(id, begin);
    finish.set(id, begin + ms);
  }
  const end = Math.max(0, ...finish.values());
  const latest = new Map<string, number>();
  for (const { id, ms } of ordered.toReversed()) {
    const followers = ordered.filter((each) => each.after.includes(id));
    const mustEnd = Math.min(end, ...followers.map((each) => latest.get(each.id) ?? end));
    latest.set(id, mustEnd - ms);
  }
  return ordered
    .map((entry): RunbookLine => {
      const earliestStart = start.get(entry.id) ?? 0;
      const slack = (latest.get(entry.id) ?? 0) - earliestStart;
      return {
        ...entry,
        earliestStart,
        earliestFinish: earliestStart + entry.ms,
        slack,
        critical: slack === 0,
      };
    })
    .toSorted((a, b) => a.earliestStart - b.earliestStart);
}

/** Each line behind those it comes after. */
function inOrder(entries: readonly RunbookEntry[]): RunbookEntry[] {
  const known = new Set(entries.map((entry) => entry.id));
  for (const { id, after } of entries) {
    const missing = after.find((other) => !known.has(other));
    if (missing !== undefined)
      throw new RangeError(`${id} comes after ${missing}, which is not in the runbook`);
  }
  const ordered: RunbookEntry[] = [];
  let left = [...entries];
  while (left.length > 0) {
    const open = new Set(left.map((entry) => entry.id));
    const free = left.filter((entry) => !entry.after.some((other) => open.has(other)));
    if (free.length === 0)
      throw new RangeError(`the runbook goes in a circle: ${circleOf(left).join(', ')}`);
    ordered.push(...free);
    left = left.filter((entry) => !free.includes(entry));
  }
  return ordered;
}

/** The lines of one circle, without those that only wait for it. */
function circleOf(left: readonly RunbookEntry[]): string[] {
  const byId = new Map(left.map((entry) => [entry.id, entry]));
  const way: string[] = [];
  let id = left[0]?.id ?? '';
  while (!way.includes(id)) {
    way.push(id);
    id = byId.get(id)?.after.find((other) => byId.has(other)) ?? '';
  }
  return way.slice(way.indexOf(id)).toReversed();
}
