import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { PROBLEM_TYPE } from './problem.ts';

interface Response {
  description?: string;
  content?: Record<string, unknown>;
}

interface OpenApiDocument {
  paths?: Record<string, Record<string, { responses?: Record<string, Response> }>>;
  components?: { schemas?: Record<string, unknown> };
}

/** How the OpenAPI document is made from the schemas of the routes. */
export const OPENAPI: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Slipway',
      version: '1',
      description:
        'Brings departments onto a shared-services platform, step by durable step. Errors are problem details (RFC 9457) with a code of the error catalogue.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{ token: [] }],
  },
  // The pages are no part of the API.
  hideUntagged: true,
  transform: jsonSchemaTransform,
  transformObject: (input) => {
    const document = jsonSchemaTransformObject(input);
    tidy(document as OpenApiDocument);
    return document;
  },
};

/** Says what the schemas do not: the media types of problems and streams, and no schema that nothing refers to. */
function tidy(document: OpenApiDocument): void {
  for (const methods of Object.values(document.paths ?? {})) {
    for (const { responses = {} } of Object.values(methods)) {
      for (const [status, response] of Object.entries(responses)) tidyResponse(status, response);
    }
  }
  const { schemas } = document.components ?? {};
  if (schemas !== undefined) dropUnused(document, schemas);
}

function tidyResponse(status: string, response: Response): void {
  const failed = status === '4XX' || status === '5XX';
  response.description = failed ? 'What is wrong, and what to do.' : 'Done.';
  const content = response.content?.['application/json'];
  if (failed && content !== undefined) response.content = { [PROBLEM_TYPE]: content };
}

function dropUnused(document: OpenApiDocument, schemas: Record<string, unknown>): void {
  for (;;) {
    const text = JSON.stringify(document);
    const unused = Object.keys(schemas).filter(
      (name) => !text.includes(`"#/components/schemas/${name}"`),
    );
    if (unused.length === 0) return;
    for (const name of unused) delete schemas[name];
  }
}
