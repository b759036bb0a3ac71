import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SlipwayError } from '../../domain/errors.ts';

/** The key with which an installation signs its evidence packs. Ed25519. */
export interface SigningKey {
  /** SHA-256 of the public key in its DER form (SPKI), in hex. */
  readonly fingerprint: string;
  /** The public key as PEM. */
  readonly publicKey: string;
  /** Signs bytes. The same bytes give the same signature. */
  sign(bytes: Buffer): Buffer;
}

/** A new private key, PEM (PKCS 8). */
export function newPrivateKey(): string {
  return generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

/** The signing key of a private key. @param from where it was found, for the message. @throws SlipwayError `evidence/no-key` */
export function signingKeyOf(pem: string, from: string): SigningKey {
  let secret: KeyObject;
  try {
    // In an environment variable line ends are often written as `\n`.
    secret = createPrivateKey(pem.replaceAll(String.raw`\n`, '\n'));
  } catch (cause) {
    throw new SlipwayError('evidence/no-key', `${from} holds no private key in PEM form`, {
      cause,
    });
  }
  if (secret.asymmetricKeyType !== 'ed25519')
    throw new SlipwayError('evidence/no-key', `${from} holds no Ed25519 key`);
  const open = createPublicKey(secret);
  return {
    fingerprint: fingerprintOf(open),
    publicKey: pemOf(open),
    sign: (bytes) => sign(null, bytes, secret),
  };
}

/** A key to check signatures with. */
export interface PublicKey {
  readonly fingerprint: string;
  /** The PEM that this key has: others can be read as the same key. */
  readonly pem: string;
  verify(bytes: Buffer, signature: Buffer): boolean;
}

/** A public key from its PEM, with its fingerprint; undefined when it is no Ed25519 key. */
export function readPublicKey(pem: string): PublicKey | undefined {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== 'ed25519') return undefined;
    return {
      fingerprint: fingerprintOf(key),
      pem: pemOf(key),
      verify: (bytes, signature) => verify(null, bytes, key, signature),
    };
  } catch {
    return undefined;
  }
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function fingerprintOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
