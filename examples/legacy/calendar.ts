const MS_PER_DAY = 86_400_000;
const cache = new Map<number, string>();

/** A day as a number of days since 1970-01-01. */
export function day(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / MS_PER_DAY;
}

/** The `YYYY-MM-DD` of a day number. */
export function iso(dayNumber: number): string {
  const known = cache.get(dayNumber);
  if (known !== undefined) return known;
  const text = new Date(dayNumber * MS_PER_DAY).toISOString().slice(0, 10);
  cache.set(dayNumber, text);
  return text;
}

/** The last day before the first pay period: what the legacy system holds is as of this day. */
export const AS_OF = '2026-06-30';

/** First day of the tax year that `AS_OF` lies in. */
export const TAX_YEAR_START = '2026-04-06';

/**
 * `count` months as `YYYY-MM`, ending before the first pay period (`offset` negative) or beginning with it.
 * @param offset months from July 2026
 */
export function months(count: number, offset = 0): string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.UTC(2026, 6 + offset + index, 1)).toISOString().slice(0, 7),
  );
}

/** One monthly pay period as a pay calendar has it: `YYYY-MM-DD` each. */
export interface PayMonth {
  /** `YYYY-MM`. */
  readonly period: string;
  readonly start: string;
  readonly end: string;
  /** Last day on which changes enter the period: the 10th. */
  readonly cutOff: string;
  /** The 27th, or the weekday before it. */
  readonly payDay: string;
}

/** The days of a monthly pay period. */
export function payMonth(period: string): PayMonth {
  const start = day(`${period}-01`);
  const first = new Date(start * MS_PER_DAY);
  const end = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0) / MS_PER_DAY;
  const nominal = start + 26;
  const weekday = new Date(nominal * MS_PER_DAY).getUTCDay();
  const payDay = nominal - (weekday === 0 ? 2 : weekday === 6 ? 1 : 0);
  return { period, start: iso(start), end: iso(end), cutOff: iso(start + 9), payDay: iso(payDay) };
}
