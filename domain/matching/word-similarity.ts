import { meaningNearness } from './lexicon.ts';

/** How alike two words are, 0 to 1, and by what. */
export interface WordLikeness {
  readonly score: number;
  readonly how: 'same' | 'abbreviation' | 'meaning' | 'spelling' | 'none';
}

const NONE: WordLikeness = { score: 0, how: 'none' };

/** Below this two words have nothing in common. */
const LEAST = 0.5;

/** Compares two words: the same, one the abbreviation of the other, the same meaning, nearly the same spelling. */
export function wordLikeness(a: string, b: string, general: boolean): WordLikeness {
  if (a === b) return { score: 1, how: 'same' };
  const ways: WordLikeness[] = [
    { score: abbreviationScore(a, b), how: 'abbreviation' },
    { score: general ? meaningNearness(a, b) : 0, how: 'meaning' },
    { score: spellingScore(a, b), how: 'spelling' },
  ];
  const best = ways.reduce((x, y) => (y.score > x.score ? y : x));
  return best.score >= LEAST ? best : NONE;
}

/** The shorter one is the beginning of the longer, or what is left of it without vowels, or letters of it in order. */
function abbreviationScore(a: string, b: string): number {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (/\d/.test(short) || short[0] !== long[0] || short.length < 2 || short.length === long.length)
    return 0;
  const share = short.length / long.length;
  if (long.startsWith(short)) {
    return short.length === 2 ? 0.55 + 0.3 * share : 0.7 + 0.25 * share;
  }
  const [bare, full] = [skeleton(short), skeleton(long)];
  // Two consonants are in too many words: they count when nothing else is left of the word.
  if (bare === full && (bare.length >= 3 || bare === short)) return 0.9;
  if (!isWithin(short, long)) return 0;
  // A word without vowels is meant as an abbreviation; one with vowels may have its letters there by chance.
  const meant = bare === short;
  if (meant && bare.length >= 2 && (full.startsWith(bare) || full.endsWith(bare.slice(-1)))) {
    return 0.65 + 0.3 * share;
  }
  return (meant ? 0.5 : 0.4) + 0.35 * share;
}

/** The first letter and the consonants after it, doubled ones once. */
export function skeleton(word: string): string {
  return (word.slice(0, 1) + word.slice(1).replaceAll(/[aeiouy]/g, '')).replaceAll(/(.)\1+/g, '$1');
}

/** Are the letters of a word in another, in this order? */
export function isWithin(short: string, long: string): boolean {
  let at = 0;
  for (const letter of short) {
    at = long.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** One word with a slip or another ending: a long common beginning, or most trigrams in common. */
function spellingScore(a: string, b: string): number {
  const least = Math.min(a.length, b.length);
  if (least < 4) return 0;
  let common = 0;
  while (common < least && a[common] === b[common]) common += 1;
  const endings = Math.max(a.length, b.length) - common;
  const stem = common >= 4 && endings <= 3 ? 0.9 - 0.05 * endings : 0;
  return Math.max(stem, gramLikeness(a, b));
}

/** Dice coefficient of the trigrams of two texts, with a mark at either end. */
export function gramLikeness(a: string, b: string): number {
  const [x, y] = [gramsOf(a), gramsOf(b)];
  let common = 0;
  for (const gram of x) if (y.has(gram)) common += 1;
  return (2 * common) / Math.max(1, x.size + y.size);
}

function gramsOf(text: string): Set<string> {
  const marked = `^${text}$`;
  const grams = new Set<string>();
  for (let at = 0; at + 3 <= marked.length; at += 1) grams.add(marked.slice(at, at + 3));
  return grams;
}

/**
 * How well a text that is written together is made of pieces of words: `custaddr` of customer and address, `EMPLNM` of
 * employee, last and name. Each piece begins as its word does and has letters of it in order; pieces are in the order of
 * the words. 0 to 1: the share of the letters of the text that find their place, by the share of the words that have a piece.
 * @param text lower case, without separators
 */
export function piecewiseLikeness(text: string, words: readonly string[]): number {
  if (text.length < 3 || words.length === 0) return 0;
  // Letters placed so far -> most words used; pieces are as long as they can be, or end where the next word begins.
  const memo = new Map<string, number>();
  const best = (at: number, word: number): number => {
    if (at >= text.length || word >= words.length) return 0;
    const key = `${at} ${word}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const current = words[word] ?? '';
    // A word may have no piece; so may the first letters of the text, which name the table.
    let most = best(at, word + 1);
    if (text[at] === current[0]) {
      for (const length of pieceLengths(text, at, current)) {
        const worth = length + (length / current.length) * 2 + best(at + length, word + 1);
        most = Math.max(most, worth);
      }
    }
    memo.set(key, most);
    return most;
  };
  const full = text.length + 2 * words.length;
  const starts = [0, 1, 2].filter((from) => from < text.length - 2);
  return Math.max(0, ...starts.map((from) => (best(from, 0) - from) / full));
}

/**
 * The lengths of the pieces of a word that a text has at a place, from one letter on. A piece is how the word begins, or its
 * first letter with consonants of it in order: other letters are in nearly any word.
 */
function pieceLengths(text: string, at: number, word: string): number[] {
  const lengths: number[] = [];
  let place = 0;
  let begins = true;
  for (let length = 1; at + length <= text.length; length += 1) {
    const letter = text[at + length - 1] ?? '';
    begins &&= word[length - 1] === letter;
    place = word.indexOf(letter, place) + 1;
    if (place === 0 || (!begins && /[aeiou]/.test(letter))) break;
    lengths.push(length);
  }
  return lengths;
}
