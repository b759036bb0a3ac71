const LINE_BREAK = /\r\n|\r|\n/g;

/** How many line breaks a text has; `\r\n` is one. */
function countLineBreaks(text: string): number {
  if (text.includes('\r')) return text.match(LINE_BREAK)?.length ?? 0;
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Counts the line breaks of a text that comes in chunks: a `\r\n` may be cut in two. */
export class LineCounter {
  #breaks = 0;
  #endsInReturn = false;

  add(chunk: string): void {
    if (chunk === '') return;
    if (this.#endsInReturn && chunk.startsWith('\n')) this.#breaks -= 1;
    this.#breaks += countLineBreaks(chunk);
    this.#endsInReturn = chunk.endsWith('\r');
  }

  /** The line, from 1, that the next character is on. */
  line(): number {
    return this.#breaks + 1;
  }
}
