/**
 * Names of members, the most telling first. Documents come out of the store with the shortest name first, which says
 * nothing.
 */
const FIRST: readonly string[] = [
  'table',
  'dataset',
  'period',
  'id',
  'name',
  'column',
  'code',
  'severity',
  'title',
  'message',
  'count',
  'from',
  'to',
  'read',
  'loaded',
  'quarantined',
  'excluded',
  'reconciled',
  'source',
  'target',
  'rows',
  'tables',
  'columns',
  'blockers',
  'major',
  'minor',
  'criteria',
  'met',
  'waived',
  'population',
  'compared',
  'coverage',
];

/** The names in the order in which they are shown; those that are not known stay behind in their own order. */
export function inOrder(names: readonly string[]): string[] {
  const place = (name: string): number => {
    const index = FIRST.indexOf(name);
    return index < 0 ? FIRST.length : index;
  };
  return names.toSorted((a, b) => place(a) - place(b));
}
