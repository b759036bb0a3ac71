/** Words that any key column may have: they relate nothing. */
const GENERIC = new Set(
  (
    'id ids no num nr number code key ref reference unique identifier ' +
    'the of to in and for by name type value row data public legacy'
  ).split(' '),
);

/**
 * Do two names share a word that says something? `Reports to Senior Post` and `Post Unique Reference` do (post), `grade id`
 * and `person id` do not.
 */
export function shareWord(a: readonly string[], b: readonly string[]): boolean {
  const words = new Set(a.flatMap(wordsOf));
  return b.some((name) => wordsOf(name).some((word) => words.has(word)));
}

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .map((word) => (word.length > 3 ? word.replace(/s$/, '') : word))
    .filter((word) => word.length > 1 && !GENERIC.has(word));
}
