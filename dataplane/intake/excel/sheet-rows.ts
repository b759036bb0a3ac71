import { brokenPart, type Sheet, unescaped, type Workbook } from './workbook.ts';
import { type NumberKind, textOfNumber } from './number-format.ts';
import { parseXml } from './xml.ts';

/** A row of a sheet that has cells. */
export interface SheetRow {
  /** From 1. */
  readonly number: number;
  readonly hidden: boolean;
  /** By place, from 0; cells that are not there are undefined. */
  readonly cells: readonly (string | undefined)[];
  readonly hasError: boolean;
  /** A formula that no program has computed. */
  readonly lacksValue: boolean;
}

/** What cells need to be understood. */
export interface CellContext {
  readonly strings: readonly string[];
  readonly kinds: readonly NumberKind[];
  readonly since1904: boolean;
}

/**
 * The rows of a sheet, in batches, as they are unpacked. Numbers, dates and what formulas came to are text.
 * @param merged is told the first and last row of each range of merged cells
 * @throws SlipwayError `intake/malformed` naming the row from which the sheet cannot be read
 */
export async function* sheetRows(
  workbook: Workbook,
  sheet: Sheet,
  context: CellContext,
  merged: (first: number, last: number) => void,
): AsyncGenerator<readonly SheetRow[]> {
  const reader = new SheetReader(context, merged);
  try {
    for await (const _ of parseXml(workbook.part(sheet.part), reader)) yield reader.taken();
  } catch (error) {
    throw brokenPart(workbook.file, Math.max(reader.row, 1), error);
  }
}

class SheetReader {
  readonly #context: CellContext;
  readonly #merged: (first: number, last: number) => void;
  #rows: SheetRow[] = [];
  row = 0;
  #hidden = false;
  #cells: (string | undefined)[] = [];
  #hasError = false;
  #lacksValue = false;
  #column = -1;
  #type = 'n';
  #style = 0;
  #value: string | undefined;
  #formula = false;
  #reading = false;
  #phonetic = 0;

  constructor(context: CellContext, merged: (first: number, last: number) => void) {
    this.#context = context;
    this.#merged = merged;
  }

  /** The rows that are whole since it was asked last. */
  taken(): SheetRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  readonly open = (name: string, attributes: Readonly<Record<string, string>>): void => {
    if (name === 'row') {
      this.row = Number(attributes['r'] ?? this.row + 1);
      this.#hidden = ['1', 'true'].includes(attributes['hidden'] ?? '');
      this.#cells = [];
      this.#column = -1;
      this.#hasError = this.#lacksValue = false;
    } else if (name === 'c') {
      const { r, t, s } = attributes;
      this.#column = r === undefined ? this.#column + 1 : columnOf(r);
      this.#type = t ?? 'n';
      this.#style = Number(s ?? 0);
      this.#value = undefined;
      this.#formula = false;
    } else if (name === 'f') this.#formula = true;
    else if (name === 'rPh') this.#phonetic += 1;
    else if (name === 'v' || (name === 't' && this.#phonetic === 0)) {
      this.#reading = true;
      this.#value ??= '';
    } else if (name === 'mergeCell') {
      const [first = '', last = first] = (attributes['ref'] ?? '').split(':');
      this.#merged(rowOf(first), rowOf(last));
    }
  };

  readonly text = (text: string): void => {
    if (this.#reading) this.#value = (this.#value ?? '') + text;
  };

  readonly close = (name: string): void => {
    if (name === 'v' || name === 't') this.#reading = false;
    else if (name === 'rPh') this.#phonetic -= 1;
    else if (name === 'c') this.#endCell();
    else if (name === 'row') {
      const { row: number } = this;
      this.#rows.push({
        number,
        hidden: this.#hidden,
        cells: this.#cells,
        hasError: this.#hasError,
        lacksValue: this.#lacksValue,
      });
    }
  };

  #endCell(): void {
    const value = this.#value;
    const isText = this.#type === 'str' || this.#type === 'inlineStr';
    if (this.#formula && !isText && (value === undefined || value === '')) {
      this.#lacksValue = true;
      return;
    }
    if (value === undefined || (value === '' && !isText)) return;
    this.#cells[this.#column] = this.#textOf(value);
  }

  #textOf(value: string): string {
    switch (this.#type) {
      case 's':
        return this.#context.strings[Number(value)] ?? '';
      case 'b':
        return value === '1' ? 'TRUE' : 'FALSE';
      case 'e':
        this.#hasError = true;
        return value;
      case 'str':
      case 'inlineStr':
        return unescaped(value);
      case 'd':
        return value.replace('T', ' ').replace(/ 00:00:00(\.0+)?$/, '');
      default: {
        const kind = this.#context.kinds[this.#style] ?? 'number';
        return textOfNumber(value, kind, this.#context.since1904);
      }
    }
  }
}

/** `B12` is column 1. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of reference.toUpperCase()) {
    const place = letter.charCodeAt(0) - 64;
    if (place < 1 || place > 26) break;
    column = column * 26 + place;
  }
  return column - 1;
}

function rowOf(reference: string): number {
  return Number(/\d+/.exec(reference)?.[0] ?? 0);
}
