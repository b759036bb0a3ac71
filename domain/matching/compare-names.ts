import {
  type WordLikeness,
  gramLikeness,
  isWithin,
  piecewiseLikeness,
  skeleton,
} from './word-similarity.ts';

/** How alike two names are, 0 to 1, and in what words. */
export interface NameLikeness {
  readonly score: number;
  readonly words: string;
}

/** A word of a name. */
export interface WeighedWord {
  readonly word: string;
  readonly weight: number;
  /** The weight where the other name has no such word. */
  readonly alone: number;
}

/** A name made ready to be compared. */
export interface WeighedName {
  /** The words as they are written, and these in one. */
  readonly plain: readonly string[];
  readonly joined: string;
  /** The words as they are compared. */
  readonly words: readonly WeighedWord[];
}

/** Compares two words. */
export type CompareWords = (a: string, b: string) => WordLikeness;
/** Compares two names by their spelling alone, 0 to 1: as a whole, and by their trigrams. */
export type CompareSpelling = (a: WeighedName, b: WeighedName) => { whole: number; grams: number };

/** Compares two names: by the words that belong together, or by their spelling where that says more. */
export function compareNames(
  a: WeighedName,
  b: WeighedName,
  words: CompareWords,
  spelling: CompareSpelling,
): NameLikeness {
  if (a.joined === b.joined && a.joined !== '') return { score: 1, words: 'the same name' };
  const links = linksOf(a.words, b.words, words);
  const [usedA, usedB] = [
    new Set(links.flatMap((each) => each.a)),
    new Set(links.flatMap((each) => each.b)),
  ];
  const linked = links.reduce(
    (sum, { a: left, b: right, score }) =>
      sum + score * (weightOf(a.words, left) + weightOf(b.words, right)),
    0,
  );
  const total =
    weightOf(a.words, [...usedA]) +
    weightOf(b.words, [...usedB]) +
    aloneOf(a.words, usedA) +
    aloneOf(b.words, usedB);
  const soft = total === 0 ? 0 : linked / total;
  const { whole, grams } = spelling(a, b);
  // The spelling decides between names that have the same words.
  const score = Math.min(0.99, Math.max(soft * 0.95, whole) + 0.04 * grams);
  return { score, words: inWords(a, b, links, whole > soft) };
}

function weightOf(words: readonly WeighedWord[], indexes: readonly number[]): number {
  return indexes.reduce((sum, index) => sum + (words[index]?.weight ?? 0), 0);
}

function aloneOf(words: readonly WeighedWord[], used: ReadonlySet<number>): number {
  return words.reduce((sum, { alone }, index) => (used.has(index) ? sum : sum + alone), 0);
}

/** Words that belong together: indexes on either side. Several on one side where the other has their initials. */
interface Link {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly score: number;
  readonly how: WordLikeness['how'] | 'initials';
}

function linksOf(
  a: readonly WeighedWord[],
  b: readonly WeighedWord[],
  compare: CompareWords,
): Link[] {
  const possible: Link[] = [...initialLinks(a, b), ...initialLinks(b, a).map(turned)];
  for (const [i, left] of a.entries())
    for (const [j, right] of b.entries()) {
      const { score, how } = compare(left.word, right.word);
      if (score > 0) possible.push({ a: [i], b: [j], score, how });
    }
  const gain = (link: Link): number => link.score * (weightOf(a, link.a) + weightOf(b, link.b));
  possible.sort((x, y) => y.score - x.score || gain(y) - gain(x));
  const [usedA, usedB] = [new Set<number>(), new Set<number>()];
  return possible.filter((link) => {
    if (link.a.some((each) => usedA.has(each)) || link.b.some((each) => usedB.has(each)))
      return false;
    for (const each of link.a) usedA.add(each);
    for (const each of link.b) usedB.add(each);
    return true;
  });
}

/** A short word that is made of the initials of consecutive words: `cc`, cost centre. */
function initialLinks(a: readonly WeighedWord[], b: readonly WeighedWord[]): Link[] {
  return a.flatMap(({ word }, i) => {
    if (word.length < 2 || word.length > 5 || word.length > b.length) return [];
    const initials = b.map((each) => each.word[0]).join('');
    const at = initials.indexOf(word);
    if (at < 0) return [];
    const run = Array.from({ length: word.length }, (_, step) => at + step);
    return [{ a: [i], b: run, score: 0.85, how: 'initials' as const }];
  });
}

function turned({ a, b, score, how }: Link): Link {
  return { a: b, b: a, score, how };
}

/** Compares spellings; the same two names are compared once, however many tables they are in. */
export function spellingComparer(): CompareSpelling {
  const known = new Map<string, { whole: number; grams: number }>();
  return (a, b) => {
    const key = `${a.plain.join(' ')}|${b.plain.join(' ')}`;
    let found = known.get(key);
    if (found === undefined) {
      const grams = gramLikeness(a.joined, b.joined);
      // Where both names have words, these say more than the letters of `product_id` and `product_name` do.
      const one = a.plain.length === 1 || b.plain.length === 1;
      const whole = Math.max(
        one ? 0.85 * grams : 0,
        cutShort(a.joined, b.joined),
        inPieces(a.plain, b.plain),
      );
      found = { whole, grams };
      known.set(key, found);
    }
    return found;
  };
}

/** Names that are written together or cut short as a whole: `prspctid` and `prospect_id`. */
function cutShort(x: string, y: string): number {
  const [short, long] = x.length <= y.length ? [x, y] : [y, x];
  if (short.length < 3) return 0;
  const share = short.length / long.length;
  const consonants = skeleton(short);
  const same = consonants.length >= 3 && consonants === skeleton(long) ? 0.85 : 0;
  const within = short[0] === long[0] && share >= 0.4 && isWithin(short, long);
  return Math.max(same, within ? 0.4 + 0.45 * share : 0);
}

/** One name of one word that is made of pieces of the words of the other. */
function inPieces(x: readonly string[], y: readonly string[]): number {
  const one = x.length === 1 && y.length >= 2 ? piecewiseLikeness(x.join(''), y) : 0;
  const other = y.length === 1 && x.length >= 2 ? piecewiseLikeness(y.join(''), x) : 0;
  return 0.95 * Math.max(one, other);
}

function inWords(a: WeighedName, b: WeighedName, links: readonly Link[], whole: boolean): string {
  const said = links
    .filter(({ score }) => score >= 0.5)
    .map(({ a: left, b: right, how }) => {
      const [x, y] = [left.map((i) => a.words[i]?.word), right.map((i) => b.words[i]?.word)].map(
        (each) => each.join(' '),
      );
      if (how === 'same') return `both say “${x}”`;
      if (how === 'meaning') return `“${x}” is like “${y}”`;
      if (how === 'initials') return `“${x}” and “${y}” share their initials`;
      if (how === 'abbreviation')
        return (x ?? '').length < (y ?? '').length
          ? `“${x}” is short for “${y}”`
          : `“${y}” is short for “${x}”`;
      return `“${x}” is spelt like “${y}”`;
    });
  if (said.length === 0) {
    return whole ? 'the names are spelt alike' : 'the names have nothing in common';
  }
  return said.join(', ');
}
