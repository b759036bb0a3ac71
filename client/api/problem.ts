import type { FastifyError } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  isResponseSerializationError,
} from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ERRORS, SlipwayError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { translateError } from '../translate-error.ts';

/** Problem details after RFC 9457, with a code of the error catalogue. */
export const problemSchema = z
  .object({
    type: z.string().describe('`urn:slipway:error:<code>`'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().describe('What happened here, in one line.'),
    instance: z.string().describe('The request this is about; also in the log.'),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    advice: z.string(),
    problems: z
      .array(z.unknown())
      .optional()
      .describe('Each single problem, where there are several.'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof problemSchema>;

export const PROBLEM_TYPE = 'application/problem+json';

/** The catalogue's error for whatever a request failed with. A fault of ours says nothing of its inside. */
export function asSlipwayError(thrown: unknown): SlipwayError {
  const error = translateError(thrown);
  if (error instanceof SlipwayError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const problems = error.validation.map((issue) => ({
      path: `${error.validationContext ?? 'request'}${issue.instancePath}`.replaceAll('/', '.'),
      message: issue.message ?? 'not valid',
    }));
    return new SlipwayError(
      'request/invalid',
      problems.map(({ path, message }) => `${path}: ${message}`).join('; '),
      { cause: error, details: { problems } },
    );
  }
  if (!isResponseSerializationError(error) && isFastifyError(error)) {
    const code = codeOfStatus(error.statusCode);
    if (code !== undefined) return new SlipwayError(code, error.message, { cause: error });
  }
  return new SlipwayError('internal/unexpected', 'the request could not be carried out', {
    cause: error,
  });
}

/** The answer for an error. @param instance identifies the request */
export function problemOf(error: SlipwayError, instance: string): Problem {
  const { title, advice, http } = error.entry;
  const problems = error.details?.['problems'];
  return {
    type: `urn:slipway:error:${error.code}`,
    title,
    status: http,
    detail: error.message,
    instance,
    code: error.code,
    advice,
    ...(Array.isArray(problems) ? { problems } : {}),
  };
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error;
}

function codeOfStatus(status: number | undefined): ErrorCode | undefined {
  if (status === 413) return 'request/too-large';
  if (status === 429) return 'request/too-many';
  return status !== undefined && status >= 400 && status < 500 ? 'request/invalid' : undefined;
}
