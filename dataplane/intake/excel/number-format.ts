/** What a number stands for by its format. */
export type NumberKind = 'number' | 'date' | 'time' | 'datetime';

/** Formats that workbooks name by number only. */
const BUILT_IN: readonly (readonly [number, number, NumberKind])[] = [
  [14, 17, 'date'],
  [18, 21, 'time'],
  [22, 22, 'datetime'],
  [27, 31, 'date'],
  [32, 33, 'time'],
  [34, 36, 'date'],
  [45, 47, 'time'],
  [50, 58, 'date'],
];

/** What numbers of a format that is built in stand for. */
export function kindOfBuiltIn(id: number): NumberKind {
  return BUILT_IN.find(([from, to]) => id >= from && id <= to)?.[2] ?? 'number';
}

/** What numbers of a format code (`dd/mm/yyyy`, `[h]:mm`, `0.00`) stand for. */
export function kindOfCode(code: string): NumberKind {
  const letters = code
    .replaceAll(/"[^"]*"|\\.|_.|\*./g, '')
    .replaceAll(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .replaceAll(/AM\/PM|A\/P|General/gi, '')
    .split(';', 1)
    .join('')
    .toLowerCase();
  const time = /[hs]/.test(letters) || /\[m+\]/.test(letters);
  const date = /[yd]/.test(letters) || (/m/.test(letters) && !time);
  if (date) return time ? 'datetime' : 'date';
  return time ? 'time' : 'number';
}

const DAY_MS = 86_400_000;
/** 31 December 9999, the last day Excel knows. */
const LAST_DAY = 2_958_465;

/** The text of a number as a workbook stores it: as its format says, ISO for dates and times. */
export function textOfNumber(raw: string, kind: NumberKind, since1904: boolean): string {
  const value = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(value)) return raw;
  if (kind === 'number' || value < 0 || value > LAST_DAY) return plainNumber(raw, value);
  const ms = Math.round(value * DAY_MS);
  const time = timeText(ms % DAY_MS);
  if (kind === 'time') {
    // Longer than a day it is a duration.
    return value < 1 ? time : durationText(ms);
  }
  const date = dateText(Math.floor(ms / DAY_MS), since1904);
  return kind === 'date' && ms % DAY_MS === 0 ? date : `${date} ${time}`;
}

/** 15 digits are what Excel shows: the rest of a double is noise (`0.30000000000000004`). */
function plainNumber(raw: string, value: number): string {
  if (/^-?\d{1,15}$/.test(raw)) return raw;
  // Only the very largest double has nothing of 15 digits beside it.
  const near = Number(value.toPrecision(15));
  const rounded = Number.isFinite(near) ? near : value;
  const text = String(rounded);
  if (!text.includes('e')) return text;
  const [digits = '', exponent = '0'] = text.split('e');
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  const shift = Number(exponent);
  const sign = digits.startsWith('-') ? '-' : '';
  const all = whole + fraction;
  const point = whole.length + shift;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  return `${sign}${all.padEnd(point, '0').slice(0, point)}${all.length > point ? `.${all.slice(point)}` : ''}`;
}

function dateText(days: number, since1904: boolean): string {
  if (since1904) return new Date(Date.UTC(1904, 0, 1) + days * DAY_MS).toISOString().slice(0, 10);
  // Excel counts a 29 February 1900 that never was.
  if (days === 60) return '1900-02-29';
  const start = Date.UTC(1899, 11, days < 60 ? 31 : 30);
  return new Date(start + days * DAY_MS).toISOString().slice(0, 10);
}

function timeText(ms: number): string {
  const text = new Date(ms).toISOString().slice(11, 23);
  return text.endsWith('.000') ? text.slice(0, 8) : text;
}

function durationText(ms: number): string {
  return `${Math.floor(ms / 3_600_000)}${timeText(ms % 3_600_000).slice(2)}`;
}
