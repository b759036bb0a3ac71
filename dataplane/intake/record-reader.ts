/** A record of a file without a delimiter; `line` is its number, from 1. */
export interface TextRecord {
  readonly line: number;
  readonly text: string;
}

/** A line that is longer is left out: it would have to be in memory as a whole. */
const MAX_RECORD_CHARACTERS = 4_000_000;

/** Cuts text that comes in pieces into records. */
export interface RecordReader {
  push(text: string): TextRecord[];
  end(): TextRecord[];
  /** Records seen so far. */
  readonly count: number;
}

/** Records that end with their line, whatever its line end. */
export class LineReader implements RecordReader {
  readonly #tooLong: (line: number) => void;
  #text = '';
  #skipping = false;
  count = 0;

  constructor(tooLong: (line: number) => void) {
    this.#tooLong = tooLong;
  }

  push(text: string): TextRecord[] {
    this.#text += text;
    // The first half of `\r\n` may be the last character.
    const whole = this.#text.endsWith('\r') ? this.#text.length - 1 : this.#text.length;
    const lines = this.#text.slice(0, whole).split(LINE_END);
    const rest = lines.pop() ?? '';
    this.#text = rest + this.#text.slice(whole);
    const records = lines.flatMap((line) => this.#record(line));
    if (this.#text.length > MAX_RECORD_CHARACTERS) {
      if (!this.#skipping) this.#tooLong(this.count + 1);
      this.#skipping = true;
      this.#text = this.#text.endsWith('\r') ? '\r' : '';
    }
    return records;
  }

  end(): TextRecord[] {
    const lines = this.#text.split(LINE_END);
    if (lines.at(-1) === '' && !this.#skipping) lines.pop();
    return lines.flatMap((line) => this.#record(line));
  }

  #record(text: string): TextRecord[] {
    this.count += 1;
    if (!this.#skipping) return [{ line: this.count, text }];
    this.#skipping = false;
    return [];
  }
}

const LINE_END = /\r\n|\r|\n/;

/** Records of a fixed number of characters that follow each other without line ends. */
export class BlockReader implements RecordReader {
  readonly #length: number;
  #text: string[] = [];
  count = 0;

  constructor(length: number) {
    this.#length = length;
  }

  push(text: string): TextRecord[] {
    const characters = this.#text.concat(Array.from(text));
    const records: TextRecord[] = [];
    let at = 0;
    for (; at + this.#length <= characters.length; at += this.#length) {
      this.count += 1;
      records.push({ line: this.count, text: characters.slice(at, at + this.#length).join('') });
    }
    this.#text = characters.slice(at);
    return records;
  }

  end(): TextRecord[] {
    const text = this.#text.join('');
    // Editors and copy programs like to end a file with a line end.
    if (text.trim() === '') return [];
    this.count += 1;
    return [{ line: this.count, text }];
  }
}
