import { singular } from './name-words.ts';
import { piecewiseLikeness, wordLikeness } from './word-similarity.ts';

/** A value of a code list, with what it is called where that is known. */
export interface Code {
  readonly code: string;
  readonly label?: string | undefined;
  /** Rows that have it. They decide between equals only. */
  readonly rows?: number | undefined;
}

/** What a source code may be on the other side. */
export interface CodeCandidate {
  readonly code: string;
  /** 0 to 1. */
  readonly score: number;
  readonly words: string;
}

/** A source code with its candidates. */
export interface CodeSuggestion {
  readonly code: string;
  readonly rows: number;
  /** The best first. */
  readonly candidates: readonly CodeCandidate[];
  /** The target code; undefined is the honest answer that there is none. */
  readonly match: string | undefined;
}

/** At or above this a target code is a match ... */
const CODE_THRESHOLD = 0.6;
/** ... when no other target code is as near. */
const CODE_MARGIN = 0.02;
const WORTH_A_LOOK = 0.3;

/**
 * Finds for every source code the target code it means, by code and by label. Several source codes may mean the same target code;
 * values of a legacy list are not expected to be in any order.
 */
export function matchCodes(
  source: readonly Code[],
  target: readonly Code[],
  top = 3,
): CodeSuggestion[] {
  const texts = [...source, ...target].flatMap(({ code, label }) => [code, label ?? []].flat());
  const words = new Map(texts.map((text) => [text, wordsOf(text)]));
  const tools: Tools = {
    words: (text) => words.get(text) ?? wordsOf(text),
    weight: rarityOf([...words.values()]),
    likeness: rememberedLikeness(),
  };
  return source.map((from) => {
    const scored = target
      .map((to): CodeCandidate => ({ code: to.code, ...compareCodes(from, to, target, tools) }))
      .toSorted((a, b) => b.score - a.score);
    const [best, next] = scored;
    const clear =
      best !== undefined &&
      best.score >= CODE_THRESHOLD &&
      best.score - (next?.score ?? 0) >= CODE_MARGIN;
    return {
      code: from.code,
      rows: from.rows ?? 0,
      candidates: scored.filter(({ score }) => score >= WORTH_A_LOOK).slice(0, top),
      match: clear ? best.code : undefined,
    };
  });
}

/** What comparing needs again and again. */
interface Tools {
  readonly words: (text: string) => readonly string[];
  readonly weight: (word: string) => number;
  readonly likeness: (a: string, b: string) => number;
}

function rememberedLikeness(): Tools['likeness'] {
  const known = new Map<string, number>();
  return (a, b) => {
    const key = `${a} ${b}`;
    const score = known.get(key) ?? wordLikeness(a, b, true).score;
    known.set(key, score);
    return score;
  };
}

/** Words of a code or label: letters and numbers apart, every letter kept. `PS-SO` is `ps so`, `FastStreamer` is `fast streamer`. */
function wordsOf(text: string): string[] {
  return text
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Za-z])(\d)/g, '$1 $2')
    .replaceAll(/(\d)([A-Za-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && word !== 'and' && word !== 'of')
    .map(singular);
}

function rarityOf(texts: readonly (readonly string[])[]): Tools['weight'] {
  const having = new Map<string, number>();
  for (const words of texts)
    for (const word of new Set(words)) having.set(word, (having.get(word) ?? 0) + 1);
  return (word) => Math.log(1 + texts.length / (having.get(word) ?? 1));
}

function compareCodes(
  from: Code,
  to: Code,
  target: readonly Code[],
  tools: Tools,
): { score: number; words: string } {
  const ways: { score: number; words: string }[] = [];
  for (const left of [from.code, from.label ?? '']) {
    if (left === '') continue;
    ways.push(named(compareTexts(left, to.code, tools), `like the code ${to.code}`));
    if (to.label !== undefined) {
      ways.push(named(0.97 * compareTexts(left, to.label, tools), `like “${to.label}”`));
    }
  }
  const initial = initialScore(from.code, to, target);
  if (initial > 0) ways.push(named(initial, `the only one that begins with ${from.code}`));
  return ways.reduce((a, b) => (b.score > a.score ? b : a), {
    score: 0,
    words: 'nothing in common',
  });
}

function named(score: number, words: string): { score: number; words: string } {
  return {
    score: Math.round(score * 1000) / 1000,
    words: score >= 0.995 ? words.replace('like', 'the same as') : words,
  };
}

/** One letter stands for the one code that begins with it. */
function initialScore(code: string, to: Code, target: readonly Code[]): number {
  const letter = code.trim().toLowerCase();
  if (!/^[a-z]$/.test(letter)) return 0;
  const begins = ({ code: other, label }: Code): boolean =>
    [other, label ?? ''].some((text) => text.toLowerCase().startsWith(letter));
  if (target.some(({ code: other }) => other.toLowerCase() === letter)) return 0;
  return begins(to) && target.filter(begins).length === 1 ? 0.65 : 0;
}

function compareTexts(a: string, b: string, tools: Tools): number {
  const [x, y] = [tools.words(a), tools.words(b)];
  if (x.join('') === y.join('')) return 1;
  // Zeros in front of numbers mean nothing.
  const bare = (words: readonly string[]): string => words.join(' ').replaceAll(/\b0+(?=\d)/g, '');
  if (bare(x) === bare(y)) return 0.98;
  if (contradict(x, y)) return 0.25 * covered(x, y, tools);
  const short =
    x.length === 1 && y.length > 1
      ? initials(x[0] ?? '', y)
      : y.length === 1 && x.length > 1
        ? initials(y[0] ?? '', x)
        : 0;
  return Math.max(
    short,
    0.5 * covered(x, y, tools) + 0.5 * covered(y, x, tools),
    0.9 * covered(y, x, tools) * share(x, y),
  );
}

/** Numbers and single letters tell the codes of a list apart: `Band A` is not `Band B`. */
function contradict(x: readonly string[], y: readonly string[]): boolean {
  const marks = (words: readonly string[]): string[] =>
    words.filter((word) => /^(\d+|\p{L})$/u.test(word));
  const [a, b] = [marks(x), marks(y)];
  if (a.length === 0 || b.length === 0) return false;
  return !a.some((mark) => b.includes(mark));
}

function share(x: readonly string[], y: readonly string[]): number {
  return 0.7 + 0.3 * Math.min(1, y.length / Math.max(1, x.length));
}

/** How much of the words of one text the other has, by their weight. */
function covered(x: readonly string[], y: readonly string[], { weight, likeness }: Tools): number {
  const total = x.reduce((sum, word) => sum + weight(word), 0);
  const found = x.reduce(
    (sum, word) => sum + weight(word) * Math.max(0, ...y.map((other) => likeness(word, other))),
    0,
  );
  return total === 0 ? 0 : found / total;
}

/** `fs` for fast stream, `opd` for operational delivery. */
function initials(code: string, words: readonly string[]): number {
  if (code === words.map((word) => word[0]).join('')) return 0.85;
  return code.length >= 3 ? 0.8 * piecewiseLikeness(code, words) : 0;
}
