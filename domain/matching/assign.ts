/**
 * The one-to-one assignment with the greatest sum of scores (Hungarian method, cubic in the smaller side). Pairs without a
 * positive score are left out.
 * @param scores by row and column; rows may be more or fewer than columns
 * @returns per row its column, or undefined
 */
export function assign(scores: readonly (readonly number[])[]): (number | undefined)[] {
  const rows = scores.length;
  const columns = Math.max(0, ...scores.map((row) => row.length));
  if (rows === 0 || columns === 0) return scores.map(() => undefined);
  if (rows > columns) {
    const turned = Array.from({ length: columns }, (_, j) => scores.map((row) => row[j] ?? 0));
    const found = scores.map((): number | undefined => undefined);
    for (const [column, row] of assign(turned).entries())
      if (row !== undefined) found[row] = column;
    return found;
  }
  return hungarian(scores, rows, columns).map((column, row) =>
    column !== undefined && (scores[row]?.[column] ?? 0) > 0 ? column : undefined,
  );
}

/** Shortest augmenting paths with potentials; costs are negated scores. Indexes from 1, as 0 is the root of each path. */
function hungarian(
  scores: readonly (readonly number[])[],
  rows: number,
  columns: number,
): (number | undefined)[] {
  const u = new Float64Array(rows + 1);
  const v = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  const before = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row += 1) {
    const least = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY);
    const used = new Uint8Array(columns + 1);
    rowOf[0] = row;
    let column = 0;
    do {
      used[column] = 1;
      const current = rowOf[column] ?? 0;
      let delta = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let j = 1; j <= columns; j += 1) {
        if (used[j] === 1) continue;
        const cost = -(scores[current - 1]?.[j - 1] ?? 0) - (u[current] ?? 0) - (v[j] ?? 0);
        if (cost < (least[j] ?? 0)) {
          least[j] = cost;
          before[j] = column;
        }
        if ((least[j] ?? 0) < delta) {
          delta = least[j] ?? 0;
          next = j;
        }
      }
      for (let j = 0; j <= columns; j += 1) {
        if (used[j] === 1) {
          const owner = rowOf[j] ?? 0;
          u[owner] = (u[owner] ?? 0) + delta;
          v[j] = (v[j] ?? 0) - delta;
        } else least[j] = (least[j] ?? 0) - delta;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const previous = before[column] ?? 0;
      rowOf[column] = rowOf[previous] ?? 0;
      column = previous;
    }
  }
  const found: (number | undefined)[] = Array.from({ length: rows }, () => undefined);
  for (let j = 1; j <= columns; j += 1) {
    const row = rowOf[j] ?? 0;
    if (row > 0) found[row - 1] = j - 1;
  }
  return found;
}
