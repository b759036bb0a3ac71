/**
 * The closed set of typed expressions a mapping is made of. Nobody writes SQL in a manifest: an expression is
 * data, it compiles to SQL in the data plane, and its type is known before anything runs. A bare text is the name
 * of a source column. `operator-examples.ts` shows each at work.
 */
export type Expression = string | OperatorExpression;

/** How a number is written. Defaults: `1234.5`, `-1234.5`. */
export interface NumberMarks {
  /** What stands before the fraction. Default `.`. */
  decimalMark?: '.' | ',' | undefined;
  /** What may stand between thousands, as a whole or not at all. */
  thousands?: ',' | '.' | ' ' | "'" | undefined;
  /** How negative numbers may be written: `-1`, `1-`, `(1)`. Default: only `leading`. */
  negative?: ('leading' | 'trailing' | 'brackets')[] | undefined;
}

/** Which neighbour a number between two is rounded to; `half-up` is away from zero, as money is rounded. */
export type Rounding = 'half-up' | 'half-even' | 'up' | 'down';

interface Rounded {
  /** Digits after the point. */
  scale?: number | undefined;
  rounding: Rounding;
}

/** Exactly one member is present. */
export interface OperatorExpression {
  /** The named source column, as it is. */
  column?: string | undefined;
  /** A constant. */
  value?: string | number | boolean | null | undefined;
  /** Text without blanks at either end; an empty text becomes null. */
  trim?: Expression | undefined;
  /** As `trim`, and every run of blanks within becomes one space. */
  squeeze?: Expression | undefined;
  upper?: Expression | undefined;
  lower?: Expression | undefined;
  /** A capital at the beginning of each word, small letters otherwise: `O'Neil-Smith`, `St John's`. */
  proper?: Expression | undefined;
  /** Only the digits of a text; none becomes null. */
  digits?: Expression | undefined;
  /** Texts put together; null when any part is null. */
  concat?: Expression[] | undefined;
  /** The first that is not null: how a default is said. */
  coalesce?: Expression[] | undefined;
  /** Null when the value is one of `values` (compared as text, after trimming; dates as YYYY-MM-DD). */
  nullIf?: { of: Expression; values: string[] } | undefined;
  /**
   * The target code of a code list. A value the list does not have quarantines the row, unless `otherwise` says what
   * it becomes.
   */
  lookup?: { of: Expression; list: string; otherwise?: Expression | undefined } | undefined;
  /** Part number `part` (from 1) of a text cut at `by`; null when there is no such part. */
  split?: { of: Expression; by: string; part: number } | undefined;
  /** `length` characters of a text from place `from` (from 1); null when the text ends before. */
  slice?: { of: Expression; from: number; length?: number | undefined } | undefined;
  /** Every `find` in a text replaced by `by` (literally, no pattern). */
  replace?: { of: Expression; find: string; by: string } | undefined;
  /** The text filled at the left up to `width` with `fill`. */
  padLeft?: { of: Expression; width: number; fill: string } | undefined;
  /** A number, a date or true and false as a text; dates in `format` (default YYYY-MM-DD). */
  text?: { of: Expression; format?: string | undefined } | undefined;

  /** A whole number from a text. */
  integer?: Expression | ({ of: Expression } & NumberMarks) | undefined;
  /** A decimal number from a text, rounded to `scale` digits (default 2). */
  decimal?: ({ of: Expression; scale?: number | undefined } & NumberMarks) | undefined;
  /** Pounds from a text such as `£1,234.50`; exact to the penny. */
  money?: Expression | ({ of: Expression } & NumberMarks) | undefined;
  /** Pounds from a whole number of pence. */
  fromPence?: Expression | undefined;
  /** A whole number of pence from pounds; a fraction of a penny quarantines the row. */
  toPence?: Expression | undefined;
  /** The sum of numbers; exact. */
  add?: Expression[] | undefined;
  /** The first number less all others; exact. */
  subtract?: Expression[] | undefined;
  /** The product of two numbers: exact, or rounded as it says. */
  multiply?:
    | ({ of: Expression; by: Expression } & {
        scale?: number | undefined;
        rounding?: Rounding | undefined;
      })
    | undefined;
  /** The quotient of two numbers, rounded once from the exact one. Division by zero quarantines the row. */
  divide?: ({ of: Expression; by: Expression } & Rounded) | undefined;
  /** `rate` per cent of a number. */
  percent?: ({ of: Expression; rate: Expression } & Rounded) | undefined;
  /** A number with fewer digits after the point. */
  round?: ({ of: Expression } & Rounded) | undefined;

  /**
   * A date from a text in a format such as `DD/MM/YYYY`; the exact calendar date or an error. `excel` and `excel-1904` take
   * the serial number of a day. A year of two digits (`YY`) needs the `pivot` from which it is of the last century.
   */
  date?: { of: Expression; format: string; pivot?: number | undefined } | undefined;
  /**
   * A time from a text in a format such as `YYYY-MM-DD HH24:MI:SS`; a column that is a time needs none. With `zone`, or `TZ`
   * in the format, it is one point in time the world over: an hour that clocks skip is an error, one they repeat as well
   * unless `repeated` says which.
   */
  timestamp?:
    | {
        of: Expression;
        format?: string | undefined;
        pivot?: number | undefined;
        zone?: string | undefined;
        repeated?: 'earlier' | 'later' | undefined;
      }
    | undefined;
  /** What clocks in a zone show at a point in time. */
  inZone?: { of: Expression; zone: string } | undefined;
  /** The day of a time. */
  day?: Expression | undefined;
  /** A date so many years, months and days later (or earlier); 31 January and a month is the last of February. */
  shift?:
    | {
        of: Expression;
        years?: number | undefined;
        months?: number | undefined;
        days?: number | undefined;
      }
    | undefined;
  /** The last day of a date's month. */
  monthEnd?: Expression | undefined;

  /** True or false from texts; any other text is an error. */
  boolean?: { of: Expression; yes: string[]; no: string[] } | undefined;
  /**
   * A key of the platform's own for what the parts identify: the same parts of the same `space` always have the same key,
   * in every load and dataset of the department.
   */
  surrogate?: { of: Expression[]; space: string; as?: 'number' | 'uuid' | undefined } | undefined;
  /** The first case whose condition holds; null when none does and there is no `otherwise`. */
  when?:
    | { cases: { if: Condition; then: Expression }[]; otherwise?: Expression | undefined }
    | undefined;
}

/** A condition on a source row. Exactly one member is present. A comparison with null does not hold. */
export interface Condition {
  equals?: [Expression, Expression] | undefined;
  /** Numbers, dates and times are compared by their value. Texts have no order that all systems share. */
  less?: [Expression, Expression] | undefined;
  atMost?: [Expression, Expression] | undefined;
  greater?: [Expression, Expression] | undefined;
  atLeast?: [Expression, Expression] | undefined;
  /** Both bounds belong to it. */
  between?: { of: Expression; from: Expression; to: Expression } | undefined;
  in?: { of: Expression; values: (string | number)[] } | undefined;
  isNull?: Expression | undefined;
  /** The text matches a POSIX regular expression. */
  matches?: { of: Expression; pattern: string } | undefined;
  not?: Condition | undefined;
  all?: Condition[] | undefined;
  any?: Condition[] | undefined;
}

/** An operator by its name. */
export type Operator = keyof OperatorExpression;
