import { z } from 'zod';
import { parseEnvironment } from '../domain/environment.ts';
import { SlipwayError } from '../domain/errors.ts';

const schema = z.object({
  SLIPWAY_STORE_URL: z.string().min(1),
  SLIPWAY_API_HOST: z.string().min(1).default('127.0.0.1'),
  SLIPWAY_API_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  SLIPWAY_MODE: z.enum(['embedded', 'cluster']).default('cluster'),
  SLIPWAY_DEMO_PEOPLE: z.enum(['0', '1']).default('0'),
  SLIPWAY_HOME: z.string().min(1).optional(),
  SLIPWAY_SESSION_SECRET: z.string().min(32).optional(),
  SLIPWAY_SIGNING_KEY: z.string().min(1).optional(),
  SLIPWAY_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

/** What the API process is told by its environment. */
export interface ApiConfig {
  /** Connection URL of Slipway's own database. */
  readonly storeUrl: string;
  readonly host: string;
  /** 0 has a free one chosen. */
  readonly port: number;
  readonly mode: 'embedded' | 'cluster';
  /** There are demo people to sign in as. */
  readonly demoPeople: boolean;
  /** State folder in which the demo people's tokens and the session secret are kept. */
  readonly home: string | undefined;
  /** Signs sessions and forms; the same in every API process. In a home it is made by itself. */
  readonly sessionSecret: string | undefined;
  /** Ed25519 private key (PEM) that evidence packs are signed with; the same in every API process. In a home it is made by itself. */
  readonly signingKey: string | undefined;
  readonly logLevel: string;
}

/** Reads the environment. @throws SlipwayError `request/invalid` naming every variable that is missing or wrong */
export function loadApiConfig(environment: NodeJS.ProcessEnv = process.env): ApiConfig {
  const given = parseEnvironment(schema, environment, 'the API');
  if (given.SLIPWAY_DEMO_PEOPLE === '1' && given.SLIPWAY_MODE !== 'embedded') {
    throw new SlipwayError(
      'request/invalid',
      'SLIPWAY_DEMO_PEOPLE: demo people exist in embedded mode only',
    );
  }
  if (given.SLIPWAY_SESSION_SECRET === undefined && given.SLIPWAY_HOME === undefined) {
    throw new SlipwayError(
      'request/invalid',
      'SLIPWAY_SESSION_SECRET: expected a random text of at least 32 characters, the same for every API process',
    );
  }
  return {
    storeUrl: given.SLIPWAY_STORE_URL,
    host: given.SLIPWAY_API_HOST,
    port: given.SLIPWAY_API_PORT,
    mode: given.SLIPWAY_MODE,
    demoPeople: given.SLIPWAY_DEMO_PEOPLE === '1',
    home: given.SLIPWAY_HOME,
    sessionSecret: given.SLIPWAY_SESSION_SECRET,
    signingKey: given.SLIPWAY_SIGNING_KEY,
    logLevel: given.SLIPWAY_LOG_LEVEL,
  };
}
