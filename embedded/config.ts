import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the environment says about the servers of this machine. */
export interface EmbeddedConfig {
  /** `TEMPORAL_ADDRESS`: a Temporal cluster to use instead of starting a server. */
  readonly temporalAddress: string | undefined;
  /** `SLIPWAY_TEMPORAL_CLI`: the Temporal program to use. */
  readonly temporalCli: string | undefined;
  /** Folders in which programs are looked up, in order. */
  readonly path: string;
  /** Per-user cache folder of Slipway: `$XDG_CACHE_HOME/slipway`, or `~/.cache/slipway`. */
  readonly cacheFolder: string;
  /** The whole environment, for the programs that are started. */
  readonly environment: NodeJS.ProcessEnv;
}

export function loadEmbeddedConfig(env: NodeJS.ProcessEnv = process.env): EmbeddedConfig {
  const given = (name: string): string | undefined => env[name] || undefined;
  return {
    temporalAddress: given('TEMPORAL_ADDRESS'),
    temporalCli: given('SLIPWAY_TEMPORAL_CLI'),
    path: env['PATH'] ?? '',
    cacheFolder: join(given('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'slipway'),
    environment: env,
  };
}
