import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { StepDependencies } from '../activities/step-activity.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { SecretReference } from '../domain/manifest.ts';
import type { Database } from '../store/database.ts';
import { EventLog } from '../store/event-log.ts';
import { findManifest } from '../store/manifests.ts';
import type { StoredManifest } from '../store/manifests.ts';
import type { WorkerConfig } from './config.ts';

/** Variables that configure the worker. */
const OWN_VARIABLES = /^(SLIPWAY|TEMPORAL)_/;

/** How many manifests a worker keeps at hand. They never change, so there is nothing to refresh. */
const KEPT_MANIFESTS = 100;

/** Wires the activities of steps to the store, to secrets and to the databases of this worker. */
export function stepDependencies(
  config: Pick<WorkerConfig, 'platformUrl' | 'stagingUrl' | 'rehearsalUrl' | 'environment'> &
    Partial<Pick<WorkerConfig, 'bankTables'>>,
  database: Database,
): StepDependencies {
  const secret: StepDependencies['secret'] = (reference, baseFolder) =>
    readSecret(reference, baseFolder, config.environment);
  return {
    database,
    log: new EventLog(database),
    manifest: cachedManifests(database),
    secret,
    bankTables: config.bankTables,
    urls: async (manifest, baseFolder) => {
      const sources: Record<string, string> = {};
      for (const [id, source] of Object.entries(manifest.sources)) {
        if (source.kind !== 'files') sources[id] = await secret(source.connection, baseFolder);
      }
      return {
        sources,
        staging: config.stagingUrl,
        target: config.platformUrl,
        rehearsal: config.rehearsalUrl,
      };
    },
  };
}

function cachedManifests(database: Database): StepDependencies['manifest'] {
  const kept = new Map<string, StoredManifest>();
  return async (hash) => {
    const known = kept.get(hash) ?? (await findManifest(database, hash));
    if (known === undefined)
      throw new SlipwayError('internal/unexpected', `manifest ${hash} is not in the store`);
    kept.delete(hash);
    kept.set(hash, known);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_MANIFESTS && oldest !== undefined) kept.delete(oldest);
    return known;
  };
}

/** The text of a secret, without white space around it. Read anew each time: secrets are rotated. */
async function readSecret(
  reference: SecretReference,
  baseFolder: string,
  environment: (name: string) => string | undefined,
): Promise<string> {
  if ('env' in reference) {
    // A manifest must not be able to send Slipway's own secrets to a server of its choice.
    if (OWN_VARIABLES.test(reference.env)) {
      throw new SlipwayError(
        'manifest/secret-missing',
        `${reference.env} belongs to Slipway itself: a manifest may not name it`,
      );
    }
    const value = environment(reference.env);
    if (value === undefined || value === '') {
      throw new SlipwayError(
        'manifest/secret-missing',
        `the environment variable ${reference.env} is not set for the worker`,
      );
    }
    return value.trim();
  }
  const path = resolve(baseFolder, reference.file);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new SlipwayError('manifest/secret-missing', `the secret file ${path} cannot be read`, {
      cause,
    });
  }
}
