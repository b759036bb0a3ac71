import { isAlias, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Pair, Scalar, YAMLMap } from 'yaml';

/** Keys and indexes that lead to a part of a document. */
export type Path = readonly PropertyKey[];

/** A place in a file, both from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML document as plain values that know where they were written. */
export interface YamlSource {
  readonly value: unknown;
  /** What is wrong with it as YAML. */
  readonly errors: readonly { readonly position: Position; readonly message: string }[];
  /** Where the value of a path begins; undefined where nothing is written. */
  valueAt(path: Path): Position | undefined;
  /** Where the key that ends a path begins. */
  keyAt(path: Path): Position | undefined;
  /** The text of a number, boolean or null as it was written. */
  textAt(path: Path): string | undefined;
}

interface Place {
  readonly key: number | undefined;
  readonly value: number | undefined;
  readonly text: string | undefined;
}

/** More nodes than any manifest has: aliases of aliases make a small file huge. */
const MOST_NODES = 1_000_000;

/** Reads one YAML document. Keys are taken as they are written: a code `01` stays `01` and does not become 1. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  // Repeated keys are found while walking, by the text of the keys.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
  });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const walk = new Walk(document);
  const value = walk.value(document.contents, [], undefined);
  const errors = [
    ...[...document.errors, ...document.warnings].map(({ pos, message }) => ({
      offset: pos[0],
      message,
    })),
    ...walk.errors,
  ];
  const at = (path: Path, part: 'key' | 'value'): Position | undefined => {
    const offset = walk.places.get(placeKey(path))?.[part];
    return offset === undefined ? undefined : position(offset);
  };
  return {
    value,
    errors: errors
      .toSorted((a, b) => a.offset - b.offset)
      .map(({ offset, message }) => ({ position: position(offset), message })),
    valueAt: (path) => at(path, 'value'),
    keyAt: (path) => at(path, 'key'),
    textAt: (path) => walk.places.get(placeKey(path))?.text,
  };
}

function placeKey(path: Path): string {
  return JSON.stringify(path.map(String));
}

/** Turns the nodes of a document into plain values and notes where each was written. */
class Walk {
  readonly places = new Map<string, Place>();
  readonly errors: { offset: number; message: string }[] = [];
  readonly #document: Document.Parsed;
  readonly #open = new Set<Node>();
  #nodes = 0;

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  value(node: Node | null, path: Path, key: number | undefined): unknown {
    this.#nodes += 1;
    const written = isScalar(node) && typeof node.value !== 'string' ? node.source : undefined;
    this.places.set(placeKey(path), { key, value: node?.range?.[0] ?? key, text: written });
    if (node === null || this.#nodes > MOST_NODES) return this.#tooMany(node);
    if (isAlias(node)) return this.#alias(node, path, key);
    if (isScalar(node)) return node.value;
    this.#open.add(node);
    const value = isMap(node)
      ? this.#map(node, path)
      : node.items.map((item, index) => this.value(item as Node, [...path, index], undefined));
    this.#open.delete(node);
    return value;
  }

  #tooMany(node: Node | null): unknown {
    if (node !== null && this.#nodes === MOST_NODES + 1) {
      this.errors.push({ offset: node.range?.[0] ?? 0, message: 'too many aliases' });
    }
    return null;
  }

  #alias(node: Node, path: Path, key: number | undefined): unknown {
    const target = isAlias(node) ? node.resolve(this.#document) : undefined;
    if (target === undefined || this.#open.has(target)) {
      const offset = node.range?.[0] ?? 0;
      if (target !== undefined)
        this.errors.push({ offset, message: 'an alias must not stand inside what it names' });
      return null;
    }
    return this.value(target, path, key ?? node.range?.[0]);
  }

  #map(node: YAMLMap, path: Path): unknown {
    const entries = new Map<string, unknown>();
    for (const pair of node.items) {
      const key = this.#key(pair);
      if (key === undefined) continue;
      if (entries.has(key.name)) {
        this.errors.push({ offset: key.offset, message: `the key ${key.name} is there twice` });
        continue;
      }
      entries.set(key.name, this.value(pair.value as Node | null, [...path, key.name], key.offset));
    }
    return Object.fromEntries(entries);
  }

  #key(pair: Pair): { name: string; offset: number } | undefined {
    const key = pair.key as Node | null;
    const offset = key?.range?.[0] ?? 0;
    if (isScalar(key)) return { name: nameOf(key), offset };
    this.errors.push({ offset, message: 'a key must be a plain text' });
    return undefined;
  }
}

function nameOf(key: Scalar): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}
