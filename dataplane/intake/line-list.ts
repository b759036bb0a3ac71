import { type Finding, type FindingCode, finding, MAX_EXAMPLES } from '../../domain/findings.ts';

/** The first lines of a kind, and how many there are. */
export class LineList {
  readonly first: number[] = [];
  count = 0;

  add(line: number): void {
    this.count += 1;
    if (this.first.length < MAX_EXAMPLES) this.first.push(line);
  }

  /** The finding that these lines make, if there are any. */
  finding(code: FindingCode, place: { table: string; name: string }, message: string): Finding[] {
    if (this.count === 0) return [];
    const examples = this.first.map((line) => `${place.name}:${line}`);
    return [finding(code, { table: place.table, count: this.count, examples, message })];
  }
}
