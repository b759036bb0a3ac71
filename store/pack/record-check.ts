import {
  documentPart,
  isDecision,
  isWaiver,
  PACK_PARTS,
  packIndexSchema,
  packSealSchema,
  SEAL_KIND,
} from '../../domain/evidence-pack.ts';
import type { PackContents, PackIndex, PackSeal } from '../../domain/evidence-pack.ts';
import type { Json } from '../../domain/json.ts';
import { CHAIN_START, chainHash, contentHash } from '../hashing.ts';
import type { PackedEvent } from './read-record.ts';
import { listOf } from './write-pack.ts';

/**
 * Checks what a pack says against itself, whoever signed it: documents are what their hash names, the chain of events is
 * unbroken, every event rests on documents that are there, and the extracts are what the events say. It is shown each part
 * once, in the order of the contents.
 */
export class RecordCheck {
  readonly problems: string[] = [];
  events = 0;
  readonly #contents: PackContents;
  #link = CHAIN_START;
  #index: PackIndex = [];
  #byPart: ReadonlyMap<string, PackIndex[number]> = new Map();
  readonly #documents = new Set<string>();
  readonly #manifests = new Set<string>();
  readonly #seals: PackSeal[] = [];
  readonly #decisions: string[] = [];
  readonly #waivers: string[] = [];

  constructor(contents: PackContents) {
    this.#contents = contents;
  }

  /** Shows a part. */
  part(name: string, content: Buffer): void {
    const text = content.toString('utf8');
    try {
      if (name === PACK_PARTS.index) this.#readIndex(text);
      else if (name.startsWith('documents/')) this.#document(name, text);
      else if (/^manifests\/.*\.json$/.test(name)) this.#manifest(name, text);
      else if (name.startsWith('events/')) this.#eventLines(text);
      else if (name === PACK_PARTS.decisions) this.#extract(name, text, this.#decisions);
      else if (name === PACK_PARTS.waivers) this.#extract(name, text, this.#waivers);
    } catch {
      this.problems.push(`${name} is not what it should be: it cannot be read`);
    }
  }

  /** Checks what can only be told after the last part. */
  end(): void {
    const { asOf, counts } = this.#contents;
    if (this.events !== asOf.event)
      this.problems.push(
        `the events after ${this.events} are missing: there were ${asOf.event} when the pack was made`,
      );
    else if (this.#link !== asOf.chain)
      this.problems.push('the chain of events does not end where the contents say');
    for (const { step, kind, hash } of this.#index) {
      if (!this.#documents.has(hash))
        this.problems.push(`document ${short(hash)} (${kind} of ${step}) is missing`);
    }
    if (this.#documents.size !== counts.documents)
      this.problems.push(
        `there are ${this.#documents.size} documents; there were ${counts.documents} when the pack was made`,
      );
  }

  #readIndex(text: string): void {
    this.#index = packIndexSchema.parse(JSON.parse(text));
    this.#byPart = new Map(
      this.#index.map((each) => [documentPart(each.kind, each.hash), each] as const),
    );
  }

  #document(name: string, text: string): void {
    const content = JSON.parse(text) as Json;
    const known = this.#byPart.get(name);
    if (known === undefined) {
      this.problems.push(`${name} is a document that no step rests on`);
      return;
    }
    const { kind, hash, step } = known;
    this.#documents.add(hash);
    if (contentHash(content) !== hash)
      this.problems.push(`document ${short(hash)} (${kind} of ${step}) was changed`);
    if (kind !== SEAL_KIND) return;
    const seal = packSealSchema.safeParse(content);
    if (seal.success) this.#seals.push(seal.data);
  }

  #manifest(name: string, text: string): void {
    const hash = contentHash(JSON.parse(text) as Json);
    this.#manifests.add(hash);
    if (name !== `manifests/${hash}.json`) this.problems.push(`${name} was changed`);
  }

  #eventLines(text: string): void {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      this.#event(JSON.parse(line) as PackedEvent, line);
    }
  }

  #event({ position, hash, event }: PackedEvent, line: string): void {
    this.events += 1;
    if (position !== this.events) {
      this.problems.push(`event ${this.events} of the chain is missing`);
      this.events = position;
    }
    this.#link = chainHash(this.#link, event);
    if (this.#link !== hash) {
      this.problems.push(`event ${position} is not the one that was recorded`);
      this.#link = hash;
    }
    if (isDecision(event)) this.#decisions.push(line);
    if (isWaiver(event)) this.#waivers.push(line);
    for (const reference of 'evidence' in event && Array.isArray(event.evidence)
      ? event.evidence
      : []) {
      if (!this.#documents.has(reference.hash))
        this.problems.push(
          `event ${position} rests on ${reference.kind} ${short(reference.hash)}, which is missing`,
        );
    }
    if ('manifest' in event && !this.#manifests.has(event.manifest))
      this.problems.push(
        `event ${position} names manifest ${short(event.manifest)}, which is missing`,
      );
    for (const seal of this.#seals) if (seal.event === position) this.#sealed(seal, hash);
  }

  /** What the close announced must be in the pack as it was. */
  #sealed(seal: PackSeal, chain: string): void {
    const changed =
      seal.chain !== chain ||
      seal.onboarding !== this.#contents.onboarding ||
      seal.documents.some(({ hash }) => !this.#documents.has(hash)) ||
      seal.manifests.some((hash) => !this.#manifests.has(hash));
    if (changed)
      this.problems.push(
        `the record up to event ${seal.event} is not the one that was announced at the close`,
      );
  }

  #extract(name: string, text: string, lines: readonly string[]): void {
    if (text !== listOf(lines)) this.problems.push(`${name} does not say what the events say`);
  }
}

function short(hash: string): string {
  return hash.slice(0, 12);
}
