import { type WordMaker, plainWords, wordMaker } from './name-words.ts';
import type { MatchSchema } from './schema.ts';
import {
  compareNames,
  type NameLikeness,
  spellingComparer,
  type WeighedName,
} from './compare-names.ts';
import { type WordLikeness, wordLikeness } from './word-similarity.ts';

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
  const contextsOf = (schema: MatchSchema): ReadonlyMap<string, Context> =>
    new Map(
      schema.map((table) => [
        table.name,
        new Set([...words.wordsOf(bare(table.name)), ...housePrefixes(table, words)]),
      ]),
    );
  const [ofSource, ofTarget] = [contextsOf(source), contextsOf(target)];
  const likeness = cachedLikeness(general);
  const spelling = spellingComparer();
  const weigh = cachedNames((name, own: Context, other: Context): WeighedName => {
    const plain = plainWords(name);
    return {
      plain,
      joined: plain.join(''),
      words: words.wordsOf(name).map((word) => {
        const weight = rarity(word);
        const said = own.has(word) || [...other].some((each) => likeness(word, each).score >= 0.8);
        return { word, weight, alone: said ? weight * CONTEXT_WEIGHT : weight };
      }),
    };
  });
  const compare = (a: WeighedName, b: WeighedName): NameLikeness =>
    compareNames(a, b, likeness, spelling);
  return {
    columns(a, b) {
      const [own, other] = [
        ofSource.get(a.table) ?? NO_CONTEXT,
        ofTarget.get(b.table) ?? NO_CONTEXT,
      ];
      const [left, right] = [weigh(a.column, own, other), weigh(b.column, other, own)];
      const ways = [compare(left, right)];
      // `name` in a table of units is the unit's name. Longer names speak for themselves.
      const inFull = ({ table, column }: NamedColumn) => `${bare(table)} ${column}`;
      if (left.words.length === 1) {
        ways.push(discounted(compare(weigh(inFull(a), NO_CONTEXT, other), right)));
      }
      if (right.words.length === 1) {
        ways.push(discounted(compare(left, weigh(inFull(b), NO_CONTEXT, own))));
      }
      return ways.reduce((x, y) => (y.score > x.score ? y : x));
    },
    texts(a, b) {
      // The schema of a table belongs to how it is spelt, but is no word of its name.
      const ready = (text: string): WeighedName => {
        const plain = plainWords(text);
        return { ...weigh(bare(text), NO_CONTEXT, NO_CONTEXT), plain, joined: plain.join('') };
      };
      return compare(ready(a), ready(b));
    },
  };
}

/** The words that a table's name and the prefixes of its columns say already. */
type Context = ReadonlySet<string>;
const NO_CONTEXT: Context = new Set();

type Weigh = (name: string, own: Context, other: Context) => WeighedName;

/** Each name is weighed once between two tables. */
function cachedNames(weigh: Weigh): Weigh {
  const known = new Map<Context, Map<Context, Map<string, WeighedName>>>();
  const inside = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
    const found = map.get(key) ?? make();
    map.set(key, found);
    return found;
  };
  return (name, own, other) => {
    const between = inside(
      inside(known, own, () => new Map<Context, Map<string, WeighedName>>()),
      other,
      () => new Map<string, WeighedName>(),
    );
    return inside(between, name, () => weigh(name, own, other));
  };
}

function discounted({ score, words }: NameLikeness): NameLikeness {
  return { score: score * IN_FULL, words };
}

/** A table's name without its schema and without the word table. */
function bare(table: string): string {
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

function cachedLikeness(general: boolean): (a: string, b: string) => WordLikeness {
  const cache = new Map<string, WordLikeness>();
  return (a, b) => {
    const key = `${a} ${b}`;
    const known = cache.get(key) ?? wordLikeness(a, b, general);
    cache.set(key, known);
    return known;
  };
}
