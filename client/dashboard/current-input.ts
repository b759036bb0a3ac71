import { canonicalJson } from '../../domain/json.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { FileEntry } from '../../domain/source-shape.ts';
import { parseStepKey } from '../../domain/step-catalogue.ts';

/**
 * What a step would run with next: what the manifest says, with the corrections of earlier retries. This is what a person
 * starts from who corrects it. Undefined for steps that take no input.
 */
export function currentInput(
  step: string,
  manifest: Manifest,
  correction: JsonObject | null,
): JsonObject | undefined {
  const base = inputOfManifest(step, manifest);
  return base === undefined ? undefined : merged(base, correction ?? {});
}

/**
 * What somebody has changed of the input that was shown: undefined when nothing is, so that a mere retry records no
 * correction; otherwise only what differs from the manifest, because what is left out comes from there, also after an
 * amendment.
 */
export function correctionOf(
  step: string,
  manifest: Manifest,
  shown: JsonObject,
  given: JsonObject,
): JsonObject | undefined {
  if (canonicalJson(shown) === canonicalJson(given)) return undefined;
  return difference(inputOfManifest(step, manifest) ?? {}, given);
}

function inputOfManifest(step: string, manifest: Manifest): JsonObject | undefined {
  const parsed = parseStepKey(step);
  if (parsed?.id === 'discovery/intake') {
    const source = manifest.sources[parsed.item ?? ''];
    return { files: source?.kind === 'files' ? filesOf(source.files) : {} };
  }
  if (parsed?.id === 'cutover/delta') {
    const files = Object.entries(manifest.sources).flatMap(([id, source]) =>
      source.kind === 'files' ? [[id, filesOf(source.files)] as const] : [],
    );
    return { files: Object.fromEntries(files) };
  }
  if (parsed?.id === 'migration/transfer') {
    const dataset = manifest.datasets.find((each) => each.id === parsed.item);
    return dataset === undefined ? {} : { chunkRows: dataset.chunkRows };
  }
  return parsed?.id === 'cutover/window' ? { ...manifest.cutover.window } : undefined;
}

const CORRECTABLE = ['paths', 'encoding', 'delimiter', 'sheet', 'headerRow'];

/** What a retry may correct of file entries. */
function filesOf(entries: Readonly<Record<string, FileEntry>>): JsonObject {
  return Object.fromEntries(
    Object.entries(entries).map(([id, entry]) => [
      id,
      Object.fromEntries(Object.entries(entry).filter(([name]) => CORRECTABLE.includes(name))),
    ]),
  ) as JsonObject;
}

function merged(base: JsonObject, over: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const below = result[name];
    result[name] = isObject(below) && isObject(value) ? merged(below, value) : value;
  }
  return result;
}

function difference(base: JsonObject, given: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const [name, value] of Object.entries(given)) {
    const below = base[name];
    if (below === undefined) result[name] = value;
    else if (isObject(below) && isObject(value)) {
      const inner = difference(below, value);
      if (Object.keys(inner).length > 0) result[name] = inner;
    } else if (canonicalJson(below) !== canonicalJson(value)) result[name] = value;
  }
  return result;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
