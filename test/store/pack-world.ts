import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { deflateRawSync } from 'node:zlib';
import { PackPage } from '../../client/pack-page/pack-page.ts';
import type { PackContents } from '../../domain/evidence-pack.ts';
import type { SlipwayEvent } from '../../domain/events.ts';
import type { Json } from '../../domain/json.ts';
import { inSnapshot, openDatabase } from '../../store/database.ts';
import type { Database } from '../../store/database.ts';
import { EventLog } from '../../store/event-log.ts';
import { CHAIN_START, chainHash, contentHash } from '../../store/hashing.ts';
import { registerManifest } from '../../store/manifests.ts';
import { migrate } from '../../store/migrate.ts';
import { openPack } from '../../store/pack/open-pack.ts';
import { packBytes } from '../../store/pack/pack-file.ts';
import type { Part } from '../../store/pack/pack-file.ts';
import { sealOf } from '../../store/pack/seal.ts';
import { newPrivateKey, signingKeyOf } from '../../store/pack/signing.ts';
import { packParts } from '../../store/pack/write-pack.ts';
import { at } from '../domain/event-stream.ts';
import { freshDatabase } from '../support/database.ts';
import { sampleManifest } from '../workflows/sample-manifest.ts';

/** What packs of tests are signed with. */
export const key = signingKeyOf(newPrivateKey(), 'the test');

/** A store with records to pack, and a folder for the packs. */
export interface PackWorld {
  readonly url: string;
  readonly database: Database;
  readonly folder: string;
  close(): Promise<void>;
}

export async function startPacks(): Promise<PackWorld> {
  const url = await freshDatabase('pack');
  await migrate({ url, folder: 'store/migrations', name: 'store' });
  const database = openDatabase(url);
  const folder = await mkdtemp(join(tmpdir(), 'slipway-test-'));
  return {
    url,
    database,
    folder,
    async close() {
      await database.end();
      await rm(folder, { recursive: true });
    },
  };
}

/** A record with everything that a pack has a part for. */
export async function recorded({ database }: PackWorld): Promise<string> {
  const id = `onboarding/pack/${randomBytes(3).toString('hex')}`;
  const log = new EventLog(database);
  const first = await registerManifest(database, sampleManifest(), 'slipway: 1', '/');
  const second = await registerManifest(database, sampleManifest(), 'slipway: 1', '/elsewhere');
  const steps = ['discovery/assess', 'discovery/gate'];
  const findings: Json = { blockers: 0, 'of a kind <nobody> knows': true };
  const statement: Json = {
    criteria: [
      { id: 'blockers', title: 'No blockers', value: 0, threshold: 0, verdict: 'met' },
      { id: 'odd', title: 'Something odd', value: 3, threshold: 1, verdict: 'unmet' },
    ],
  };
  const by = 'ann';
  const reason = 'as <agreed> & noted';
  const events: SlipwayEvent[] = [
    {
      version: 0,
      part: 0,
      at,
      type: 'onboarding.started',
      by,
      programme: 'pack',
      department: id.split('/')[2] ?? '',
      manifest: first,
      steps,
    },
    succeeded(1, 'discovery/assess', { blockers: 0 }, 'a-new-kind', findings),
    {
      version: 2,
      part: 0,
      at,
      type: 'step.waiting',
      step: 'discovery/gate',
      output: { red: ['odd'] },
      evidence: [{ kind: 'gate-statement', hash: contentHash(statement) }],
      quorum: [],
    } as unknown as SlipwayEvent,
    {
      version: 3,
      part: 0,
      at,
      type: 'step.waived',
      step: 'discovery/gate',
      impact: 'none to speak of',
      expires: '2030-01-01',
      by,
      reason,
    },
    { version: 4, part: 0, at, type: 'onboarding.amended', manifest: second, steps, by, reason },
  ];
  await log.append(id, events.slice(0, 1));
  await log.append(id, events.slice(1), [
    { kind: 'a-new-kind', step: 'discovery/assess', content: findings },
    { kind: 'gate-statement', step: 'discovery/gate', content: statement },
  ]);
  const seal = (await sealOf(database, id)) as unknown as Json;
  await log.append(
    id,
    [
      succeeded(5, 'cutover/close', {}, 'evidence-pack', seal),
      { version: 6, part: 0, at, type: 'onboarding.closed' },
    ],
    [{ kind: 'evidence-pack', step: 'cutover/close', content: seal }],
  );
  await database.query(
    `insert into variance (onboarding, period, person, element, legacy_pence, platform_pence, difference_pence, class,
                           signature, over_tolerance)
     select $1, '2027-04', 'SECRET-' || n, 'BASIC', 987650 + n, 987660 + n, 10, 'rounding', 'BASIC/rounding', false
     from generate_series(1, 20) n`,
    [id],
  );
  return id;
}

function succeeded(
  version: number,
  step: string,
  output: Record<string, Json>,
  kind: string,
  content: Json,
): SlipwayEvent {
  const evidence = [{ kind, hash: contentHash(content) }];
  return { version, part: 0, at, type: 'step.succeeded', step, output, evidence };
}

export async function packed(
  { database, folder }: PackWorld,
  id: string,
  with_ = key,
): Promise<string> {
  const path = join(folder, `${randomBytes(4).toString('hex')}.zip`);
  await inSnapshot(database, (client) =>
    pipeline(
      Readable.from(
        packBytes(packParts(client, { onboarding: id, key: with_, page: new PackPage() })),
      ),
      createWriteStream(path),
    ),
  );
  return path;
}

export async function partsOf(path: string): Promise<Part[]> {
  const pack = await openPack(path);
  const parts: Part[] = [];
  for (const [place, name] of pack.names.entries())
    parts.push({ name, content: await pack.read(place) });
  pack.close();
  return parts;
}

export async function written({ folder }: PackWorld, parts: readonly Part[]): Promise<string> {
  const path = join(folder, `${randomBytes(4).toString('hex')}.zip`);
  await pipeline(Readable.from(packBytes(Readable.from(parts))), createWriteStream(path));
  return path;
}

export function flipped(content: Buffer, place: number): Buffer {
  const other = Buffer.from(content);
  other[place] = (other[place] ?? 0) ^ 1;
  return other;
}

/** The same parts, signed again by somebody who has a key of their own. */
export function forged(
  parts: readonly Part[],
  change: (contents: PackContents) => PackContents,
): Part[] {
  const other = signingKeyOf(newPrivateKey(), 'a forger');
  const contents = parts.find(({ name }) => name === 'contents.json')?.content.toString() ?? '';
  const text = Buffer.from(
    JSON.stringify(
      change({ ...(JSON.parse(contents) as PackContents), signedBy: other.fingerprint }),
    ),
  );
  const replaced: Record<string, Buffer> = {
    'contents.json': text,
    'contents.json.sig': other.sign(text),
    'public-key.pem': Buffer.from(other.publicKey),
  };
  return parts.map(({ name, content }) => ({ name, content: replaced[name] ?? content }));
}

/** Parts whose contents were made to fit again, signed with another key: what only the record itself can tell. */
export function rehashed(parts: readonly Part[]): Part[] {
  return forged(parts, (contents) => ({
    ...contents,
    parts: contents.parts.flatMap((part) => {
      const now = parts.find(({ name }) => name === part.name);
      return now === undefined
        ? []
        : [{ name: part.name, bytes: now.content.length, sha256: sha256(now.content) }];
    }),
  }));
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A ZIP file of one part: a few kilobytes that would unpack to many megabytes. */
export function bomb(): Buffer {
  const packedContent = deflateRawSync(Buffer.alloc(64 * 1024 * 1024));
  const name = Buffer.from('contents.json');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packedContent.length, 18);
  local.writeUInt32LE(64 * 1024 * 1024, 22);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packedContent.length, 20);
  central.writeUInt32LE(64 * 1024 * 1024, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length + packedContent.length, 16);
  return Buffer.concat([local, name, packedContent, central, name, end]);
}

/** A record of as many events, written past the log: it would take minutes. */
export async function longRecord({ database }: PackWorld, length: number): Promise<string> {
  const id = `onboarding/pack/long`;
  const manifest = await registerManifest(database, sampleManifest(), 'slipway: 1', '/');
  const started: SlipwayEvent = {
    version: 0,
    part: 0,
    at,
    type: 'onboarding.started',
    by: 'ann',
    programme: 'pack',
    department: 'long',
    manifest,
    steps: ['discovery/assess'],
  };
  await new EventLog(database).append(id, [started]);
  let link = chainHash(CHAIN_START, started);
  for (let from = 2; from <= length; from += 10_000) {
    const rows: object[] = [];
    for (let position = from; position < from + 10_000 && position <= length; position += 1) {
      const body: SlipwayEvent = {
        version: position,
        part: 0,
        at,
        type: 'step.started',
        step: 'discovery/assess',
        attempt: position,
      };
      link = chainHash(link, body);
      rows.push({ position, body, hash: link });
    }
    await database.query(
      `insert into event (onboarding, position, version, part, step, type, at, body, hash)
       select $1, r.position, r.position, 0, null, 'step.started', $2, r.body, r.hash
       from jsonb_to_recordset($3) as r (position bigint, body jsonb, hash text)`,
      [id, at, JSON.stringify(rows)],
    );
  }
  await database.query('update onboarding set chain_length = $2, chain_hash = $3 where id = $1', [
    id,
    length,
    link,
  ]);
  return id;
}
