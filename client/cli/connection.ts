import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../domain/errors.ts';
import type { CliConfig } from './config.ts';

/** Options that every verb has. */
export interface CommonOptions {
  readonly home: string;
  readonly url?: string;
  readonly token?: string;
  /** A person of this home to speak as. */
  readonly as?: string;
  readonly json?: true;
}

/** Where the API is and what to sign in with. */
export interface ApiConnection {
  readonly url: string;
  readonly token: string;
}

/** Whom a home's own user speaks as. */
const OWN_PERSON = 'demo-programme-lead';

/**
 * Finds the API: as the options say, else the environment, else what runs in the home.
 * @throws SlipwayError `service/unreachable` when nothing runs there, `access/not-signed-in` without a token
 */
export function findApi(options: CommonOptions, config: CliConfig): ApiConnection {
  const own = urlOfHome(options.home);
  const url = options.url ?? config.url ?? own;
  if (url === undefined) {
    throw new SlipwayError(
      'service/unreachable',
      `nothing runs in ${options.home}: start it with \`slipway up\`, or say where it is with --url`,
    );
  }
  const token = options.token ?? tokenOf(options, config, isSame(url, own));
  return { url: url.replace(/\/+$/, ''), token };
}

/** The tokens of a home are sent to what runs in that home and to nobody else. */
function tokenOf(options: CommonOptions, config: CliConfig, ofHome: boolean): string {
  if (options.as === undefined && config.token !== undefined) return config.token;
  const person = options.as ?? OWN_PERSON;
  const token = ofHome ? readToken(options.home, person) : undefined;
  if (token !== undefined) return token;
  throw new SlipwayError(
    'access/not-signed-in',
    ofHome
      ? `there is no token for ${person} in ${join(options.home, 'secrets')}`
      : 'a token is needed there: give it with --token or SLIPWAY_TOKEN',
  );
}

function urlOfHome(home: string): string | undefined {
  try {
    const services: unknown = JSON.parse(readFileSync(join(home, 'run', 'services.json'), 'utf8'));
    return typeof services === 'object' && services !== null && 'apiUrl' in services
      ? String(services.apiUrl)
      : undefined;
  } catch {
    return undefined;
  }
}

function readToken(home: string, person: string): string | undefined {
  if (!/^[a-z0-9-]+$/.test(person)) return undefined;
  try {
    return readFileSync(join(home, 'secrets', `${person}.token`), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function isSame(url: string, own: string | undefined): boolean {
  return (
    own !== undefined &&
    URL.canParse(url) &&
    URL.canParse(own) &&
    new URL(url).origin === new URL(own).origin
  );
}
