/** Longer values are cut: what a value looks like shows at its beginning. */
const LENGTH = 24;

/**
 * What a value looks like, without what it says: letters become `a` and `A`, digits `9`, blanks a middle dot, so that a
 * blank at the end shows; an empty value is null.
 */
export function masked(value: string | null): string | null {
  if (value === null) return null;
  const characters = Array.from(value);
  const shape = characters.slice(0, LENGTH).map(shapeOf).join('');
  return characters.length > LENGTH ? `${shape}… (${characters.length} characters)` : shape;
}

function shapeOf(character: string): string {
  if (/\p{Lu}/u.test(character)) return 'A';
  if (/\p{L}/u.test(character)) return 'a';
  if (/\p{N}/u.test(character)) return '9';
  return /\s/u.test(character) ? '·' : character;
}
