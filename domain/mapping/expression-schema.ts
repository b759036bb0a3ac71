import { z } from 'zod';
import type { Condition, Expression } from './expression.ts';

function exactlyOne(kind: string) {
  return (value: object, context: z.RefinementCtx): void => {
    const present = Object.values(value).filter((member) => member !== undefined).length;
    if (present !== 1) {
      context.addIssue({
        code: 'custom',
        message: `expected exactly one ${kind}, found ${present}`,
      });
    }
  };
}

const expression: z.ZodType<Expression, Expression> = z.lazy(() =>
  z.union([z.string().min(1), operators.superRefine(exactlyOne('operator'))]),
);

const condition: z.ZodType<Condition, Condition> = z.lazy(() =>
  conditions.superRefine(exactlyOne('condition')),
);

const marks = {
  decimalMark: z.enum(['.', ',']).optional(),
  thousands: z.enum([',', '.', ' ', "'"]).optional(),
  negative: z
    .array(z.enum(['leading', 'trailing', 'brackets']))
    .min(1)
    .optional(),
};
const scale = z.number().int().min(0).max(10).optional();
const rounding = z.enum(['half-up', 'half-even', 'up', 'down']);
const pivot = z
  .number()
  .int()
  .min(0)
  .max(99)
  .optional()
  .describe('Years of two digits from here on are 19.., those before 20..');
const step = z.number().int().min(-10_000).max(10_000).optional();
const several = z.array(expression).min(2);
const pair = z.tuple([expression, expression]);

const operators = z.strictObject({
  column: z.string().min(1).optional(),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  trim: expression.optional(),
  squeeze: expression.optional(),
  upper: expression.optional(),
  lower: expression.optional(),
  proper: expression.optional(),
  digits: expression.optional(),
  concat: several.optional(),
  coalesce: several.optional(),
  nullIf: z.strictObject({ of: expression, values: z.array(z.string()).min(1) }).optional(),
  lookup: z
    .strictObject({ of: expression, list: z.string().min(1), otherwise: expression.optional() })
    .optional(),
  split: z
    .strictObject({ of: expression, by: z.string().min(1), part: z.number().int().min(1) })
    .optional(),
  slice: z
    .strictObject({
      of: expression,
      from: z.number().int().min(1),
      length: z.number().int().min(1).optional(),
    })
    .optional(),
  replace: z.strictObject({ of: expression, find: z.string().min(1), by: z.string() }).optional(),
  padLeft: z
    .strictObject({
      of: expression,
      width: z.number().int().min(1).max(100),
      fill: z.string().length(1),
    })
    .optional(),
  text: z.strictObject({ of: expression, format: z.string().min(1).optional() }).optional(),
  integer: z.union([expression, z.strictObject({ of: expression, ...marks })]).optional(),
  decimal: z.strictObject({ of: expression, scale, ...marks }).optional(),
  money: z.union([expression, z.strictObject({ of: expression, ...marks })]).optional(),
  fromPence: expression.optional(),
  toPence: expression.optional(),
  add: several.optional(),
  subtract: several.optional(),
  multiply: z
    .strictObject({ of: expression, by: expression, scale, rounding: rounding.optional() })
    .optional(),
  divide: z.strictObject({ of: expression, by: expression, scale, rounding }).optional(),
  percent: z.strictObject({ of: expression, rate: expression, scale, rounding }).optional(),
  round: z.strictObject({ of: expression, scale, rounding }).optional(),
  date: z.strictObject({ of: expression, format: z.string().min(1), pivot }).optional(),
  timestamp: z
    .strictObject({
      of: expression,
      format: z.string().min(1).optional(),
      pivot,
      zone: z.string().min(1).optional().describe('Such as Europe/London.'),
      repeated: z.enum(['earlier', 'later']).optional(),
    })
    .optional(),
  inZone: z.strictObject({ of: expression, zone: z.string().min(1) }).optional(),
  day: expression.optional(),
  shift: z.strictObject({ of: expression, years: step, months: step, days: step }).optional(),
  monthEnd: expression.optional(),
  boolean: z
    .strictObject({
      of: expression,
      yes: z.array(z.string()).min(1),
      no: z.array(z.string()).min(1),
    })
    .optional(),
  surrogate: z
    .strictObject({
      of: z.array(expression).min(1),
      space: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,39}$/, 'lower-case letters, digits and hyphens')
        .describe('What is identified: keys of two spaces have nothing to do with each other.'),
      as: z.enum(['number', 'uuid']).optional(),
    })
    .optional(),
  when: z
    .strictObject({
      cases: z.array(z.strictObject({ if: condition, then: expression })).min(1),
      otherwise: expression.optional(),
    })
    .optional(),
});

const conditions = z.strictObject({
  equals: pair.optional(),
  less: pair.optional(),
  atMost: pair.optional(),
  greater: pair.optional(),
  atLeast: pair.optional(),
  between: z.strictObject({ of: expression, from: expression, to: expression }).optional(),
  in: z
    .strictObject({ of: expression, values: z.array(z.union([z.string(), z.number()])).min(1) })
    .optional(),
  isNull: expression.optional(),
  matches: z.strictObject({ of: expression, pattern: z.string().min(1) }).optional(),
  not: condition.optional(),
  all: z.array(condition).min(1).optional(),
  any: z.array(condition).min(1).optional(),
});

/** Schema of an expression. */
export const expressionSchema = expression;
/** Schema of a condition. */
export const conditionSchema = condition;
