import { SaxesParser } from 'saxes';
import yauzl from 'yauzl';
import { SlipwayError } from '../../domain/errors.ts';

/** A cell as somebody left it: its text, or why it cannot be taken. */
export interface ReadCell {
  readonly text: string;
  readonly problem?: string;
}

/** A row with its number in the sheet, from 1, and its cells by column, from 0. Empty cells are left out. */
export interface ReadRow {
  readonly number: number;
  readonly cells: ReadonlyMap<number, ReadCell>;
}

export interface ReadSheet {
  readonly name: string;
  readonly rows: readonly ReadRow[];
}

/** A workbook may unpack to so many bytes: a small file may claim to be any size. */
const UNPACKED_LIMIT = 200 * 1024 * 1024;

/**
 * Reads an Excel workbook: the text of every cell of every sheet.
 * @throws SlipwayError `quarantine/correction-invalid` when it is none
 */
export async function readWorkbook(bytes: Buffer): Promise<ReadSheet[]> {
  try {
    const parts = await unpack(bytes);
    const names = sheetNames(parts.get('xl/workbook.xml') ?? '');
    const targets = relationTargets(parts.get('xl/_rels/workbook.xml.rels') ?? '');
    const shared = sharedTexts(parts.get('xl/sharedStrings.xml') ?? '');
    return names.map(({ name, id }) => {
      const target = (targets.get(id) ?? '').replace(/^\/?(xl\/)?/, 'xl/');
      return { name, rows: sheetRows(parts.get(target) ?? '', shared) };
    });
  } catch (cause) {
    if (cause instanceof SlipwayError) throw cause;
    throw new SlipwayError('quarantine/correction-invalid', 'the file is no Excel workbook', {
      cause,
    });
  }
}

async function unpack(bytes: Buffer): Promise<ReadonlyMap<string, string>> {
  const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true });
  const parts = new Map<string, string>();
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    if (
      !/^xl\/(workbook\.xml|sharedStrings\.xml|_rels\/.*|worksheets\/[^/]*\.xml)$/.test(
        entry.fileName,
      )
    )
      continue;
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      unpacked += (chunk as Buffer).length;
      if (unpacked > UNPACKED_LIMIT)
        throw new SlipwayError('quarantine/correction-invalid', 'the workbook is too large');
      chunks.push(chunk as Buffer);
    }
    parts.set(entry.fileName, Buffer.concat(chunks).toString('utf8'));
  }
  return parts;
}

type Attributes = Readonly<Record<string, string>>;

/** Runs through a document. Names come without their prefix: programs differ in those. */
function walk(
  xml: string,
  on: {
    open?: (name: string, attributes: Attributes) => void;
    close?: (name: string) => void;
    text?: (text: string) => void;
  },
): void {
  if (xml === '') return;
  const parser = new SaxesParser();
  const local = (name: string): string => name.replace(/^.*:/, '');
  parser.on('opentag', ({ name, attributes }) => on.open?.(local(name), attributes as Attributes));
  parser.on('closetag', ({ name }) => on.close?.(local(name)));
  parser.on('text', (text) => on.text?.(text));
  parser.write(xml).close();
}

function sheetNames(xml: string): { name: string; id: string }[] {
  const names: { name: string; id: string }[] = [];
  walk(xml, {
    open: (name, attributes) => {
      if (name !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '';
      names.push({ name: attributes['name'] ?? '', id });
    },
  });
  if (names.length === 0)
    throw new SlipwayError('quarantine/correction-invalid', 'the file is no Excel workbook');
  return names;
}

function relationTargets(xml: string): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  walk(xml, {
    open: (name, attributes) => {
      if (name === 'Relationship') targets.set(attributes['Id'] ?? '', attributes['Target'] ?? '');
    },
  });
  return targets;
}

/** Texts that cells refer to by their number. Readings (`rPh`) are no part of them. */
function sharedTexts(xml: string): string[] {
  const texts: string[] = [];
  let current = '';
  let inText = false;
  let inReading = false;
  walk(xml, {
    open: (name) => {
      if (name === 'si') current = '';
      if (name === 'rPh') inReading = true;
      if (name === 't') inText = true;
    },
    text: (text) => {
      if (inText && !inReading) current += text;
    },
    close: (name) => {
      if (name === 'si') texts.push(unescape(current));
      if (name === 'rPh') inReading = false;
      if (name === 't') inText = false;
    },
  });
  return texts;
}

function sheetRows(xml: string, shared: readonly string[]): ReadRow[] {
  const rows: ReadRow[] = [];
  let cells = new Map<number, ReadCell>();
  let number = 0;
  let column = -1;
  let type = 'n';
  let value = '';
  let formula = false;
  let within = '';
  walk(xml, {
    open: (name, attributes) => {
      if (name === 'row') {
        number = Number(attributes['r'] ?? number + 1);
        column = -1;
        cells = new Map();
      }
      if (name === 'c') {
        column = attributes['r'] === undefined ? column + 1 : columnIndex(attributes['r']);
        type = attributes['t'] ?? 'n';
        value = '';
        formula = false;
      }
      if (name === 'f') formula = true;
      if (name === 'v' || name === 't') within = name;
    },
    text: (text) => {
      if (within !== '') value += text;
    },
    close: (name) => {
      if (name === 'v' || name === 't') within = '';
      if (name === 'c') {
        const cell = cellOf(type, value, formula, shared);
        if (cell.text !== '' || cell.problem !== undefined) cells.set(column, cell);
      }
      if (name === 'row') rows.push({ number, cells });
    },
  });
  return rows;
}

function cellOf(
  type: string,
  value: string,
  formula: boolean,
  shared: readonly string[],
): ReadCell {
  if (formula) return { text: value, problem: 'is a formula: write the value itself' };
  switch (type) {
    case 's':
      return { text: shared[Number(value)] ?? '' };
    case 'inlineStr':
    case 'str':
      return { text: unescape(value) };
    case 'b':
      return { text: value === '1' ? 'true' : 'false' };
    case 'e':
      return { text: value, problem: `is an error (${value})` };
    default:
      return { text: value };
  }
}

/** The place of a cell such as `AB12` in its row, from 0. */
function columnIndex(reference: string): number {
  const letters = /^[A-Z]+/.exec(reference)?.[0] ?? 'A';
  return Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** Undoes what spreadsheets write for characters that XML cannot hold. */
function unescape(text: string): string {
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
