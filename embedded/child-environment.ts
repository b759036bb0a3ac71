import { join } from 'node:path';
import type { DatabaseUrls } from './databases.ts';
import { type Home, writeWhole } from './home.ts';
import { NAMESPACE } from './temporal-server.ts';

/**
 * The environment of worker and API on this machine.
 * @param base our own environment
 * @param ownTemporal address of the Temporal server we started; undefined where the user's environment names a cluster
 */
export function childEnvironment(
  home: Home,
  base: NodeJS.ProcessEnv,
  urls: DatabaseUrls,
  ownTemporal: string | undefined,
): NodeJS.ProcessEnv {
  return {
    ...(ownTemporal === undefined
      ? base
      : { ...withoutTemporal(base), ...temporal(home, ownTemporal) }),
    SLIPWAY_MODE: 'embedded',
    SLIPWAY_DEMO_PEOPLE: '1',
    SLIPWAY_HOME: home.folder,
    SLIPWAY_STORE_URL: urls.store,
    SLIPWAY_PLATFORM_URL: urls.platform,
    SLIPWAY_REHEARSAL_URL: urls.rehearsal,
    SLIPWAY_STAGING_URL: urls.staging,
  };
}

/** Keys, certificates and profiles of somebody's cluster would be used against our own server as well. */
function withoutTemporal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

/** The profile file also serves the Temporal CLI: `TEMPORAL_CONFIG_FILE=.slipway/run/temporal.toml temporal ...`. */
function temporal(home: Home, address: string): NodeJS.ProcessEnv {
  const file = join(home.run, 'temporal.toml');
  writeWhole(file, `[profile.default]\naddress = "${address}"\nnamespace = "${NAMESPACE}"\n`);
  return { TEMPORAL_CONFIG_FILE: file, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: NAMESPACE };
}
