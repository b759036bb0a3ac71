import { distance } from 'fastest-levenshtein';

/** Share of a word that may be mistyped for another to be meant. */
const MISTYPED = 0.4;

/** The known word that was probably meant, if any is near enough. */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  const written = word.toLowerCase();
  const near = known
    .map((candidate) => ({ candidate, away: distance(written, candidate.toLowerCase()) }))
    .filter(({ away }) => away <= Math.max(1, Math.floor(word.length * MISTYPED)))
    .toSorted((a, b) => a.away - b.away)[0];
  return near?.candidate;
}
