import { createApp } from './api/app.ts';
import { manifestJsonSchema } from './manifest/json-schema.ts';
import { createServices } from './services.ts';
import { openTemporalClient } from './temporal-client.ts';

/** The documents that are written from the schemas, by their path in the project. Needs no server. */
export async function generatedDocs(): Promise<Record<string, object>> {
  const nowhere = '127.0.0.1:1';
  const temporal = openTemporalClient({ connectionOptions: { address: nowhere } });
  const services = createServices({
    storeUrl: `postgres://${nowhere}/none`,
    client: temporal.client,
  });
  const app = await createApp({ services });
  await app.ready();
  const openapi = app.swagger();
  await app.close();
  await services.close();
  await temporal.close();
  return { 'docs/openapi.json': openapi, 'docs/manifest.schema.json': manifestJsonSchema() };
}
