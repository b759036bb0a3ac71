import { z } from 'zod';
import { parseEnvironment } from '../domain/environment.ts';

const schema = z.object({
  SLIPWAY_STORE_URL: z.string().min(1),
  SLIPWAY_PLATFORM_URL: z.string().min(1),
  SLIPWAY_STAGING_URL: z.string().min(1),
  SLIPWAY_REHEARSAL_URL: z.string().min(1).optional(),
  SLIPWAY_BANK_TABLES: z.string().min(1).optional(),
  SLIPWAY_DATA_PLANE_STEPS: z.coerce.number().int().min(1).max(64).default(4),
});

/** What a worker is told by its environment. */
export interface WorkerConfig {
  /** Connection URLs of Slipway's own database, of the platform and of the staging database. */
  readonly storeUrl: string;
  readonly platformUrl: string;
  readonly stagingUrl: string;
  /** A second database of the platform, for rehearsals; undefined where there is none. */
  readonly rehearsalUrl?: string | undefined;
  /** Folder with the installation's own tables of the modulus check; undefined: those that come with Slipway. */
  readonly bankTables: string | undefined;
  /** Data plane steps this worker runs at the same time. */
  readonly dataPlaneSteps: number;
  /** An environment variable that a manifest names; undefined when it is not set. */
  readonly environment: (name: string) => string | undefined;
}

/** Reads the environment. @throws SlipwayError `request/invalid` naming every variable that is missing or wrong */
export function loadWorkerConfig(environment: NodeJS.ProcessEnv = process.env): WorkerConfig {
  const given = parseEnvironment(schema, environment, 'the worker');
  return {
    storeUrl: given.SLIPWAY_STORE_URL,
    platformUrl: given.SLIPWAY_PLATFORM_URL,
    stagingUrl: given.SLIPWAY_STAGING_URL,
    rehearsalUrl: given.SLIPWAY_REHEARSAL_URL,
    bankTables: given.SLIPWAY_BANK_TABLES,
    dataPlaneSteps: given.SLIPWAY_DATA_PLANE_STEPS,
    environment: (name) => environment[name],
  };
}
