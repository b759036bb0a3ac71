import { isTime } from './facts.ts';
import { capital, count, dateTime, number, spaced } from './format.ts';
import { inOrder } from './member-order.ts';

/**
 * A document as something a template can lay out: a text, a list of names and values, a table, a list, or something that is
 * opened when it is wanted. Names of members that are not names of ours (ids, columns) stay as they are.
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
      readonly columns: readonly { readonly name: string; readonly numeric: boolean }[];
      readonly rows: readonly (readonly Block[])[];
      readonly left: number;
    }
  | { readonly kind: 'list'; readonly items: readonly Block[]; readonly left: number }
  | { readonly kind: 'more'; readonly label: string; readonly content: Block };

/** The most rows of a table or items of a list that are laid out; the document itself has all. */
const SHOWN = 500;
/** The most simple values that stand in a line. */
const IN_LINE = 12;

/** How a JSON value is laid out. */
export function blockOf(value: unknown): Block {
  if (Array.isArray(value)) return arrayBlock(value);
  if (!isObject(value)) return scalar(value);
  const members = inOrder(Object.keys(value)).map((name) => ({
    name: labelOf(name),
    value: blockOf(value[name]),
  }));
  return members.length === 0 ? text('nothing') : { kind: 'members', members };
}

function arrayBlock(items: readonly unknown[]): Block {
  if (items.length === 0) return text('none');
  if (!items.some(isNested)) return line(items);
  const shown = items.slice(0, SHOWN);
  const left = items.length - shown.length;
  const objects = shown.filter(isObject);
  if (objects.length < shown.length) return { kind: 'list', items: shown.map(blockOf), left };
  const names = inOrder([...new Set(objects.flatMap((each) => Object.keys(each)))]);
  const numeric = (name: string): boolean =>
    objects.every((each) => ['number', 'undefined'].includes(typeof each[name]));
  return {
    kind: 'table',
    columns: names.map((name) => ({ name: labelOf(name), numeric: numeric(name) })),
    rows: objects.map((each) => names.map((name) => cellOf(each[name] ?? null))),
    left,
  };
}

/** What a cell has no room for is opened when it is wanted. */
function cellOf(value: unknown): Block {
  const content = blockOf(value);
  if (content.kind === 'text') return content;
  const size = Array.isArray(value) ? value.length : Object.keys(value as object).length;
  return { kind: 'more', label: count(size, Array.isArray(value) ? 'item' : 'value'), content };
}

/** The first of a list of simple values. */
function line(items: readonly unknown[]): Block {
  const shown = items.slice(0, IN_LINE).map((item) => scalar(item).text);
  const left = items.length - shown.length;
  return text(`${shown.join(', ')}${left === 0 ? '' : ` and ${number(left)} more`}`);
}

type Text = Extract<Block, { kind: 'text' }>;

function scalar(value: unknown): Text {
  if (value === null || value === undefined) return text('–');
  if (typeof value === 'number') return { ...text(number(value)), numeric: true };
  if (typeof value === 'boolean') return text(value ? 'yes' : 'no');
  if (typeof value !== 'string') return text(JSON.stringify(value));
  if (isTime(value)) return text(dateTime(value));
  return { ...text(value), code: /^[0-9a-f]{16,64}$/.test(value) };
}

function text(content: string): Text {
  return { kind: 'text', text: content, code: false, numeric: false };
}

/** `rowsLoaded` as `Rows loaded`; what holds anything but letters is an id or a column. */
function labelOf(name: string): string {
  return /^[a-z]+([A-Z][a-z]*)*$/.test(name) ? capital(spaced(name)) : name;
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return isNested(value) && !Array.isArray(value);
}
