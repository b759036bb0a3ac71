import { createHash } from 'node:crypto';
import {
  documentPart,
  isDecision,
  isWaiver,
  PACK_FORMAT,
  PACK_PARTS,
} from '../../domain/evidence-pack.ts';
import type { PackContents, PackIndex } from '../../domain/evidence-pack.ts';
import { SlipwayError } from '../../domain/errors.ts';
import { canonicalJson } from '../../domain/json.ts';
import type { Json } from '../../domain/json.ts';
import type { Queryable } from '../database.ts';
import { contentHash } from '../hashing.ts';
import type { StoredManifest } from '../manifests.ts';
import type { LoggedEvent } from '../read-model.ts';
import { varianceGroups } from '../variances.ts';
import type { VarianceGroup } from '../variances.ts';
import type { Part } from './pack-file.ts';
import {
  recordDocuments,
  recordEvents,
  recordHead,
  recordIndex,
  recordManifests,
  recordPeriods,
  recordVariances,
} from './read-record.ts';
import type { RecordDocument } from './read-record.ts';
import type { SigningKey } from './signing.ts';

/** The variances of one pay period by signature. */
export interface PeriodVariances {
  readonly period: string;
  readonly groups: readonly VarianceGroup[];
}

/**
 * Writes the page that a person reads. It is shown the record once, in this order, so that the record need not be in memory;
 * what it makes must depend on nothing else.
 */
export interface PageWriter {
  manifest(manifest: StoredManifest): void;
  index(index: PackIndex): void;
  document(document: RecordDocument): void;
  event(event: LoggedEvent): void;
  variances(period: PeriodVariances): void;
  /** The page: one HTML document that needs nothing else. */
  page(contents: Omit<PackContents, 'parts'>): string;
}

/** What a pack is made with. */
export interface PackOptions {
  readonly onboarding: string;
  readonly key: SigningKey;
  readonly page: PageWriter;
  /** Told what was written last. */
  readonly written?: (contents: PackContents) => void;
}

/**
 * The parts of the evidence pack of an onboarding as it stands now, one after the other; about a thousand events or one document
 * are in memory at a time. The same record and key give the same parts.
 * @param database in a transaction that sees one state of the record
 * @throws SlipwayError `onboarding/not-found`
 */
export async function* packParts(
  database: Queryable,
  { onboarding, key, page, written }: PackOptions,
): AsyncGenerator<Part> {
  const head = await recordHead(database, onboarding);
  if (head === undefined)
    throw new SlipwayError('onboarding/not-found', `there is no onboarding ${onboarding}`);
  const parts: PackContents['parts'] = [];
  const part = (name: string, text: string): Part => {
    const content = Buffer.from(text, 'utf8');
    parts.push({
      name,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    return { name, content };
  };

  const manifests = await recordManifests(database, onboarding);
  for (const stored of manifests) {
    const { hash, manifest, baseFolder, source } = stored;
    page.manifest(stored);
    yield part(`manifests/${hash}.json`, canonical({ manifest, baseFolder }));
    yield part(`manifests/${hash}.yaml`, source);
  }

  const index = await recordIndex(database, onboarding);
  page.index(index);
  yield part(PACK_PARTS.index, canonical(index));
  for await (const document of recordDocuments(database, onboarding, index)) {
    page.document(document);
    yield part(documentPart(document.kind, document.hash), canonicalJson(document.content));
  }

  const decisions: string[] = [];
  const waivers: string[] = [];
  let at: string | null = null;
  for await (const events of recordEvents(database, onboarding)) {
    const lines = events.map((logged) => {
      const line = canonical(logged);
      page.event(logged);
      if (isDecision(logged.event)) decisions.push(line);
      if (isWaiver(logged.event)) waivers.push(line);
      return line;
    });
    at = events.at(-1)?.event.at ?? at;
    yield part(eventsPart(events[0]?.position ?? 0), lines.map((line) => `${line}\n`).join(''));
  }
  yield part(PACK_PARTS.decisions, listOf(decisions));
  yield part(PACK_PARTS.waivers, listOf(waivers));

  const periods: PeriodVariances[] = [];
  for (const period of await recordPeriods(database, onboarding)) {
    const groups = await varianceGroups(database, onboarding, period);
    periods.push({ period, groups });
    page.variances({ period, groups });
  }
  yield part(PACK_PARTS.varianceGroups, canonical(periods));
  let variances = 0;
  for await (const lines of recordVariances(database, onboarding)) {
    const text = lines.map((line) => `${canonical(line)}\n`).join('');
    yield part(`variances/${String(variances + 1).padStart(9, '0')}.ndjson`, text);
    variances += lines.length;
  }

  const about = {
    format: PACK_FORMAT,
    onboarding,
    name: head.name,
    status: head.status,
    asOf: { event: head.events, at, chain: head.chain },
    counts: {
      manifests: manifests.length,
      documents: new Set(index.map(({ kind, hash }) => `${kind} ${hash}`)).size,
      events: head.events,
      decisions: decisions.length,
      waivers: waivers.length,
      variances,
    },
    signedBy: key.fingerprint,
  } as const;
  yield part(PACK_PARTS.page, page.page(about));
  const contents: PackContents = { ...about, parts };
  const signed = Buffer.from(canonical(contents), 'utf8');
  yield { name: PACK_PARTS.contents, content: signed };
  yield { name: PACK_PARTS.signature, content: key.sign(signed) };
  yield { name: PACK_PARTS.key, content: Buffer.from(key.publicKey, 'utf8') };
  written?.(contents);
}

/** SHA-256 of the text of `contents.json`: names a pack. */
export function contentsHash(contents: PackContents): string {
  return contentHash(contents);
}

/** Name of the part whose first event has this place. */
function eventsPart(position: number): string {
  return `events/${String(position).padStart(9, '0')}.ndjson`;
}

/** A list of texts that are JSON already. */
export function listOf(lines: readonly string[]): string {
  return `[${lines.join(',\n')}]`;
}

function canonical(value: object): string {
  return canonicalJson(value as unknown as Json);
}
