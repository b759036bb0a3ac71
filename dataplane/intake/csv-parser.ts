/** A record of a file and the line, from 1, on which it starts. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * What is odd about a line: a quote that is opened and not closed, a quote inside a quoted field that is not doubled, or
 * more characters than a record may have.
 */
export type CsvOddity = 'unclosed-quote' | 'stray-quote' | 'long-line';

/** The line on which each kind of line end is seen first, and how often. */
export interface LineEnds {
  readonly name: 'LF' | 'CR LF' | 'CR';
  first: number;
  count: number;
}

/** A quote that is never closed would otherwise collect the rest of the file in memory. */
const MAX_RECORD_CHARACTERS = 4_000_000;

const LINE_BREAK = /\r\n|\r|\n/g;

/**
 * Parses delimited text that comes in pieces, with the quoting rules of RFC 4180, leniently: any line end, any number of
 * fields, quotes inside of unquoted fields are text. Fields come as they are, blanks included.
 *
 * No line is lost to a quote that is not closed (at the end of the text, within MAX_RECORD_CHARACTERS, or where the next
 * quote cannot be its end): it is taken for text, its record ends with its line, and the next line is read by itself.
 */
export class CsvParser {
  readonly #delimiter: string;
  readonly #odd: (what: CsvOddity, line: number) => void;
  readonly #maxCharacters: number;
  readonly #ends: readonly [LineEnds, LineEnds, LineEnds] = [
    { name: 'LF', first: 0, count: 0 },
    { name: 'CR LF', first: 0, count: 0 },
    { name: 'CR', first: 0, count: 0 },
  ];
  #text = '';
  #at = 0;
  #line = 1;
  /** Within a line that is too long: what comes up to its end is left out. */
  #skipping = false;
  #last = false;
  readonly #next = { '\n': -1, '\r': -1, '"': -1 };

  constructor(
    delimiter: string,
    odd: (what: CsvOddity, line: number) => void,
    maxCharacters = MAX_RECORD_CHARACTERS,
  ) {
    this.#delimiter = delimiter;
    this.#odd = odd;
    this.#maxCharacters = maxCharacters;
  }

  /** Line, from 1, of what comes next. After the end: one more than there are lines. */
  get line(): number {
    return this.#line;
  }

  /** The kinds of line ends that end records, those that occur. */
  get lineEnds(): readonly LineEnds[] {
    return this.#ends.filter(({ count }) => count > 0);
  }

  /** The records that are complete with this piece of text. */
  push(text: string): CsvRecord[] {
    this.#text = this.#text.slice(this.#at) + text;
    this.#at = 0;
    this.#next['\n'] = this.#next['\r'] = this.#next['"'] = -1;
    return this.#records();
  }

  /** The records that are left at the end of the text. */
  end(): CsvRecord[] {
    this.#last = true;
    const records = this.#records();
    if (this.#skipping) this.#line += 1;
    return records;
  }

  #records(): CsvRecord[] {
    const records: CsvRecord[] = [];
    while (this.#at < this.#text.length) {
      const line = this.#line;
      const before = this.#at;
      const fields = this.#record();
      if (fields !== undefined) records.push({ line, fields });
      else if (this.#at === before) break;
    }
    return records;
  }

  /** The next record; undefined when more text is needed, or when something was left out. */
  #record(): string[] | undefined {
    const start = this.#at;
    const end = this.#lineEnd(start);
    if (this.#skipping) {
      this.#skip(end);
      return undefined;
    }
    if (end - start > this.#maxCharacters) {
      this.#odd('long-line', this.#line);
      this.#skipping = true;
      this.#skip(end);
      return undefined;
    }
    if (!this.#isWhole(end)) return undefined;
    if (this.#find('"', start) < end) return this.#quotedRecord(start);
    this.#finish(end);
    return this.#text.slice(start, end).split(this.#delimiter);
  }

  #skip(end: number): void {
    if (end === this.#text.length) this.#at = end;
    else if (this.#isWhole(end)) {
      this.#skipping = false;
      this.#finish(end);
    }
  }

  #quotedRecord(start: number): string[] | undefined {
    const fields: string[] = [];
    const text = this.#text;
    let strays = false;
    let breaks = 0;
    for (let at = start; ; at += 1) {
      if (text[at] === '"') {
        const field = this.#quotedField(at);
        if (field === 'more') return undefined;
        if (field === 'unclosed') {
          const end = this.#lineEnd(at);
          if (!this.#isWhole(end)) return undefined;
          this.#odd('unclosed-quote', this.#line + breaks);
          fields.push(...text.slice(at, end).split(this.#delimiter));
          at = end;
        } else {
          fields.push(field.value);
          strays ||= field.strays;
          breaks += field.breaks;
          at = field.end;
        }
      } else {
        const delimiter = text.indexOf(this.#delimiter, at);
        const end = this.#lineEnd(at);
        const to = delimiter >= 0 && delimiter < end ? delimiter : end;
        fields.push(text.slice(at, to));
        at = to;
      }
      if (at < text.length && text[at] === this.#delimiter) continue;
      if (!this.#isWhole(at)) return undefined;
      if (strays) this.#odd('stray-quote', this.#line);
      this.#line += breaks;
      this.#finish(at);
      return fields;
    }
  }

  #quotedField(
    open: number,
  ): 'more' | 'unclosed' | { value: string; end: number; breaks: number; strays: boolean } {
    const text = this.#text;
    let value = '';
    let strays = false;
    let breaks = 0;
    for (let from = open + 1; ; ) {
      const quote = text.indexOf('"', from);
      const to = quote < 0 ? text.length : quote;
      if (to - open > this.#maxCharacters) return 'unclosed';
      if (quote < 0 || (quote + 1 === text.length && !this.#last)) {
        return this.#last ? 'unclosed' : 'more';
      }
      const piece = text.slice(from, quote);
      breaks += countBreaks(piece);
      const after = text[quote + 1];
      if (after === '"') {
        value += `${piece}"`;
        from = quote + 2;
      } else if (
        after === undefined ||
        after === this.#delimiter ||
        after === '\n' ||
        after === '\r'
      ) {
        return { value: value + piece, end: quote + 1, breaks, strays };
      } else if (breaks > 0) {
        // Most likely this quote opens a field of a later line, and it was the first one that was not closed.
        return 'unclosed';
      } else {
        strays = true;
        value += `${piece}"`;
        from = quote + 1;
      }
    }
  }

  /** Where the line ends that `from` is on: a line break, or the end of the text. */
  #lineEnd(from: number): number {
    return Math.min(this.#find('\n', from), this.#find('\r', from));
  }

  /** The next place of a character, looked up once: most texts have no `\r` or no quotes at all. */
  #find(character: '\n' | '\r' | '"', from: number): number {
    if (this.#next[character] < from) {
      const found = this.#text.indexOf(character, from);
      this.#next[character] = found < 0 ? this.#text.length : found;
    }
    return this.#next[character];
  }

  /** Is it known how the record ends? `\r` may be the first half of `\r\n`. */
  #isWhole(end: number): boolean {
    if (this.#last) return true;
    return end < this.#text.length - 1 || (end < this.#text.length && this.#text[end] === '\n');
  }

  #finish(end: number): void {
    const line = this.#line;
    this.#line += 1;
    if (end === this.#text.length) {
      this.#at = end;
      return;
    }
    const isReturn = this.#text[end] === '\r';
    const isBoth = isReturn && this.#text[end + 1] === '\n';
    const kind = this.#ends[isBoth ? 1 : isReturn ? 2 : 0];
    if (kind.count === 0) kind.first = line;
    kind.count += 1;
    this.#at = end + (isBoth ? 2 : 1);
  }
}

function countBreaks(text: string): number {
  return text.includes('\n') || text.includes('\r') ? (text.match(LINE_BREAK)?.length ?? 0) : 0;
}
