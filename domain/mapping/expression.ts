import { z } from 'zod';

/**
 * The closed set of typed expressions a mapping is made of. Nobody writes SQL in a manifest: an expression is
 * data, it compiles to SQL in the data plane, and its type is known before anything runs. A bare text is the name
 * of a source column.
 */
export type Expression = string | OperatorExpression;

/** Exactly one member is present. */
export interface OperatorExpression {
  /** The named source column, as it is. */
  column?: string | undefined;
  /** A constant. */
  value?: string | number | boolean | null | undefined;
  /** Text without blanks at either end; an empty text becomes null. */
  trim?: Expression | undefined;
  upper?: Expression | undefined;
  lower?: Expression | undefined;
  /** Only the digits of a text; none becomes null. */
  digits?: Expression | undefined;
  /** Texts put together; null when any part is null. */
  concat?: Expression[] | undefined;
  /** The first that is not null. */
  coalesce?: Expression[] | undefined;
  /** Null when the value is one of `values` (compared as text, after trimming; dates as YYYY-MM-DD). */
  nullIf?: { of: Expression; values: string[] } | undefined;
  /** The target code of a code list. A value the list does not have quarantines the row: there is no default. */
  lookup?: { of: Expression; list: string } | undefined;
  /** A date from a text in a PostgreSQL `to_date` format such as `DD/MM/YYYY`; the exact calendar date or an error. */
  date?: { of: Expression; format: string } | undefined;
  /** A whole number from a text. */
  integer?: Expression | undefined;
  /** A decimal number from a text, rounded to `scale` digits (default 2); thousands separators are refused. */
  decimal?: { of: Expression; scale?: number | undefined } | undefined;
  /** Pounds from a text such as `£1,234.50`; exact to the penny. */
  money?: Expression | undefined;
  /** Pounds from a whole number of pence. */
  fromPence?: Expression | undefined;
  /** True or false from texts; any other text is an error. */
  boolean?: { of: Expression; yes: string[]; no: string[] } | undefined;
  /** Part number `part` (from 1) of a text cut at `by`; null when there is no such part. */
  split?: { of: Expression; by: string; part: number } | undefined;
  /** Every `find` in a text replaced by `by` (literally, no pattern). */
  replace?: { of: Expression; find: string; by: string } | undefined;
  /** The text filled at the left up to `width` with `fill`. */
  padLeft?: { of: Expression; width: number; fill: string } | undefined;
  /** The first case whose condition holds; null when none does and there is no `otherwise`. */
  when?:
    | { cases: { if: Condition; then: Expression }[]; otherwise?: Expression | undefined }
    | undefined;
}

/** A condition on a source row. Exactly one member is present. */
export interface Condition {
  equals?: [Expression, Expression] | undefined;
  in?: { of: Expression; values: (string | number)[] } | undefined;
  isNull?: Expression | undefined;
  /** The text matches a POSIX regular expression. */
  matches?: { of: Expression; pattern: string } | undefined;
  not?: Condition | undefined;
  all?: Condition[] | undefined;
  any?: Condition[] | undefined;
}

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

const operators = z.strictObject({
  column: z.string().min(1).optional(),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  trim: expression.optional(),
  upper: expression.optional(),
  lower: expression.optional(),
  digits: expression.optional(),
  concat: z.array(expression).min(2).optional(),
  coalesce: z.array(expression).min(2).optional(),
  nullIf: z.strictObject({ of: expression, values: z.array(z.string()).min(1) }).optional(),
  lookup: z.strictObject({ of: expression, list: z.string().min(1) }).optional(),
  date: z.strictObject({ of: expression, format: z.string().min(1) }).optional(),
  integer: expression.optional(),
  decimal: z
    .strictObject({ of: expression, scale: z.number().int().min(0).max(10).optional() })
    .optional(),
  money: expression.optional(),
  fromPence: expression.optional(),
  boolean: z
    .strictObject({
      of: expression,
      yes: z.array(z.string()).min(1),
      no: z.array(z.string()).min(1),
    })
    .optional(),
  split: z
    .strictObject({ of: expression, by: z.string().min(1), part: z.number().int().min(1) })
    .optional(),
  replace: z.strictObject({ of: expression, find: z.string().min(1), by: z.string() }).optional(),
  padLeft: z
    .strictObject({
      of: expression,
      width: z.number().int().min(1).max(100),
      fill: z.string().length(1),
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
  equals: z.tuple([expression, expression]).optional(),
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
