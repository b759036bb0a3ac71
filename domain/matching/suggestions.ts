import { z } from 'zod';

/**
 * What `mapping/suggest` found: evidence of the step and an answer of the API. Names, scores and words; values only of code
 * lists, never personal ones.
 */

const score = z.number().min(0).max(1);
const reasonSchema = z.object({
  what: z.enum(['name', 'values', 'type', 'rule', 'uniqueness', 'table', 'neighbours']),
  words: z.string(),
  weight: z.number().describe('What it adds to the score, or takes away.'),
});
const why = z.array(reasonSchema);

const stateSchema = z
  .enum(['confirmed', 'contradicted', 'mapped', 'suggested', 'no-match'])
  .describe(
    '`confirmed`: the manifest maps it, and the suggestion agrees. `contradicted`: another candidate is far likelier: worth a look. `mapped`: the manifest maps it, and the suggestion cannot tell. `suggested`: not mapped, but there is a match. `no-match`: not mapped, and nothing fits.',
  );

const sourceColumn = z.object({
  source: z.string(),
  from: z.string(),
  column: z.string(),
  score,
  why,
});
const targetColumn = z.object({ table: z.string(), column: z.string(), score, why });

const columnSuggestionSchema = z.object({
  dataset: z
    .string()
    .nullable()
    .describe('Null for a table of the platform that no dataset fills.'),
  table: z.string(),
  column: z.string(),
  type: z.string(),
  mandatory: z.boolean(),
  mapped: z
    .array(z.string())
    .nullable()
    .describe('Source columns the manifest uses; null where it does not map it.'),
  state: stateSchema,
  candidates: z.array(sourceColumn),
});

const codeSchema = z.object({
  code: z.string(),
  rows: z.number().int(),
  mapped: z.string().nullable(),
  match: z.string().nullable(),
  state: stateSchema,
  candidates: z.array(z.object({ code: z.string(), score, words: z.string() })),
});

export const suggestionsSchema = z
  .object({
    manifest: z.string().describe('Hash of the manifest that was looked at.'),
    threshold: score.describe('From here on a candidate is called a match.'),
    tables: z
      .array(
        z.object({
          table: z.string(),
          datasets: z.array(z.string()).describe('Datasets of the manifest that fill it.'),
          state: z.enum(['mapped', 'suggested', 'no-match']),
          candidates: z.array(z.object({ source: z.string(), from: z.string(), score, why })),
        }),
      )
      .describe('Every table of the platform that departments load.'),
    columns: z.array(columnSuggestionSchema).describe('Every column of these tables.'),
    unused: z
      .array(
        z.object({
          source: z.string(),
          from: z.string(),
          column: z.string(),
          dropped: z.string().nullable().describe('The reason the manifest gives for dropping it.'),
          state: stateSchema,
          candidates: z.array(targetColumn),
        }),
      )
      .describe('Source columns that go nowhere.'),
    codes: z
      .array(
        z.object({
          dataset: z.string(),
          table: z.string(),
          column: z.string(),
          source: z.string(),
          from: z.string(),
          sourceColumn: z.string(),
          list: z.string().nullable().describe('The code list of the manifest.'),
          codes: z.array(codeSchema),
        }),
      )
      .describe(
        'Source codes, value by value, for columns of the platform that take only certain codes.',
      ),
  })
  .meta({ id: 'MappingSuggestions' });

/** Everything that is suggested for a manifest. */
export type Suggestions = z.output<typeof suggestionsSchema>;
/** What is suggested for one column of the platform. */
export type ColumnSuggestions = z.output<typeof columnSuggestionSchema>;
/** How a suggestion stands to the manifest. */
export type SuggestionState = z.output<typeof stateSchema>;
/** Evidence of `mapping/suggest`. */
export const SUGGESTIONS_KIND = 'mapping-suggestions';
