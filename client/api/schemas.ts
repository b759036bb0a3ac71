import { z } from 'zod';
import { ROLES } from '../../domain/roles.ts';
import { problemSchema } from './problem.ts';

/** Parts that the schemas of several routes share. */

/** Of a programme, a department, or a part of one. */
export const identifier = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);

export const placeParams = z.object({ programme: identifier, department: identifier });

export const reason = z.string().trim().min(1).max(2000).describe('Why; it stands in the record.');
export const stepKey = z.string().min(1).max(200).describe('As in `migration/transfer/people`.');
export const role = z.enum(ROLES);
export const dataset = identifier.describe('Id of a dataset of the manifest.');
export const period = z.string().regex(/^[A-Za-z0-9-]{1,20}$/);

/** Every answer that is no success. */
export const problems = { '4xx': problemSchema, '5xx': problemSchema };

export const manifestBody = z.strictObject({
  manifest: z.string().min(1).describe('The text of the manifest, YAML.'),
  fileName: z.string().max(400).default('manifest.yaml').describe('What problems call the file.'),
  baseFolder: z
    .string()
    .max(1000)
    .regex(/^\//, 'an absolute folder')
    .default('/')
    .describe('Folder that relative paths of the manifest start from, where the workers run.'),
});

export const manifestProblem = z
  .object({
    file: z.string(),
    line: z.number().int(),
    column: z.number().int(),
    path: z.string(),
    message: z.string(),
    found: z.string().nullable(),
    expected: z.string().nullable(),
  })
  .meta({ id: 'ManifestProblem' });

/** Media type of an Excel workbook. */
export const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** A corrected workbook. Bytes. */
export const UPLOAD_LIMIT = 16 * 1024 * 1024;

/** A manifest may be long because of its code lists. Bytes. */
export const MANIFEST_LIMIT = 8 * 1024 * 1024;
