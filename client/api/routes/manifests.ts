import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { planOf } from '../../../domain/plan.ts';
import { manifestHash } from '../../../store/manifests.ts';
import { manifestJsonSchema } from '../../manifest/json-schema.ts';
import { invalidManifest, parseManifest } from '../../manifest-file.ts';
import type { Services } from '../../services.ts';
import { identityOf } from '../authentication.ts';
import { MANIFEST_LIMIT, manifestBody, manifestProblem, problems } from '../schemas.ts';

const query = z.object({
  fileName: z.string().max(400).optional(),
  baseFolder: z.string().max(1000).optional(),
});

/** What was sent: where the body is the YAML itself, the rest is in the address. */
function given(request: {
  readonly body: z.output<typeof manifestBody>;
  readonly query: z.output<typeof query>;
}): z.output<typeof manifestBody> {
  const { manifest, fileName, baseFolder } = request.body;
  return {
    manifest,
    fileName: request.query.fileName ?? fileName,
    baseFolder: request.query.baseFolder ?? baseFolder,
  };
}

const validated = z
  .object({
    valid: z.boolean(),
    hash: z.string().nullable().describe('What the manifest is known by once it is started.'),
    programme: z.string().nullable(),
    department: z.string().nullable(),
    steps: z.array(z.string()).describe('The steps its onboarding would have.'),
    problems: z.array(manifestProblem),
  })
  .meta({ id: 'ValidatedManifest' });

const started = z
  .object({
    onboarding: z.string(),
    manifest: z.string().describe('Hash of the manifest.'),
    started: z.boolean().describe('False when it was there already.'),
    version: z.number().int(),
  })
  .meta({ id: 'StartedOnboarding' });

/** Checking manifests and starting onboardings from them. */
export function manifestRoutes({ commands }: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/manifests/schema',
      { schema: { tags: ['manifests'], summary: 'JSON Schema of a manifest' } },
      async () => manifestJsonSchema(),
    );

    app.post(
      '/manifests/validate',
      {
        bodyLimit: MANIFEST_LIMIT,
        schema: {
          tags: ['manifests'],
          summary: 'Check a manifest without starting anything',
          consumes: ['application/json', 'application/yaml'],
          querystring: query,
          body: manifestBody,
          response: { 200: validated, ...problems },
        },
      },
      async (request) => {
        const { manifest: text, fileName, baseFolder } = given(request);
        const { manifest, problems: found } = parseManifest(text, fileName);
        return {
          valid: manifest !== undefined,
          hash: manifest === undefined ? null : manifestHash(manifest, baseFolder),
          programme: manifest?.programme ?? null,
          department: manifest?.department.id ?? null,
          steps: manifest === undefined ? [] : [...planOf(manifest).steps],
          problems: [...(found ?? [])],
        };
      },
    );

    app.post(
      '/onboardings',
      {
        bodyLimit: MANIFEST_LIMIT,
        schema: {
          tags: ['manifests'],
          summary: 'Start an onboarding; the same manifest again finds the one there is',
          consumes: ['application/json', 'application/yaml'],
          querystring: query,
          body: manifestBody,
          response: { 200: started, 201: started, ...problems },
        },
      },
      async (request, reply) => {
        const { manifest: source, fileName, baseFolder } = given(request);
        const { manifest, problems: found } = parseManifest(source, fileName);
        if (manifest === undefined) throw invalidManifest(found);
        const result = await commands.start(identityOf(request), { manifest, source, baseFolder });
        return reply.code(result.started ? 201 : 200).send(result);
      },
    );
  };
}
