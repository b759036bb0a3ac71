import { plainWords } from '../../domain/matching/name-words.ts';
import type { Random } from './random.ts';

/** Makes another name of a column's name. */
export type NameNoise = (name: string, table: string, random: Random) => string;
/** Makes other values of a column's values, in order. */
export type ValueNoise = (values: readonly (string | null)[], random: Random) => (string | null)[];

const joined = (words: readonly string[]): string => words.join('_');

/** The kinds that the matcher was tuned with: those of the literature (prefix, abbreviation, dropped vowels). */
export const NAME_NOISES: Readonly<Record<string, NameNoise>> = {
  prefixed: (name, table) => joined([...plainWords(table), ...plainWords(name)]),
  abbreviated: (name) => joined(plainWords(name).map((word) => word.slice(0, 4))),
  'without-vowels': (name) => joined(plainWords(name).map(withoutVowels)),
  mainframe: (name, table) =>
    `${plainWords(table)
      .map((word) => word[0])
      .join('')}${plainWords(name)
      .map((word) => withoutVowels(word).slice(0, 4))
      .join('')}`
      .toUpperCase()
      .slice(0, 12),
  mixed: (name, table, random) => {
    const kinds = ['prefixed', 'abbreviated', 'without-vowels'] as const;
    const kind = kinds[random.below(kinds.length)] ?? 'prefixed';
    return NAME_NOISES[kind]?.(name, table, random) ?? name;
  },
};

/** Kinds that nothing was tuned with: they tell whether what was learned carries. */
export const HELD_OUT_NAME_NOISES: Readonly<Record<string, NameNoise>> = {
  turned: (name) =>
    plainWords(name)
      .toReversed()
      .map((word) => word[0]?.toUpperCase() + word.slice(1))
      .join(''),
  misspelt: (name, _table, random) =>
    joined(plainWords(name).map((word) => misspelt(word, random))),
  typed: (name, _table, random) =>
    `${['str', 'fld', 'c', 'x'][random.below(4)]}${plainWords(name)
      .map((word) => word[0]?.toUpperCase() + word.slice(1))
      .join('')}`,
  initialled: (name) => {
    const words = plainWords(name);
    return joined([...words.slice(0, -1).map((word) => word.slice(0, 1)), ...words.slice(-1)]);
  },
  opaque: (_name, _table, random) => `field_${random.below(1000)}`,
};

export const VALUE_NOISES: Readonly<Record<string, ValueNoise>> = {
  typos: (values, random) =>
    values.map((value) =>
      value === null || random.next() > 0.5 ? value : perturbed(value, random),
    ),
};

export const HELD_OUT_VALUE_NOISES: Readonly<Record<string, ValueNoise>> = {
  // Numbers move by a tenth of their spread, texts are in capitals and cut, dates are written another way.
  reshaped: (values, random) =>
    values.map((value) => (value === null ? null : reshaped(value, random))),
};

function withoutVowels(word: string): string {
  return word.slice(0, 1) + word.slice(1).replaceAll(/[aeiou]/g, '');
}

function misspelt(word: string, random: Random): string {
  if (word.length < 4) return word;
  const at = 1 + random.below(word.length - 2);
  const kinds = [
    word.slice(0, at) + word.slice(at + 1),
    word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2),
    word.slice(0, at) + (word[at] ?? '') + word.slice(at),
  ];
  return kinds[random.below(kinds.length)] ?? word;
}

/** A number a little off, or a text with a slip of the keyboard. */
function perturbed(value: string, random: Random): string {
  if (/^-?\d+(\.\d+)?$/.test(value) && !/^0\d/.test(value)) {
    const number = Number(value);
    const moved = number * (1 + (random.next() - 0.5) / 5);
    return value.includes('.') ? moved.toFixed(2) : String(Math.round(moved));
  }
  return misspelt(value, random);
}

function reshaped(value: string, random: Random): string {
  const date = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value);
  if (date !== null) return `${date[3]}/${date[2]}/${date[1]}`;
  if (/^-?\d+(\.\d+)?$/.test(value)) return perturbed(value, random);
  return value.toUpperCase().slice(0, 20);
}
