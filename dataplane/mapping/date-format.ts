/** What can be read from, or written in, a place of a format. */
export type DateField =
  | 'YYYY'
  | 'YY'
  | 'MM'
  | 'MON'
  | 'MONTH'
  | 'DD'
  | 'HH24'
  | 'HH12'
  | 'MI'
  | 'SS'
  | 'MS'
  | 'US'
  | 'AM'
  | 'TZ';

export type FormatPart =
  | { readonly field: DateField; readonly isPadded: boolean }
  | { readonly literal: string };

const FIELDS =
  /^(FM)?(YYYY|YY|MONTH|MON|MM|MI|MS|DD|HH24|HH12|SS|US|AM|PM|TZ)|^"([^"]*)"|^([^A-Za-z0-9"])/i;

/** The parts of a format such as `FMDD/FMMM/YYYY HH24:MI`, or what cannot be part of one. */
export function formatParts(format: string): readonly FormatPart[] | { readonly wrong: string } {
  const parts: FormatPart[] = [];
  let rest = format;
  while (rest !== '') {
    const [whole, fill, name, quoted, separator] = FIELDS.exec(rest) ?? [];
    if (whole === undefined) return { wrong: rest };
    if (name === undefined) parts.push({ literal: quoted ?? separator ?? '' });
    else {
      const field = name.toUpperCase().replace('PM', 'AM') as DateField;
      parts.push({ field, isPadded: fill === undefined });
    }
    rest = rest.slice(whole.length);
  }
  return parts;
}

const DAY: readonly (readonly [readonly DateField[], string])[] = [
  [['YYYY', 'YY'], 'a year (YYYY or YY)'],
  [['MM', 'MON', 'MONTH'], 'a month (MM, Mon or Month)'],
  [['DD'], 'a day (DD)'],
];
const CLOCK: readonly (readonly [readonly DateField[], string])[] = [
  [['HH24', 'HH12'], 'an hour (HH24 or HH12)'],
];

/** What is wrong with the format of a date or a time that is to be read, in words. */
export function readingProblem(format: string, kind: 'date' | 'timestamp'): string | undefined {
  const parts = formatParts(format);
  if ('wrong' in parts) {
    return `${JSON.stringify(parts.wrong)} cannot be part of a ${kind === 'date' ? 'date' : 'time'} format`;
  }
  const fields = parts.flatMap((part) => ('field' in part ? [part.field] : []));
  const needed = kind === 'date' ? DAY : [...DAY, ...CLOCK];
  for (const [names, words] of needed) {
    if (fields.filter((field) => names.includes(field)).length !== 1) {
      return `expected ${words} once in the ${kind === 'date' ? 'date' : 'time'} format`;
    }
  }
  if (kind === 'date') {
    const other = fields.find((field) => !DAY.some(([names]) => names.includes(field)));
    if (other !== undefined) return `${JSON.stringify(other)} cannot be part of a date format`;
  }
  const twice = fields.find((field, index) => fields.indexOf(field) !== index);
  if (twice !== undefined) return `${twice} is in the format twice`;
  if (fields.includes('HH12') !== fields.includes('AM')) return 'HH12 and AM belong together';
  return undefined;
}

/** What is wrong with a format that dates are written in, in words. */
export function dateTextProblem(format: string): string | undefined {
  const parts = formatParts(format);
  if ('wrong' in parts) return `${JSON.stringify(parts.wrong)} cannot be part of a date format`;
  return parts.some((part) => 'field' in part && part.field === 'TZ')
    ? 'a time without a zone has no TZ'
    : undefined;
}

/** Has the format a year of two digits? */
export function hasShortYear(format: string): boolean {
  const parts = formatParts(format);
  return !('wrong' in parts) && parts.some((part) => 'field' in part && part.field === 'YY');
}
