import { SlipwayError } from '../../domain/errors.ts';
import { loadApiConfig } from '../config.ts';
import type { ApiConfig } from '../config.ts';
import { dashboard } from '../dashboard/dashboard.ts';
import { seedDemoPeople, writeDemoTokens } from '../demo-people.ts';
import { openServices } from '../services.ts';
import type { Services } from '../services.ts';
import { sessionSecretOf } from '../session-secret.ts';
import { openTemporalClient } from '../temporal-client.ts';
import { translateError } from '../translate-error.ts';
import { createApp } from './app.ts';

/** The API and dashboard process: serves until it is asked to stop, by a signal or because whoever started it is gone. */
async function main(): Promise<void> {
  const config = loadApiConfig();
  const temporal = openTemporalClient();
  const services = await openServices({
    storeUrl: config.storeUrl,
    client: temporal.client,
    signing: config,
  });
  await seed(config, services);
  const app = await createApp({
    services,
    logger: { level: config.logLevel },
    pages: dashboard({
      ...services,
      demoPeople: config.demoPeople,
      secret: config.sessionSecret ?? (await sessionSecretOf(config.home ?? '')),
    }),
  });
  const stopped = new Promise<void>((resolve) => {
    for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const)
      process.once(event, () => resolve());
  });
  const url = await app.listen({ host: config.host, port: config.port });
  process.send?.({ ready: true, url });
  await stopped;
  await app.close();
  await services.close();
  await temporal.close();
  // An open channel to the parent would keep the process alive.
  if (process.connected) process.disconnect();
}

async function seed({ demoPeople, home }: ApiConfig, { database }: Services): Promise<void> {
  if (!demoPeople) return;
  await seedDemoPeople(database);
  if (home !== undefined) await writeDemoTokens(database, home);
}

main().catch((thrown: unknown) => {
  const error = translateError(thrown);
  console.error(error instanceof SlipwayError ? `${error.code}: ${error.message}` : error);
  process.exitCode = error instanceof SlipwayError ? error.entry.exit : 1;
  if (process.connected) process.disconnect();
});
