import { PARTS_OF_WORDS, spelledOut, withPhrases } from './lexicon.ts';

/** Words that bind others and say nothing. */
const EMPTY_WORDS = new Set(['of', 'the', 'a', 'an', 'and', 'in', 'or', 'for']);

/** Shorter words are not taken for two that are written together. */
const SHORTEST_TO_SPLIT = 6;

/** Words as they are written: `N.I. No` is `ni no`, `PostCode_2` is `post code 2`, `Forename(s)` is `forename`. */
export function plainWords(name: string): string[] {
  const words = name
    .replaceAll(/\(s\)/gi, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replaceAll(/([A-Za-z])([0-9])/g, '$1 $2')
    .replaceAll(/([0-9])([A-Za-z])/g, '$1 $2')
    .normalize('NFKD')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const joined: string[] = [];
  let initials = '';
  for (const word of [...words, '']) {
    if (/^\p{L}$/u.test(word)) initials += word;
    else {
      // Letters by themselves are initials: together they are a word. One alone stays one.
      if (initials !== '') joined.push(initials);
      initials = '';
      if (word !== '') joined.push(word);
    }
  }
  const telling = joined.filter((word) => !EMPTY_WORDS.has(word));
  return telling.length === 0 ? joined : telling;
}

/** The plural of a word is the word. */
export function singular(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.length > 3 && /[^su]s$/.test(word) ? word.slice(0, -1) : word;
}

/** Turns names into words in one way for all names of two schemas. */
export interface WordMaker {
  wordsOf(name: string): readonly string[];
}

/**
 * A word maker for the names of both schemas: words that are written together are split where both parts are words of
 * these names or general ones (`staffno`, `sortcode`).
 * @param general use general knowledge about abbreviations and phrases
 */
export function wordMaker(names: readonly string[], general = true): WordMaker {
  const known = new Set(names.flatMap((name) => plainWords(name).map(singular)));
  const parts = new Set([...known, ...(general ? PARTS_OF_WORDS : [])]);
  const cache = new Map<string, readonly string[]>();
  const make = (name: string): readonly string[] => {
    const split = plainWords(name).flatMap((word) => parted(singular(word), parts));
    return general ? withPhrases(split).map(spelledOut) : split;
  };
  return {
    wordsOf(name) {
      const words = cache.get(name) ?? make(name);
      cache.set(name, words);
      return words;
    },
  };
}

/** A word, or the fewest parts it is written together from. */
function parted(word: string, parts: ReadonlySet<string>): string[] {
  if (word.length < SHORTEST_TO_SPLIT) return [word];
  const best: (string[] | undefined)[] = [[]];
  for (let end = 2; end <= word.length; end += 1) {
    for (let from = 0; from <= end - 2; from += 1) {
      const before = best[from];
      const part = word.slice(from, end);
      const isPart = part !== word && parts.has(part) && (part.length > 2 || end === word.length);
      if (before === undefined || !isPart) continue;
      const present = best[end];
      if (present === undefined || present.length > before.length + 1)
        best[end] = [...before, part];
    }
  }
  const found = best[word.length];
  return found !== undefined && found.length > 0 && found.length <= 3 ? found : [word];
}
