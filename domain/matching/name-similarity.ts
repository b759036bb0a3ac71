import { type WordMaker, plainWords, wordMaker } from './name-words.ts';
import type { MatchSchema } from './schema.ts';
import {
  type WordLikeness,
  gramLikeness,
  isWithin,
  piecewiseLikeness,
  skeleton,
  wordLikeness,
} from './word-similarity.ts';

/** How alike two names are, 0 to 1, and in what words. */
export interface NameLikeness {
  readonly score: number;
  readonly words: string;
}

/** Compares names of two schemas. */
export interface NameComparer {
  /** Columns, in the light of the tables they are in. */
  columns(source: NamedColumn, target: NamedColumn): NameLikeness;
  /** Tables by themselves, or any two texts. */
  texts(source: string, target: string): NameLikeness;
}

interface NamedColumn {
  readonly table: string;
  readonly column: string;
}

/** Names with the name of their table before them say more than was written: they count a little less. */
const IN_FULL = 0.85;
/** A word that only repeats what the table says counts this much. */
const CONTEXT_WEIGHT = 0.3;
/** In so many of a table's columns a word is a prefix of the house, not a word of the column. */
const PREFIX_SHARE = 0.6;

interface Weighted {
  readonly word: string;
  readonly weight: number;
  /** The weight where the other name has no such word. */
  readonly alone: number;
}

/**
 * A comparer for the names of two schemas, with general knowledge or without. What it adds must not hide what is written: `srnm` is
 * short for surname, not for family name. So both ways are tried.
 * @param general use general knowledge: abbreviations, phrases, words of the same meaning
 */
export function nameComparer(
  source: MatchSchema,
  target: MatchSchema,
  general: boolean,
): NameComparer {
  const plain = wordComparer(source, target, false);
  if (!general) return plain;
  const knowing = wordComparer(source, target, true);
  const better = (a: NameLikeness, b: NameLikeness): NameLikeness => (b.score > a.score ? b : a);
  return {
    columns: (a, b) => better(knowing.columns(a, b), plain.columns(a, b)),
    texts: (a, b) => better(knowing.texts(a, b), plain.texts(a, b)),
  };
}

/**
 * A comparer for the names of two schemas. Words count by how rare they are in these schemas, so that `date` relates less than
 * `invoice` does; what a table's name says already counts little in the names of its columns.
 */
function wordComparer(source: MatchSchema, target: MatchSchema, general: boolean): NameComparer {
  const tables = [...source, ...target];
  const words = wordMaker(
    tables.flatMap(({ name, columns }) => [bare(name), ...columns.map((each) => each.name)]),
    general,
  );
  const rarity = rarityOf([source, target], words);
  const contextsOf = (schema: MatchSchema): ReadonlyMap<string, ReadonlySet<string>> =>
    new Map(
      schema.map((table) => [
        table.name,
        new Set([...words.wordsOf(bare(table.name)), ...housePrefixes(table, words)]),
      ]),
    );
  const [ofSource, ofTarget] = [contextsOf(source), contextsOf(target)];
  const likeness = cachedLikeness(general);
  const weigh = (name: string, own: ReadonlySet<string>, other: ReadonlySet<string>): Weighted[] =>
    words.wordsOf(name).map((word) => {
      const weight = rarity(word);
      const said = own.has(word) || [...other].some((each) => likeness(word, each).score >= 0.8);
      return { word, weight, alone: said ? weight * CONTEXT_WEIGHT : weight };
    });
  const nothing: ReadonlySet<string> = new Set();
  return {
    columns(a, b) {
      const [own, other] = [ofSource.get(a.table) ?? nothing, ofTarget.get(b.table) ?? nothing];
      const [left, right] = [
        { name: a.column, words: weigh(a.column, own, other) },
        { name: b.column, words: weigh(b.column, other, own) },
      ];
      const ways = [compare(left, right, likeness)];
      // `name` in a table of units is the unit's name. Longer names speak for themselves.
      const inFull = ({ table, column }: NamedColumn) => `${bare(table)} ${column}`;
      if (left.words.length === 1) {
        const full = { name: inFull(a), words: weigh(inFull(a), nothing, other) };
        ways.push(discounted(compare(full, right, likeness)));
      }
      if (right.words.length === 1) {
        const full = { name: inFull(b), words: weigh(inFull(b), nothing, own) };
        ways.push(discounted(compare(left, full, likeness)));
      }
      return ways.reduce((x, y) => (y.score > x.score ? y : x));
    },
    texts(a, b) {
      return compare(
        { name: a, words: weigh(bare(a), nothing, nothing) },
        { name: b, words: weigh(bare(b), nothing, nothing) },
        likeness,
      );
    },
  };
}

function discounted({ score, words }: NameLikeness): NameLikeness {
  return { score: score * IN_FULL, words };
}

/** A table's name without its schema and without the word table. */
export function bare(table: string): string {
  const name = table.slice(table.lastIndexOf('.') + 1);
  return name.replace(/^(tbl|table|t|vw|view)[_ -]+/i, '').replace(/[_ -]+(tbl|table)$/i, '');
}

/** Words that most columns of a table begin with. */
function housePrefixes(table: MatchSchema[number], words: WordMaker): string[] {
  const firsts = table.columns.map(({ name }) => words.wordsOf(name)[0] ?? '');
  const least = Math.max(3, table.columns.length * PREFIX_SHARE);
  return [...new Set(firsts)].filter(
    (word) => word !== '' && firsts.filter((each) => each === word).length >= least,
  );
}

/** Weight of a word by the number of names that have it; the same name in many tables is one. */
function rarityOf(schemas: readonly MatchSchema[], words: WordMaker): (word: string) => number {
  const names = schemas.flatMap((schema) => [
    ...new Set(schema.flatMap(({ columns }) => columns.map(({ name }) => name))),
  ]);
  const having = new Map<string, number>();
  for (const name of names)
    for (const word of new Set(words.wordsOf(name))) having.set(word, (having.get(word) ?? 0) + 1);
  const common = Math.log(1 + names.length);
  return (word) => {
    const weight = Math.log(1 + names.length / (having.get(word) ?? 1)) / Math.max(1, common);
    return /^\d+$/.test(word) ? Math.max(0.3, weight / 2) : Math.max(0.15, weight);
  };
}

type Likeness = (a: string, b: string) => WordLikeness;

function cachedLikeness(general: boolean): Likeness {
  const cache = new Map<string, WordLikeness>();
  return (a, b) => {
    const key = `${a} ${b}`;
    const known = cache.get(key) ?? wordLikeness(a, b, general);
    cache.set(key, known);
    return known;
  };
}

interface WeightedName {
  readonly name: string;
  readonly words: readonly Weighted[];
}

function compare(a: WeightedName, b: WeightedName, likeness: Likeness): NameLikeness {
  const links = linksOf(a.words, b.words, likeness);
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
  const whole = Math.max(wholeLikeness(a.name, b.name), inPieces(a.name, b.name));
  const [joinedA, joinedB] = [plainWords(a.name).join(''), plainWords(b.name).join('')];
  if (joinedA === joinedB && joinedA !== '') return { score: 1, words: 'the same name' };
  // The spelling decides between names that have the same words.
  const score = Math.min(
    0.99,
    Math.max(soft * 0.95, whole) + 0.04 * gramLikeness(joinedA, joinedB),
  );
  return { score, words: inWords(a, b, links, whole > soft) };
}

function weightOf(words: readonly Weighted[], indexes: readonly number[]): number {
  return indexes.reduce((sum, index) => sum + (words[index]?.weight ?? 0), 0);
}

function aloneOf(words: readonly Weighted[], used: ReadonlySet<number>): number {
  return words.reduce((sum, { alone }, index) => (used.has(index) ? sum : sum + alone), 0);
}

/** Words that belong together: indexes on either side. Several on one side where the other has their initials. */
interface Link {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly score: number;
  readonly how: WordLikeness['how'] | 'initials';
}

function linksOf(a: readonly Weighted[], b: readonly Weighted[], likeness: Likeness): Link[] {
  const possible: Link[] = [...initialLinks(a, b), ...initialLinks(b, a).map(turned)];
  for (const [i, left] of a.entries())
    for (const [j, right] of b.entries()) {
      const { score, how } = likeness(left.word, right.word);
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
function initialLinks(a: readonly Weighted[], b: readonly Weighted[]): Link[] {
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

/** Names that are written together or cut short as a whole: `prspctid` and `prospect_id`. */
function wholeLikeness(a: string, b: string): number {
  const [x, y] = [plainWords(a).join(''), plainWords(b).join('')];
  const [short, long] = x.length <= y.length ? [x, y] : [y, x];
  if (short.length < 3) return 0;
  const share = short.length / long.length;
  const consonants = skeleton(short);
  let best = 0.85 * gramLikeness(x, y);
  if (consonants.length >= 3 && consonants === skeleton(long)) best = Math.max(best, 0.85);
  if (short[0] === long[0] && isWithin(short, long) && share >= 0.4) {
    best = Math.max(best, 0.4 + 0.45 * share);
  }
  return best;
}

/** One name of one word that is made of pieces of the words of the other. */
function inPieces(a: string, b: string): number {
  const [x, y] = [plainWords(a), plainWords(b)];
  const one = x.length <= 2 && y.length >= 2 ? piecewiseLikeness(x.join(''), y) : 0;
  const other = y.length <= 2 && x.length >= 2 ? piecewiseLikeness(y.join(''), x) : 0;
  return 0.95 * Math.max(one, other);
}

function inWords(a: WeightedName, b: WeightedName, links: readonly Link[], whole: boolean): string {
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
