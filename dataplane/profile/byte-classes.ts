/** What kinds of bytes a value has: a mask of these. It saves most values from regular expressions. */
export const DIGIT = 1;
export const LETTER = 2;
/** Part of a character beyond ASCII. */
export const HIGH = 4;
export const SPACE = 8;
export const MINUS = 16;
export const PLUS = 32;
export const DOT = 64;
export const COMMA = 128;
export const SLASH = 256;
export const COLON = 512;
export const AT = 1024;
export const OTHER = 2048;

const SIGNS: Readonly<Record<string, number>> = {
  ' ': SPACE,
  '-': MINUS,
  '+': PLUS,
  '.': DOT,
  ',': COMMA,
  '/': SLASH,
  ':': COLON,
  '@': AT,
};

function classOf(byte: number): number {
  if (byte >= 128) return HIGH;
  const char = String.fromCharCode(byte);
  if (char >= '0' && char <= '9') return DIGIT;
  if ((char >= 'A' && char <= 'Z') || (char >= 'a' && char <= 'z')) return LETTER;
  return SIGNS[char] ?? OTHER;
}

/** The class of every byte. */
export const CLASSES: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) => classOf(byte));
