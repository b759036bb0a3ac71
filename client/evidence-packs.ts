import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SlipwayError } from '../domain/errors.ts';
import type { PackContents } from '../domain/evidence-pack.ts';
import { inSnapshot } from '../store/database.ts';
import type { Database } from '../store/database.ts';
import type { Identity } from '../store/identities.ts';
import { packBytes } from '../store/pack/pack-file.ts';
import type { SigningKey } from '../store/pack/signing.ts';
import { contentsHash, packParts } from '../store/pack/write-pack.ts';
import { findStanding } from '../store/read-model.ts';
import { listExports, listKeys, publishKey, recordExport } from '../store/signing-keys.ts';
import type { PackExport, PublishedKey } from '../store/signing-keys.ts';
import { onboardingId } from '../workflows/messages.ts';
import { requireReader } from './access.ts';
import type { Place } from './access.ts';
import { PackPage } from './pack-page/pack-page.ts';
import { translateError } from './translate-error.ts';

/** A pack that was made, ready to be sent. */
export interface ExportedPack {
  readonly fileName: string;
  readonly bytes: number;
  readonly contents: PackContents;
  /** The file. What it was kept in is gone when it was read, or given up. */
  readonly stream: Readable;
}

/** Makes evidence packs, and says who did. All functions throw `access/not-permitted` and `service/unreachable`. */
export class EvidencePacks {
  readonly #database: Database;
  readonly #findKey: () => Promise<SigningKey>;
  #key: Promise<SigningKey> | undefined;

  constructor(database: Database, findKey: () => Promise<SigningKey>) {
    this.#database = database;
    this.#findKey = findKey;
  }

  /**
   * The pack of an onboarding as it stands now. Whoever may look at the onboarding may take it out; who did is written down.
   * @throws SlipwayError `onboarding/not-found`, `evidence/no-key`
   */
  async export(identity: Identity, place: Place): Promise<ExportedPack> {
    const onboarding = await this.#find(identity, place);
    const key = await this.#signingKey();
    // Written whole before the first byte is sent: a failure is an answer then, and the snapshot is held only briefly.
    const folder = await mkdtemp(join(tmpdir(), 'slipway-pack-'));
    try {
      const file = join(folder, 'pack.zip');
      let contents: PackContents | undefined;
      await inSnapshot(this.#database, (client) => {
        const parts = packParts(client, {
          onboarding,
          key,
          page: new PackPage(),
          written: (each) => {
            contents = each;
          },
        });
        return pipeline(Readable.from(packBytes(parts)), createWriteStream(file, { mode: 0o600 }));
      });
      if (contents === undefined) throw new TypeError('a pack was written without its contents');
      const { size: bytes } = await stat(file);
      await recordExport(this.#database, onboarding, {
        by: identity.id,
        event: contents.asOf.event,
        contents: contentsHash(contents),
        signedBy: key.fingerprint,
        bytes,
      });
      const stream = createReadStream(file);
      stream.once('close', () => void rm(folder, { recursive: true, force: true }));
      const fileName = `${place.programme}-${place.department}-evidence.zip`;
      return { fileName, bytes, contents, stream };
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw translateError(error);
    }
  }

  /** Who took packs of an onboarding out. */
  async exports(identity: Identity, place: Place): Promise<PackExport[]> {
    const onboarding = await this.#find(identity, place);
    return await listExports(this.#database, onboarding);
  }

  /** The public keys of this installation, the newest first. Old ones stay: packs that they signed do. */
  async keys(): Promise<PublishedKey[]> {
    await this.#signingKey().catch((error: unknown) => {
      // Without a key to sign with, the earlier ones can still be looked up.
      if (!(error instanceof SlipwayError) || error.code !== 'evidence/no-key') throw error;
    });
    return await listKeys(this.#database);
  }

  async #find(identity: Identity, place: Place): Promise<string> {
    requireReader(identity, place);
    const id = onboardingId(place.programme, place.department);
    const standing = await findStanding(this.#database, id).catch((error: unknown) => {
      throw translateError(error);
    });
    if (standing === undefined)
      throw new SlipwayError('onboarding/not-found', `there is no onboarding ${id}`);
    return id;
  }

  /** The key, published before anything is signed with it. */
  async #signingKey(): Promise<SigningKey> {
    this.#key ??= this.#findKey();
    try {
      const key = await this.#key;
      await publishKey(this.#database, key);
      return key;
    } catch (error) {
      this.#key = undefined;
      throw translateError(error);
    }
  }
}
