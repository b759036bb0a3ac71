/** The shape of a text: letters as A, digits as 9, the rest as it is. */
export function shapeOf(text: string): string {
  return text.replaceAll(/\p{L}/gu, 'A').replaceAll(/\d/g, '9');
}

/** A regular expression (PostgreSQL and, but for its classes, JavaScript) for texts of a shape. */
export function shapePattern(shape: string): string {
  const runs = shape.match(/A+|9+|[^A9]+/g) ?? [];
  const parts = runs.map((run) => {
    if (run.startsWith('A')) return `[[:alpha:]]{${run.length}}`;
    if (run.startsWith('9')) return `[0-9]{${run.length}}`;
    return run.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&');
  });
  return `^${parts.join('')}$`;
}
