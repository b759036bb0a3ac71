import { SaxesParser } from 'saxes';

/** What to do with the parts of a document. Names come without their prefix. */
export interface XmlHandlers {
  readonly open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
}

/**
 * Parses XML that comes in pieces; yields after each piece, so that whoever reads takes what the handlers have gathered
 * and nothing piles up. Entities that a document declares itself are not expanded.
 * @throws Error for what is not well-formed
 */
export async function* parseXml(
  pieces: AsyncIterable<Buffer>,
  { open, text, close }: XmlHandlers,
): AsyncGenerator<void> {
  const decoder = new TextDecoder();
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  if (open !== undefined)
    parser.on('opentag', ({ name, attributes }) => open(local(name), attributes));
  if (text !== undefined) {
    parser.on('text', text);
    parser.on('cdata', text);
  }
  if (close !== undefined) parser.on('closetag', ({ name }) => close(local(name)));
  for await (const piece of pieces) {
    parser.write(decoder.decode(piece, { stream: true }));
    yield;
  }
  parser.write(decoder.decode()).close();
  yield;
}

/** Parses a document to its end. */
export async function parseWholeXml(
  pieces: AsyncIterable<Buffer>,
  handlers: XmlHandlers,
): Promise<void> {
  const parts = parseXml(pieces, handlers);
  while (!(await parts.next()).done);
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
