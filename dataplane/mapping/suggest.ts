import { distance } from 'fastest-levenshtein';

/** `; did you mean "x"?` for the known name closest to a misspelt one, or nothing when none is close. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const wanted = name.toLowerCase();
  const limit = Math.max(2, Math.floor(name.length / 3));
  let best: { name: string; distance: number } | undefined;
  for (const candidate of known) {
    const far = distance(wanted, candidate.toLowerCase());
    if (far <= limit && (best === undefined || far < best.distance)) {
      best = { name: candidate, distance: far };
    }
  }
  return best === undefined ? '' : `; did you mean "${best.name}"?`;
}
