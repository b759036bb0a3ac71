/**
 * How numbers and times are written: the style of GOV.UK, in London's time. Everything here is pure; the present is an
 * argument.
 */
const LONDON = 'Europe/London';

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: LONDON,
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const clockFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: LONDON,
  hour: 'numeric',
  minute: '2-digit',
  hourCycle: 'h12',
});
const secondsFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: LONDON,
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h12',
});
const numberFormat = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 });
const poundsFormat = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'GBP' });
const wholePoundsFormat = new Intl.NumberFormat('en-GB', {
  style: 'currency',
  currency: 'GBP',
  maximumFractionDigits: 0,
});
const percentFormat = new Intl.NumberFormat('en-GB', {
  style: 'percent',
  maximumFractionDigits: 2,
});

type Time = string | Date | number;

/** `26 March 2027`. */
export function date(time: Time): string {
  return dayFormat.format(new Date(time));
}

/** `2:05pm`. */
export function clock(time: Time): string {
  return tight(clockFormat.format(new Date(time)));
}

/** `2:05:31pm`. */
export function clockWithSeconds(time: Time): string {
  return tight(secondsFormat.format(new Date(time)));
}

/** `26 March 2027 at 2:05pm`. */
export function dateTime(time: Time): string {
  return `${date(time)} at ${clock(time)}`;
}

/** `at 2:05pm` for a time of today, `on 26 March 2027 at 2:05pm` for any other. */
export function atTime(time: Time, now: Time): string {
  return date(time) === date(now) ? `at ${clock(time)}` : `on ${dateTime(time)}`;
}

/** `2:05pm` of today, `26 March 2027 at 2:05pm` of any other day: where many times stand below each other. */
export function when(time: Time, now: Time): string {
  return date(time) === date(now) ? clock(time) : dateTime(time);
}

/** Intl writes `2:05 pm`, with a narrow space; the style is `2:05pm`. */
function tight(clockText: string): string {
  return clockText.replace(/\s+(?=[ap]m$)/i, '').toLowerCase();
}

/** `12,345`, or `0.25`. */
export function number(value: number): string {
  return numberFormat.format(value);
}

/** `99.5%` of a fraction. */
export function percent(fraction: number): string {
  return percentFormat.format(fraction);
}

/** `£1,234.56` of pence; below zero with a true minus sign. */
export function pence(amount: number): string {
  return signed(poundsFormat.format(amount / 100));
}

/** `£1,234` of pounds. */
export function pounds(amount: number): string {
  return signed((Number.isInteger(amount) ? wholePoundsFormat : poundsFormat).format(amount));
}

function signed(text: string): string {
  return text.replace('-', '−');
}

const UNITS: readonly (readonly [string, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** `3 hours 12 minutes` of milliseconds: the two largest units; `under a second`. */
export function duration(milliseconds: number): string {
  let left = Math.round(Math.max(0, milliseconds) / 1000);
  if (left === 0) return 'under a second';
  const parts: string[] = [];
  for (const [name, seconds] of UNITS) {
    const many = Math.floor(left / seconds);
    left -= many * seconds;
    if (many > 0) parts.push(count(many, name));
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

/** The time between two times, as {@link duration}. */
export function between(from: Time, to: Time): string {
  return duration(new Date(to).getTime() - new Date(from).getTime());
}

/** `1 row`, `2 rows`, `12,345 rows`. */
export function count(many: number, one: string, several = `${one}s`): string {
  return `${number(many)} ${many === 1 ? one : several}`;
}

/** `once`, `twice`, `3 times`. */
export function times(many: number): string {
  return ['never', 'once', 'twice'][many] ?? count(many, 'time');
}

/** `a, b and c`. */
export function list(items: readonly string[], last = 'and'): string {
  if (items.length <= 1) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1) ?? ''}`;
}

/** The beginning of a SHA-256, enough to tell documents apart by eye. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

/** `annualServiceCost` and `rows_loaded` as people write them: `annual service cost`, `rows loaded`. */
export function spaced(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]+/g, ' ')
    .toLowerCase();
}

/** The text with a small letter, where it goes on in a sentence. */
export function small(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** A message as a sentence. What begins with a name (a file, a table) stays as it is. */
export function sentence(message: string): string {
  return /^[a-z]+[ ,]/.test(message) ? capital(message) : message;
}

/** The text with a capital letter. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
