import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { PACK_PARTS, packContentsSchema } from '../../domain/evidence-pack.ts';
import type { PackContents } from '../../domain/evidence-pack.ts';
import type { OpenPack } from './open-pack.ts';
import { openPack } from './open-pack.ts';
import { packBytes } from './pack-file.ts';
import type { Part } from './pack-file.ts';
import { RecordCheck } from './record-check.ts';
import { readPublicKey } from './signing.ts';

/** What was found out about a pack. It is genuine when there are no problems. */
export interface PackReport {
  readonly onboarding: string;
  readonly status: string;
  readonly asOf: PackContents['asOf'] | undefined;
  readonly events: number;
  readonly documents: number;
  /** SHA-256 of `contents.json`: names this very pack. */
  readonly contents: string | undefined;
  /** SHA-256 of the public key that it carries. */
  readonly signedBy: string | undefined;
  /** Was the key compared with one that the reader trusts? */
  readonly trusted: boolean;
  readonly problems: readonly string[];
}

/**
 * Checks an evidence pack with nothing but the file: signature, content of every part, chain of events, and every single byte
 * in between. A pack that another key signed is told by `trusted`, the fingerprint of the key it should be signed with.
 * @throws SlipwayError `evidence/unreadable` when it is no pack, or one that is damaged so that its parts cannot be told apart
 */
export async function verifyPack(file: string, trusted?: string): Promise<PackReport> {
  const pack = await openPack(file);
  try {
    return await check(file, pack, trusted);
  } finally {
    pack.close();
  }
}

async function check(
  file: string,
  pack: OpenPack,
  trusted: string | undefined,
): Promise<PackReport> {
  const problems: string[] = [];
  const places = new Map<string, number>();
  for (const [place, name] of pack.names.entries()) {
    if (places.has(name)) problems.push(`${name} is there more than once`);
    else places.set(name, place);
  }
  const partOf = async (name: string): Promise<Buffer | undefined> => {
    const place = places.get(name);
    return place === undefined ? undefined : await pack.read(place);
  };

  const signed = await partOf(PACK_PARTS.contents);
  const signedBy = await checkSignature(signed, partOf, trusted, problems);
  const contents = signed === undefined ? undefined : readContents(signed, problems);
  const record = contents === undefined ? undefined : new RecordCheck(contents);
  if (contents !== undefined && record !== undefined) {
    if (signedBy !== undefined && contents.signedBy !== signedBy)
      problems.push(`${PACK_PARTS.contents} names another key than ${PACK_PARTS.key}`);
    checkNames(pack.names, contents, problems);
    for (const { name, sha256, bytes } of contents.parts) {
      const content = await partOf(name);
      if (content === undefined) continue;
      if (createHash('sha256').update(content).digest('hex') !== sha256)
        problems.push(
          content.length === bytes
            ? `${name} was changed`
            : `${name} was changed: it has ${content.length} bytes instead of ${bytes}`,
        );
      record.part(name, content);
    }
    record.end();
    problems.push(...record.problems);
  }
  if (problems.length === 0) problems.push(...(await checkBytes(file, pack)));
  return {
    onboarding: contents?.onboarding ?? '',
    status: contents?.status ?? '',
    asOf: contents?.asOf,
    events: record?.events ?? 0,
    documents: contents?.counts.documents ?? 0,
    contents: signed === undefined ? undefined : createHash('sha256').update(signed).digest('hex'),
    signedBy,
    trusted: trusted !== undefined,
    problems: [...new Set(problems)],
  };
}

/** @returns the fingerprint of the key that the pack carries */
async function checkSignature(
  signed: Buffer | undefined,
  partOf: (name: string) => Promise<Buffer | undefined>,
  trusted: string | undefined,
  problems: string[],
): Promise<string | undefined> {
  const pem = await partOf(PACK_PARTS.key);
  const signature = await partOf(PACK_PARTS.signature);
  const key = pem === undefined ? undefined : readPublicKey(pem.toString('utf8'));
  if (signed === undefined) problems.push(`${PACK_PARTS.contents} is missing`);
  if (signature === undefined) problems.push(`${PACK_PARTS.signature} is missing`);
  if (pem === undefined) problems.push(`${PACK_PARTS.key} is missing`);
  else if (key === undefined) problems.push(`${PACK_PARTS.key} is no Ed25519 key`);
  if (key === undefined) return undefined;
  if (pem?.toString('utf8') !== key.pem) problems.push(`${PACK_PARTS.key} was changed`);
  if (trusted !== undefined && key.fingerprint !== trusted)
    problems.push(`it is signed with another key: ${key.fingerprint} instead of ${trusted}`);
  if (signed !== undefined && signature !== undefined && !key.verify(signed, signature))
    problems.push(
      `the signature does not fit: ${PACK_PARTS.contents}, ${PACK_PARTS.signature} or ${PACK_PARTS.key} was changed`,
    );
  return key.fingerprint;
}

function readContents(signed: Buffer, problems: string[]): PackContents | undefined {
  try {
    return packContentsSchema.parse(JSON.parse(signed.toString('utf8')));
  } catch {
    problems.push(`${PACK_PARTS.contents} is not what it should be: it cannot be read`);
    return undefined;
  }
}

/** Which parts are missing, were added or stand elsewhere. */
function checkNames(names: readonly string[], contents: PackContents, problems: string[]): void {
  const wanted = [
    ...contents.parts.map(({ name }) => name),
    PACK_PARTS.contents,
    PACK_PARTS.signature,
    PACK_PARTS.key,
  ];
  const there = new Set(names);
  const expected = new Set(wanted);
  for (const name of wanted) if (!there.has(name)) problems.push(`${name} is missing`);
  for (const name of there) if (!expected.has(name)) problems.push(`${name} was added`);
  const order = wanted.filter((name) => there.has(name));
  const found = [...there].filter((name) => expected.has(name));
  const moved = order.findIndex((name, place) => found[place] !== name);
  if (moved !== -1)
    problems.push(
      `the order was changed: ${found[moved] ?? ''} stands where ${order[moved] ?? ''} should be`,
    );
}

/** Writes the pack again from its parts and compares byte by byte: dates and other words of the container are told by this. */
async function checkBytes(file: string, pack: OpenPack): Promise<string[]> {
  const stream = createReadStream(file);
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  try {
    for await (const expected of packBytes(partsOf(pack))) {
      while (rest.length < expected.length) {
        const next = await chunks.next();
        if (next.done === true) return [`the file ends at byte ${offset + rest.length}, too early`];
        rest = Buffer.concat([rest, next.value]);
      }
      const found = rest.subarray(0, expected.length);
      if (!found.equals(expected)) {
        const at = offset + found.findIndex((byte, place) => byte !== expected[place]);
        return [`${placeOf(at, pack)} was changed, at byte ${at} of the file`];
      }
      rest = rest.subarray(expected.length);
      offset += expected.length;
    }
    const more = rest.length > 0 || (await chunks.next()).done !== true;
    return more ? [`something was added after byte ${offset}, where the file should end`] : [];
  } finally {
    stream.destroy();
  }
}

async function* partsOf(pack: OpenPack): AsyncGenerator<Part> {
  for (const [place, name] of pack.names.entries()) yield { name, content: await pack.read(place) };
}

function placeOf(at: number, { names, offsets }: OpenPack): string {
  const place = offsets.findLastIndex((offset) => offset <= at);
  const name = names[place];
  return name === undefined || place === names.length - 1
    ? 'the directory of the file (names, dates, sizes)'
    : `what the file says about ${name} (date, size)`;
}
