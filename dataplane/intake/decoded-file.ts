import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';
import iconv from 'iconv-lite';
import { SlipwayError } from '../../domain/errors.ts';
import { LineCounter } from './line-breaks.ts';

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

/**
 * A file's text, chunk by chunk, in bounded memory. A byte order mark is left out. Once read to its end it knows the
 * file's SHA-256 and whether its bytes would also be UTF-8.
 */
export class DecodedFile {
  readonly file: SourceFile;
  readonly encoding: string;
  readonly #hash = createHash('sha256');
  readonly #utf8 = new Utf8Check();

  constructor(file: SourceFile, encoding: string) {
    this.file = file;
    this.encoding = encoding;
  }

  /** @throws SlipwayError `intake/malformed` naming the line of the first byte that is not of the encoding */
  async *chunks(signal: AbortSignal): AsyncGenerator<string> {
    const decode = decoderFor(this.file, this.encoding);
    const counter = new LineCounter();
    for await (const bytes of createReadStream(this.file.path, {
      signal,
    }) as AsyncIterable<Buffer>) {
      this.#hash.update(bytes);
      this.#utf8.add(bytes);
      const text = this.#checked(decode(bytes), counter);
      if (text !== '') yield text;
    }
    const rest = this.#checked(decode(undefined), counter);
    if (rest !== '') yield rest;
  }

  sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  /** True when the bytes are UTF-8 with other letters than ASCII, but something else was declared. */
  looksLikeUtf8(): boolean {
    return UNICODE[canonical(this.encoding)] === undefined && this.#utf8.holdsMoreThanAscii();
  }

  #checked({ text, bad }: Decoded, counter: LineCounter): string {
    if (bad) {
      counter.add(text);
      throw malformed(this.file, counter.line(), `a byte that is not ${this.encoding}`);
    }
    const zero = text.indexOf('\0');
    if (zero >= 0) {
      counter.add(text.slice(0, zero));
      throw malformed(this.file, counter.line(), `a zero byte: this is not ${this.encoding} text`);
    }
    counter.add(text);
    return text;
  }
}

/** Text; when `bad`, only the text before the first invalid byte, or before the line it is on. */
interface Decoded {
  readonly text: string;
  readonly bad: boolean;
}

/** Called with `undefined` at the end of the file. */
type Decode = (bytes: Buffer | undefined) => Decoded;

const UNICODE: Readonly<Record<string, string>> = {
  utf8: 'utf-8',
  utf16: 'utf-16le',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
};

function canonical(encoding: string): string {
  return encoding.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function decoderFor(file: SourceFile, encoding: string): Decode {
  const unicode = UNICODE[canonical(encoding)];
  if (unicode !== undefined) return unicodeDecoder(unicode);
  const isKnown: boolean = iconv.encodingExists(encoding);
  if (!isKnown) {
    throw new SlipwayError('intake/malformed', `${file.name}: there is no encoding ${encoding}`);
  }
  const decoder = iconv.getDecoder(encoding);
  return (bytes) => {
    const text = (bytes === undefined ? decoder.end() : decoder.write(bytes)) ?? '';
    // These encodings cannot hold the replacement character: it stands for an invalid byte.
    const at = text.indexOf('\uFFFD');
    return at < 0 ? { text, bad: false } : { text: text.slice(0, at), bad: true };
  };
}

/**
 * A Unicode file may hold replacement characters of its own, so only a strict decoder can tell invalid bytes. It does
 * not say where they are: a second one, a chunk behind, finds the line.
 */
function unicodeDecoder(label: string): Decode {
  const strict = new TextDecoder(label, { fatal: true });
  const behind = new TextDecoder(label, { fatal: true });
  return (bytes) => {
    const chunk = bytes ?? Buffer.alloc(0);
    const stream = bytes !== undefined;
    try {
      const text = strict.decode(chunk, { stream });
      behind.decode(chunk, { stream });
      return { text, bad: false };
    } catch {
      return { text: textBeforeBadLine(behind, chunk), bad: true };
    }
  };
}

function textBeforeBadLine(decoder: TextDecoder, chunk: Buffer): string {
  let text = '';
  for (let from = 0; from < chunk.length; ) {
    const newline = chunk.indexOf(0x0a, from);
    const to = newline < 0 ? chunk.length : newline + 1;
    try {
      text += decoder.decode(chunk.subarray(from, to), { stream: true });
    } catch {
      break;
    }
    from = to;
  }
  return text;
}

/** Are the bytes seen so far UTF-8, and not only ASCII? */
class Utf8Check {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #valid = true;
  #moreThanAscii = false;

  add(bytes: Buffer): void {
    if (!this.#valid) return;
    try {
      const text = this.#decoder.decode(bytes, { stream: true });
      this.#moreThanAscii ||= text.length !== bytes.length;
    } catch {
      this.#valid = false;
    }
  }

  holdsMoreThanAscii(): boolean {
    return this.#valid && this.#moreThanAscii;
  }
}
