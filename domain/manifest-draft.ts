import { manifestShape } from './manifest-shape.ts';
import type { Dataset, Manifest, Person, Source } from './manifest-shape.ts';

/** A manifest of which parts may be missing, because what was written there is not valid by itself. */
export type ManifestDraft = {
  readonly [K in Exclude<keyof Manifest, 'people' | 'sources' | 'datasets'>]?:
    | Manifest[K]
    | undefined;
} & {
  readonly people?: readonly Partial<Person>[] | undefined;
  readonly sources?: Readonly<Record<string, Source | undefined>> | undefined;
  readonly datasets?: readonly Partial<Dataset>[] | undefined;
};

/** What can be saved of a value that is not a valid manifest, so that its other problems are found as well. */
export function draftOf(value: unknown): ManifestDraft {
  const given = isObject(value) ? value : {};
  const { people, sources, datasets, ...rest } = manifestShape.shape;
  const list = (name: string): unknown[] | undefined =>
    Array.isArray(given[name]) ? given[name] : undefined;
  return {
    ...(salvage(rest, given) as ManifestDraft),
    // Only the names of the lists matter here, and they are known also where a list is not valid.
    ...(isObject(given['codeLists'])
      ? { codeLists: given['codeLists'] as Manifest['codeLists'] }
      : {}),
    people: list('people')?.map((each) => salvage(people.element.shape, each)),
    datasets: list('datasets')?.map((each) => datasetDraft(datasets.element.shape, each)),
    sources: isObject(given['sources'])
      ? Object.fromEntries(
          Object.entries(given['sources']).map(([name, source]) => [
            name,
            sources.valueType.safeParse(source).data,
          ]),
        )
      : undefined,
  };
}

type Schemas = Readonly<Record<string, { safeParse(value: unknown): { data?: unknown } }>>;

/** The members that are valid by themselves. */
function salvage(schemas: Schemas, value: unknown): Record<string, unknown> {
  const given = isObject(value) ? value : {};
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, schema.safeParse(given[name]).data]),
  );
}

/** Of the fields only the names and the code lists they look up matter here: invalid ones are as good as others. */
function datasetDraft(schemas: Schemas, value: unknown): Partial<Dataset> {
  const fields = isObject(value) && isObject(value['fields']) ? { fields: value['fields'] } : {};
  return { ...salvage(schemas, value), ...fields } as Partial<Dataset>;
}

/** Is it a mapping of keys to values? */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
