import type { InferredType } from './profile.ts';
import {
  BOOLEAN_TYPE,
  DATE_TYPES,
  DECIMAL_TYPE,
  INTEGER_TYPE,
  MONEY_TYPE,
  VALUE_TYPES,
  type ValueType,
} from './value-types.ts';

/** How many rows, and how many different values, something holds for. */
export interface Count {
  readonly rows: number;
  readonly distinct: number;
}

/** What is counted of a column to find its type. Values are neither null nor empty. */
export interface TypeEvidence {
  readonly column: string;
  readonly values: Count;
  /** Values that say "missing" in words. */
  readonly placeholders: Count;
  /** Values with a pound sign or thousands separators. */
  readonly currency: Count;
  /** Per type of VALUE_TYPES, the values that fit. */
  readonly fits: readonly Count[];
}

/** The type of a column: `share` is of rows with a value; placeholders do not fit. */
export interface Inference {
  readonly type: InferredType;
  readonly format: string | undefined;
  readonly share: number;
  /** What the values are measured by; undefined for text and empty columns. */
  readonly valueType: ValueType | undefined;
}

/** Nearly all different values fit: one word that stands for "missing" may fill most rows of a column. */
const DISTINCT_SHARE = 0.9;
/** Or nearly all rows do, in a column of few different values. */
const ROW_SHARE = 0.95;
const DISTINCT_SHARE_BESIDE_ROWS = 0.5;

const MONEY_NAME =
  /£|(^|[^a-z])(pay|salar(y|ies)|wages?|cost|costs|amount|price|balance|gross|net|tax|deductions?|earnings?|pension|allowance|fee|charge|debit|credit|payscale)([^a-z]|$)/i;
/** A pay grade, a tax code and a cost centre are no amounts. */
const CODE_NAME =
  /(^|[^a-z])(codes?|cent(re|er)s?|ids?|no|num|numbers?|grades?|points?|steps?|bands?|types?|ref|references?|groups?|period|frequency|method)([^a-z]|$)/i;

/** The most telling type that nearly all values of a column fit. */
export function inferType(evidence: TypeEvidence): Inference {
  if (evidence.values.rows === 0) return plain('empty', 0);
  const name = evidence.column.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ');
  const money = evidence.currency.rows > 0 || (MONEY_NAME.test(name) && !CODE_NAME.test(name));
  const order = money
    ? [...DATE_TYPES, MONEY_TYPE, DECIMAL_TYPE]
    : [...DATE_TYPES, BOOLEAN_TYPE, INTEGER_TYPE, DECIMAL_TYPE];
  // Several date formats can fit the same days: the best, and of equals the first.
  const fitting = order.filter((type) => isFit(evidence, type));
  const [first] = fitting;
  if (first === undefined) return plain('text', 1);
  const best = fitting
    .filter((type) => type.type === first.type)
    .reduce((a, b) => (fitOf(evidence, b).rows > fitOf(evidence, a).rows ? b : a));
  return {
    type: best.type,
    format: best.format,
    share: fitOf(evidence, best).rows / evidence.values.rows,
    valueType: best,
  };
}

function plain(type: 'text' | 'empty', share: number): Inference {
  return { type, format: undefined, share, valueType: undefined };
}

function fitOf(evidence: TypeEvidence, type: ValueType): Count {
  return evidence.fits[VALUE_TYPES.indexOf(type)] ?? { rows: 0, distinct: 0 };
}

function isFit(evidence: TypeEvidence, type: ValueType): boolean {
  const fit = fitOf(evidence, type);
  const distinct = evidence.values.distinct - evidence.placeholders.distinct;
  const rows = evidence.values.rows - evidence.placeholders.rows;
  if (fit.distinct === 0 || distinct === 0 || rows === 0) return false;
  const distinctShare = fit.distinct / distinct;
  return (
    distinctShare >= DISTINCT_SHARE ||
    (fit.rows / rows >= ROW_SHARE && distinctShare >= DISTINCT_SHARE_BESIDE_ROWS)
  );
}
