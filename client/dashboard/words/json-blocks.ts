import { isTime } from './facts.ts';
import { capital, dateTime, number, spaced } from './format.ts';

/**
 * A document as something a template can lay out: a text, a list of names and values, a table, or a list. Names of
 * members that are not names of ours (ids, columns) stay as they are.
 */
export type Block =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly code: boolean;
      readonly numeric: boolean;
    }
  | { readonly kind: 'members'; readonly members: readonly { name: string; value: Block }[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Block[])[];
      readonly left: number;
    }
  | { readonly kind: 'list'; readonly items: readonly Block[]; readonly left: number };

/** The most rows of a table or items of a list that are laid out; the document itself has all. */
const SHOWN = 500;

/** How a JSON value is laid out. */
export function blockOf(value: unknown): Block {
  if (Array.isArray(value)) return arrayBlock(value);
  if (isObject(value)) {
    const members = Object.entries(value).map(([name, inner]) => ({
      name: labelOf(name),
      value: blockOf(inner),
    }));
    return members.length === 0 ? text('nothing') : { kind: 'members', members };
  }
  return scalar(value);
}

function arrayBlock(items: readonly unknown[]): Block {
  if (items.length === 0) return text('none');
  const shown = items.slice(0, SHOWN);
  const left = items.length - shown.length;
  const objects = shown.filter(isObject);
  if (objects.length === shown.length && objects.every(isFlat)) {
    const names = [...new Set(objects.flatMap((each) => Object.keys(each)))];
    return {
      kind: 'table',
      columns: names.map(labelOf),
      rows: objects.map((each) => names.map((name) => blockOf(each[name] ?? null))),
      left,
    };
  }
  return { kind: 'list', items: shown.map(blockOf), left };
}

function scalar(value: unknown): Block {
  if (value === null || value === undefined) return text('–');
  if (typeof value === 'number') return { ...text(number(value)), numeric: true };
  if (typeof value === 'boolean') return text(value ? 'yes' : 'no');
  if (typeof value !== 'string') return text(JSON.stringify(value));
  if (isTime(value)) return text(dateTime(value));
  return { ...text(value), code: /^[0-9a-f]{16,64}$/.test(value) };
}

function text(content: string): Extract<Block, { kind: 'text' }> {
  return { kind: 'text', text: content, code: false, numeric: false };
}

/** `rowsLoaded` as `Rows loaded`; what holds anything but letters is an id or a column. */
function labelOf(name: string): string {
  return /^[a-z]+([A-Z][a-z]*)*$/.test(name) ? capital(spaced(name)) : name;
}

/** No member holds more than a line: it fits into a row of a table. */
function isFlat(value: Record<string, unknown>): boolean {
  return Object.values(value).every(
    (inner) =>
      typeof inner !== 'object' ||
      inner === null ||
      (Array.isArray(inner) && inner.every((item) => typeof item !== 'object' || item === null)),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
