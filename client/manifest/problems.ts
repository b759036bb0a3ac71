import type { z } from 'zod';
import type { ManifestProblem } from '../../domain/manifest-checks.ts';
import { describeExpected, describeFound, oneOf, optionsOf } from './describe.ts';
import { knownKeys } from './json-schema.ts';
import { suggestion } from './suggestion.ts';
import type { Path, YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

/** One thing that is wrong with a manifest. Lines and columns count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** As in `datasets[2].fields.grade`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly found: string | null;
  readonly expected: string | null;
}

/** More names than this are not listed. */
const MOST_NAMES = 12;

/** Says in words what is wrong, and where it was written. */
export class ProblemTeller {
  readonly #source: YamlSource;
  readonly #file: string;
  readonly #schema: Record<string, unknown> | undefined;

  /** @param schema of the document: a manifest unless it is given */
  constructor(source: YamlSource, file: string, schema?: Record<string, unknown>) {
    this.#source = source;
    this.#file = file;
    this.#schema = schema;
  }

  /** The problems of a failed check against the schema. */
  ofIssues(issues: readonly Issue[]): Problem[] {
    const all = issues.flatMap((issue) => this.#flatten(issue, []));
    const misspelt = all.flatMap((issue) => this.#misspelt(issue));
    return all
      .filter((issue) => !isEcho(issue, all, misspelt))
      .flatMap((issue) => this.#tell(issue));
  }

  /** A problem between parts. */
  ofCheck({ path, message, known, ofKey = false }: ManifestProblem): Problem {
    const name = ofKey ? path.at(-1) : this.#valueAt(path);
    const meant =
      known === undefined || typeof name !== 'string' ? undefined : suggestion(name, known);
    const list =
      known === undefined || known.length === 0 || known.length > MOST_NAMES
        ? undefined
        : oneOf(known);
    const expected = list === undefined ? '' : `; expected ${list}`;
    // Of a whole list or mapping the key is what people look for.
    const part = ofKey || (typeof name === 'object' && name !== null) ? 'key' : 'value';
    return this.#problem(path, part, {
      message: `${message}${expected}${didYouMean(meant)}`,
      expected: list ?? null,
      found: ofKey ? `the key ${String(name)}` : this.#found(path),
    });
  }

  /** Broken YAML. */
  ofSyntax(): Problem[] {
    return this.#source.errors.map(({ position, message }) => ({
      file: this.#file,
      ...position,
      path: '',
      message: `not valid YAML: ${message}`,
      found: null,
      expected: null,
    }));
  }

  /** Issues with whole paths; of a choice, those of the branch that was probably meant. */
  #flatten(issue: Issue, base: Path): Issue[] {
    const path = [...base, ...issue.path];
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }];
    const fitting = issue.errors.filter((branch) => !branch.some(isOfWrongType));
    if (fitting.length === 0) {
      const expected = issue.errors.flatMap((branch) =>
        branch.filter(isOfWrongType).map((each) => describeExpected(each) ?? ''),
      );
      const message = `expected ${[...new Set(expected)].join(' or ')}`;
      return [{ code: 'custom', path, message, params: { union: true } }];
    }
    const strangers = fitting.map((branch) => branch.flatMap(unknownKeys).length);
    const fewest = Math.min(...strangers);
    const best = fitting.filter((_, index) => strangers[index] === fewest);
    const [first] = best;
    if (first === undefined) return [];
    if (best.length === 1 || fewest === 0)
      return this.#merge(best, path).flatMap((each) => this.#flatten(each, path));
    // Nothing tells which branch was meant: the keys that no branch knows are what is wrong.
    return first
      .filter((each) => each.code === 'unrecognized_keys')
      .map((each) => ({ ...each, path }));
  }

  /** Several branches that fit equally badly: all that is missing in each. */
  #merge(branches: readonly (readonly Issue[])[], path: Path): readonly Issue[] {
    const [first = []] = branches;
    const missing = branches.map((branch) =>
      branch.filter(
        (issue) => issue.path.length === 1 && this.#isMissing([...path, ...issue.path]),
      ),
    );
    if (branches.length === 1 || missing.some((each, i) => each.length !== branches[i]?.length))
      return first;
    const keys = missing.map((each) => each.map((issue) => String(issue.path[0])).join(' with '));
    const message = `expected ${keys.join(' or ')}`;
    return [{ code: 'custom', path: [], message, params: { union: true }, input: undefined }];
  }

  #misspelt(issue: Issue): string[] {
    return unknownKeys(issue).flatMap((key) => {
      const meant = suggestion(key, knownKeys(issue.path, this.#valueAt(issue.path), this.#schema));
      return meant === undefined ? [] : [JSON.stringify([...issue.path, meant].map(String))];
    });
  }

  #tell(issue: Issue): Problem[] {
    const { path } = issue;
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => this.#stranger(path, key));
    if (issue.code === 'custom' && issue.params?.['union'] !== true) {
      const known = issue.params?.['known'] as readonly string[] | undefined;
      return [this.ofCheck({ path: path as (string | number)[], message: issue.message, known })];
    }
    if (issue.code === 'invalid_key') {
      const key = String(path.at(-1));
      const expected = describeExpected(issue) ?? issue.message;
      const message = `the key ${JSON.stringify(key)} is not valid; expected ${expected}`;
      return [this.#problem(path, 'key', { message, expected, found: `the key ${key}` })];
    }
    const expected = describeExpected(issue) ?? issue.message.replace(/^expected /, '');
    if (this.#isMissing(path)) {
      const message = `missing; expected ${expected}`;
      return [this.#problem(path, 'value', { message, expected, found: 'nothing' })];
    }
    const value = this.#valueAt(path);
    const found = this.#found(path);
    const quotes =
      issue.code === 'invalid_type' && issue.expected === 'string' && isPlain(value)
        ? '; put it in quotes'
        : '';
    const meant = typeof value === 'string' ? suggestion(value, wordsOf(issue)) : undefined;
    const message = `expected ${expected}, found ${found}${quotes}${didYouMean(meant)}`;
    return [this.#problem(path, 'value', { message, expected, found })];
  }

  #stranger(path: Path, key: string): Problem {
    const known = knownKeys(path, this.#valueAt(path), this.#schema);
    const meant = suggestion(key, known);
    const free = known.filter((name) => this.#isMissing([...path, name]));
    const list = free.length === 0 || free.length > MOST_NAMES ? undefined : oneOf(free);
    const hint = meant === undefined ? (list === undefined ? '' : `; expected ${list}`) : '';
    return this.#problem([...path, key], 'key', {
      message: `unknown key ${JSON.stringify(key)}${hint}${didYouMean(meant)}`,
      expected: meant ?? list ?? null,
      found: `the key ${key}`,
    });
  }

  #problem(
    path: Path,
    part: 'key' | 'value',
    told: Pick<Problem, 'message' | 'found' | 'expected'>,
  ): Problem {
    return { file: this.#file, ...this.#positionOf(path, part), path: pathText(path), ...told };
  }

  /** Where the part is written, or else the nearest thing around it. */
  #positionOf(path: Path, part: 'key' | 'value'): { line: number; column: number } {
    const own = part === 'key' ? this.#source.keyAt(path) : this.#source.valueAt(path);
    if (own !== undefined) return own;
    for (let length = path.length - 1; length >= 0; length -= 1) {
      const around = path.slice(0, length);
      const position = this.#source.keyAt(around) ?? this.#source.valueAt(around);
      if (position !== undefined) return position;
    }
    return { line: 1, column: 1 };
  }

  #found(path: Path): string {
    // Whoever writes a password where its name belongs does not want to see it in a terminal or a log.
    if (isSecretPlace(path) && typeof this.#valueAt(path) === 'string')
      return 'a text (not shown: it may be a secret)';
    return describeFound(this.#valueAt(path), this.#source.textAt(path));
  }

  #isMissing(path: Path): boolean {
    return this.#valueAt(path) === undefined;
  }

  #valueAt(path: Path): unknown {
    let value = this.#source.value;
    for (const part of path) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = (value as Record<PropertyKey, unknown>)[part];
    }
    return value;
  }
}

function didYouMean(word: string | undefined): string {
  return word === undefined ? '' : `; did you mean ${JSON.stringify(word)}?`;
}

/** The words of a closed set that would have been right. */
function wordsOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' && 'options' in issue ? optionsOf(issue.options) : [];
}

function unknownKeys(issue: Issue): string[] {
  return issue.code === 'unrecognized_keys' ? issue.keys : [];
}

function isOfWrongType(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

/** Says again what an unknown key has said: the key that was meant is missing, and nothing else is there. */
function isEcho(issue: Issue, all: readonly Issue[], misspelt: readonly string[]): boolean {
  const path = JSON.stringify(issue.path.map(String));
  const isOfUnion = issue.code === 'custom' && issue.params?.['union'] === true;
  if (issue.code === 'invalid_type' || issue.code === 'invalid_union' || isOfUnion)
    return misspelt.includes(path);
  return (
    issue.code === 'custom' &&
    issue.message.endsWith('found 0') &&
    all.some(
      (other) =>
        other.code === 'unrecognized_keys' && JSON.stringify(other.path.map(String)) === path,
    )
  );
}

function isPlain(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

function isSecretPlace(path: Path): boolean {
  return path[0] === 'sources' && (path[2] === 'connection' || path[2] === 'freeze');
}

function pathText(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}
