import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { RECONCILING_STAGES } from '../../../domain/reconciliation.ts';
import { differencesSchema } from '../../difference-views.ts';
import {
  importedSchema,
  loadHistorySchema,
  looksSchema,
  provenanceSchema,
  quarantineSchema,
} from '../../quarantine-views.ts';
import type { Services } from '../../services.ts';
import { identityOf } from '../authentication.ts';
import { dataset, placeParams, problems, UPLOAD_LIMIT, WORKBOOK } from '../schemas.ts';

const rule = z.string().min(1).max(300);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** What was loaded, what was not, and where rows come from. */
export function quarantineRoutes({ quarantine }: Services): FastifyPluginAsyncZod {
  return async (app) => {
    // A workbook or CSV is taken as it is: the worker reads it.
    app.addContentTypeParser(
      [WORKBOOK, 'text/csv', 'application/octet-stream'],
      { parseAs: 'buffer' },
      (_request, body, done) => done(null, body),
    );

    app.get(
      '/onboardings/:programme/:department/quarantine',
      {
        schema: {
          tags: ['quarantine'],
          summary: 'The quarantine by rule, and a page of its rows',
          description:
            'Values are masked. `unmasked=true` shows them as they are, to those who correct them; each such look is written down.',
          params: placeParams,
          querystring: z.object({
            dataset: dataset.optional(),
            rule: rule.optional(),
            status: z.enum(['open', 'accepted']).default('open'),
            after: z
              .string()
              .regex(/^\d{1,18}$/)
              .optional(),
            limit: z.coerce.number().int().min(0).max(1000).default(50),
            unmasked: flag.default(false),
          }),
          response: { 200: quarantineSchema, ...problems },
        },
      },
      async (request) => quarantine.look(identityOf(request), request.params, request.query),
    );

    app.get(
      '/onboardings/:programme/:department/quarantine/export',
      {
        schema: {
          tags: ['quarantine'],
          summary: 'The open rows as an Excel workbook, to correct them in',
          description: 'Holds raw values: it is written down who exported what.',
          params: placeParams,
          querystring: z.object({ dataset: dataset.optional(), rule: rule.optional() }),
          produces: [WORKBOOK],
          response: { 200: z.any(), ...problems },
        },
      },
      async (request, reply) => {
        const file = await quarantine.export(identityOf(request), request.params, request.query);
        const { department } = request.params;
        return reply
          .type(WORKBOOK)
          .header('cache-control', 'no-store')
          .header('content-disposition', `attachment; filename="quarantine-${department}.xlsx"`)
          .send(file);
      },
    );

    app.post(
      '/onboardings/:programme/:department/quarantine/:dataset/corrections',
      {
        bodyLimit: UPLOAD_LIMIT,
        schema: {
          tags: ['quarantine'],
          summary: 'Take a corrected workbook in, to re-drive with',
          description:
            'The workbook of the export, or its sheet as CSV in UTF-8. Nothing changes on the platform; the answer has the hash to re-drive with.',
          consumes: [WORKBOOK, 'text/csv'],
          params: placeParams.extend({ dataset }),
          response: { 200: importedSchema, ...problems },
        },
      },
      async (request) => {
        const { programme, department, dataset: id } = request.params;
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        return quarantine.import(identityOf(request), { programme, department }, id, body);
      },
    );

    app.get(
      '/onboardings/:programme/:department/quarantine/looks',
      {
        schema: {
          tags: ['quarantine'],
          summary: 'Who has seen raw values',
          params: placeParams,
          response: { 200: looksSchema, ...problems },
        },
      },
      async (request) => quarantine.looks(identityOf(request), request.params),
    );

    app.get(
      '/onboardings/:programme/:department/differences/:dataset',
      {
        schema: {
          tags: ['reconciliation'],
          summary: 'In what both sides differ: rows with their columns, counts and totals',
          description:
            'As the last reconciliation of the dataset has found it. Values are masked. `unmasked=true` shows what both sides hold now, to those who may see rows of the quarantine as they are; each such look is written down.',
          params: placeParams.extend({ dataset }),
          querystring: z.object({
            stage: z.enum(RECONCILING_STAGES).default('migration'),
            unmasked: flag.default(false),
          }),
          response: { 200: differencesSchema, ...problems },
        },
      },
      async (request) => {
        const { dataset: id, ...place } = request.params;
        const query = { dataset: id, ...request.query };
        return quarantine.differences(identityOf(request), place, query);
      },
    );

    app.get(
      '/onboardings/:programme/:department/provenance',
      {
        schema: {
          tags: ['quarantine'],
          summary:
            'By which chunk, load and mapping a row of the platform came, and from which source row',
          params: placeParams,
          querystring: z.object({
            table: z.string().min(1).max(200).describe('`schema.table` of the platform.'),
            key: z
              .string()
              .min(1)
              .max(1000)
              .describe('Its key without the department, parts joined by `|`.'),
          }),
          response: { 200: provenanceSchema, ...problems },
        },
      },
      async (request) => quarantine.provenance(identityOf(request), request.params, request.query),
    );

    app.get(
      '/onboardings/:programme/:department/loads',
      {
        schema: {
          tags: ['quarantine'],
          summary: 'Every load with its figures, mock loads included',
          params: placeParams,
          response: { 200: loadHistorySchema, ...problems },
        },
      },
      async (request) => quarantine.loads(identityOf(request), request.params),
    );
  };
}
