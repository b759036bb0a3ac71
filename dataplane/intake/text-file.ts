import { isAscii, isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import iconv from 'iconv-lite';
import { SlipwayError } from '../../domain/errors.ts';
import { LineCounter } from './line-breaks.ts';
import { LineList } from './line-list.ts';

/** A file of a source: `path` is absolute, `name` is how people and keys call it. */
export interface SourceFile {
  readonly path: string;
  readonly name: string;
}

/** `file, line N: what`, as every complaint about a file reads. */
export function malformed(
  file: SourceFile,
  line: number,
  what: string,
  cause?: unknown,
): SlipwayError {
  return new SlipwayError('intake/malformed', `${file.name}, line ${line}: ${what}`, {
    details: { file: file.name, line },
    cause,
  });
}

const READ_BYTES = 256 * 1024;
/** After so many bad lines and not one good letter nothing good is to be expected. */
const ENOUGH_BAD_LINES = 1000;
const REPLACEMENT = '\uFFFD';

/**
 * A file's text, piece by piece, in bounded memory. A byte order mark is left out. Bytes that are not of the encoding
 * become U+FFFD and their lines are listed: a damaged file still comes in. A file without a single letter beyond ASCII
 * that is of the encoding, but with some that are not, is in another encoding: it is refused.
 */
export class TextFile {
  readonly file: SourceFile;
  readonly encoding: string;
  /** Lines with bytes that are not of the encoding. */
  readonly badLines = new LineList();
  readonly #hash = createHash('sha256');
  readonly #utf8 = new Utf8Check();
  #hasLetters = false;

  constructor(file: SourceFile, encoding: string) {
    this.file = file;
    this.encoding = encoding;
  }

  /** @throws SlipwayError `intake/malformed` naming the first line of a file in another encoding */
  async *pieces(signal: AbortSignal): AsyncGenerator<string> {
    let decode: Decode | undefined;
    const counter = new LineCounter();
    const options = { signal, highWaterMark: READ_BYTES };
    for await (const bytes of createReadStream(this.file.path, options) as AsyncIterable<Buffer>) {
      this.#hash.update(bytes);
      this.#utf8.add(bytes);
      const mark = decode === undefined ? byteOrderMark(bytes) : undefined;
      decode ??= decoderFor(this.file, this.encoding, mark);
      const text = this.#checked(decode(bytes.subarray(mark?.bytes ?? 0), false), counter);
      if (text !== '') yield text;
    }
    const rest = decode === undefined ? [] : decode(Buffer.alloc(0), true);
    const text = this.#checked(rest, counter);
    if (this.badLines.count > 0 && !this.#hasLetters) throw this.#otherEncoding();
    if (text !== '') yield text;
  }

  sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  /** True when the bytes are UTF-8 with other letters than ASCII, but something else was declared. */
  looksLikeUtf8(): boolean {
    return unicodeName(this.encoding) === undefined && this.#utf8.holdsMoreThanAscii();
  }

  #checked(parts: readonly Decoded[], counter: LineCounter): string {
    let all = '';
    for (const { text, good } of parts) {
      if (good) this.#hasLetters ||= BEYOND_ASCII.test(text);
      else this.#list(text, counter.line());
      counter.add(text);
      all += text;
    }
    if (!this.#hasLetters && this.badLines.count >= ENOUGH_BAD_LINES) throw this.#otherEncoding();
    return all;
  }

  #list(text: string, first: number): void {
    const lines = text.split(LINE_BREAK);
    for (const [index, line] of lines.entries()) {
      if (line.includes(REPLACEMENT)) this.badLines.add(first + index);
      this.#hasLetters ||= BEYOND_ASCII.test(line.replaceAll(REPLACEMENT, ''));
    }
  }

  #otherEncoding(): SlipwayError {
    const what = `a byte that is not ${this.encoding}, as no letter of the file beyond ASCII is: is it in another encoding?`;
    return malformed(this.file, this.badLines.first[0] ?? 1, what);
  }
}

const BEYOND_ASCII = /[^\0-\x7f]/;
const LINE_BREAK = /\r\n|\r|\n/;

/** A piece of text; not `good` when bytes that are not of the encoding were replaced in it. */
interface Decoded {
  readonly text: string;
  readonly good: boolean;
}

type Decode = (bytes: Buffer, last: boolean) => Decoded[];

interface ByteOrderMark {
  readonly encoding: string;
  readonly bytes: number;
}

function byteOrderMark(bytes: Buffer): ByteOrderMark | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', bytes: 3 };
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', bytes: 2 };
  return a === 0xfe && b === 0xff ? { encoding: 'utf-16be', bytes: 2 } : undefined;
}

const UNICODE: Readonly<Record<string, 'utf-8' | 'utf-16' | 'utf-16le' | 'utf-16be'>> = {
  utf8: 'utf-8',
  utf16: 'utf-16',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  ucs2: 'utf-16le',
};

function unicodeName(encoding: string): (typeof UNICODE)[string] | undefined {
  return UNICODE[encoding.toLowerCase().replaceAll(/[^a-z0-9]/g, '')];
}

function decoderFor(file: SourceFile, encoding: string, mark: ByteOrderMark | undefined): Decode {
  const unicode = unicodeName(encoding);
  const fits =
    mark === undefined ||
    unicode === mark.encoding ||
    (unicode === 'utf-16' && mark.encoding !== 'utf-8');
  if (!fits) {
    throw malformed(
      file,
      1,
      `the file begins with the byte order mark of ${mark.encoding}, not ${encoding}`,
    );
  }
  if (unicode === 'utf-8') return inWholeCharacters(incompleteUtf8, decodeUtf8);
  if (unicode !== undefined) {
    const swaps = unicode === 'utf-16be' || mark?.encoding === 'utf-16be';
    return inWholeCharacters(
      (bytes) => incompleteUtf16(bytes, swaps),
      (bytes) => decodeUtf16(bytes, swaps),
    );
  }
  return otherDecoder(file, encoding);
}

/** Keeps the bytes of a character that is cut in two for the next call. */
function inWholeCharacters(
  incomplete: (bytes: Buffer) => number,
  decode: (bytes: Buffer) => Decoded[],
): Decode {
  let kept: Buffer = Buffer.alloc(0);
  return (more, last) => {
    const bytes = kept.length === 0 ? more : Buffer.concat([kept, more]);
    const whole = last ? bytes.length : bytes.length - incomplete(bytes);
    kept = bytes.subarray(whole);
    return whole === 0 ? [] : decode(bytes.subarray(0, whole));
  };
}

/** How many bytes at the end are the beginning of a character. */
function incompleteUtf8(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
  }
  return 0;
}

function decodeUtf8(bytes: Buffer): Decoded[] {
  if (isAscii(bytes)) return [{ text: bytes.toString('latin1'), good: true }];
  if (isUtf8(bytes)) return [{ text: bytes.toString('utf8'), good: true }];
  // The file may hold U+FFFD of its own: line by line the bytes tell which one is damaged.
  const parts: Decoded[] = [];
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, from);
    const to = newline < 0 ? bytes.length : newline + 1;
    const line = bytes.subarray(from, to);
    parts.push({ text: line.toString('utf8'), good: isUtf8(line) });
    from = to;
  }
  return parts;
}

function incompleteUtf16(bytes: Buffer, bigEndian: boolean): number {
  const odd = bytes.length % 2;
  const high = bytes[bytes.length - odd - (bigEndian ? 2 : 1)] ?? 0;
  return high >= 0xd8 && high <= 0xdb ? odd + 2 : odd;
}

function decodeUtf16(bytes: Buffer, bigEndian: boolean): Decoded[] {
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const little = bigEndian ? Buffer.from(whole).swap16() : whole;
  const raw = little.toString('utf16le');
  const text = raw.replaceAll(LONE_SURROGATE, REPLACEMENT);
  const cut = whole.length < bytes.length;
  return [{ text: cut ? text + REPLACEMENT : text, good: !cut && text === raw }];
}

const LONE_SURROGATE = /\p{Surrogate}/gu;

function otherDecoder(file: SourceFile, encoding: string): Decode {
  const isKnown: boolean = iconv.encodingExists(encoding);
  if (!isKnown) {
    throw new SlipwayError('intake/malformed', `${file.name}: there is no encoding ${encoding}`);
  }
  const decoder = iconv.getDecoder(encoding);
  return (bytes, last) => {
    const text = (last ? decoder.end() : decoder.write(bytes)) ?? '';
    // These encodings cannot hold the replacement character: it stands for a byte that is none of theirs.
    return [{ text, good: !text.includes(REPLACEMENT) }];
  };
}

/** Are the bytes seen so far UTF-8, and not only ASCII? */
class Utf8Check {
  #kept: Buffer = Buffer.alloc(0);
  #valid = true;
  #moreThanAscii = false;

  add(more: Buffer): void {
    if (!this.#valid || (this.#kept.length === 0 && isAscii(more))) return;
    const bytes = this.#kept.length === 0 ? more : Buffer.concat([this.#kept, more]);
    const whole = bytes.length - incompleteUtf8(bytes);
    this.#kept = Buffer.from(bytes.subarray(whole));
    this.#moreThanAscii = true;
    this.#valid = isUtf8(bytes.subarray(0, whole));
  }

  holdsMoreThanAscii(): boolean {
    return this.#valid && this.#moreThanAscii && this.#kept.length === 0;
  }
}
