import { SlipwayError } from '../../domain/errors.ts';
import type { Manifest } from '../../domain/manifest.ts';

/** A dataset and the datasets that must be loaded before it. */
export interface LoadStep {
  readonly dataset: string;
  readonly after: readonly string[];
}

/** A reference between two tables of the platform, as `schema.table`. */
export interface TableReference {
  readonly from: string;
  readonly to: string;
}

/**
 * The order in which datasets are loaded: referenced tables first, then what `after` asks for; otherwise as in the
 * manifest. Datasets of one table go one after the other, so that which of two equal rows is taken never depends on
 * speed. A table's references to itself order nothing: its rows are loaded together.
 * @throws SlipwayError `mapping/invalid` when datasets wait for each other, naming the circle
 */
export function loadOrder(manifest: Manifest, references: readonly TableReference[]): LoadStep[] {
  const datasets = manifest.datasets;
  const after = new Map<string, Set<string>>(
    datasets.map((dataset) => [dataset.id, new Set(dataset.after)]),
  );
  for (const { id, target } of datasets) {
    const referenced = references.filter((each) => each.from === target && each.to !== target);
    for (const other of datasets) {
      if (referenced.some((each) => each.to === other.target)) after.get(id)?.add(other.id);
    }
  }
  for (const [index, { id, target }] of datasets.entries()) {
    for (const earlier of datasets.slice(0, index)) {
      if (earlier.target === target && !waitsFor(after, earlier.id, id)) {
        after.get(id)?.add(earlier.id);
      }
    }
  }
  return sorted(
    datasets.map(({ id }) => id),
    after,
  );
}

type Edges = ReadonlyMap<string, ReadonlySet<string>>;

/** Does `one` wait for `other`, directly or not? */
function waitsFor(after: Edges, one: string, other: string, seen = new Set<string>()): boolean {
  if (one === other) return true;
  if (seen.has(one)) return false;
  seen.add(one);
  return [...(after.get(one) ?? [])].some((next) => waitsFor(after, next, other, seen));
}

function sorted(ids: readonly string[], after: Edges): LoadStep[] {
  const steps: LoadStep[] = [];
  const done = new Set<string>();
  while (done.size < ids.length) {
    const next = ids.find(
      (id) => !done.has(id) && [...(after.get(id) ?? [])].every((other) => done.has(other)),
    );
    if (next === undefined) throw circle(ids, after, done);
    done.add(next);
    steps.push({ dataset: next, after: [...(after.get(next) ?? [])] });
  }
  return steps;
}

function circle(ids: readonly string[], after: Edges, done: ReadonlySet<string>): SlipwayError {
  const path: string[] = [];
  let current = ids.find((id) => !done.has(id)) ?? '';
  while (!path.includes(current)) {
    path.push(current);
    current = [...(after.get(current) ?? [])].find((other) => !done.has(other)) ?? '';
  }
  const names = [...path.slice(path.indexOf(current)), current].join(' -> ');
  return new SlipwayError(
    'mapping/invalid',
    `these datasets wait for each other: ${names} (each for the next)`,
  );
}
