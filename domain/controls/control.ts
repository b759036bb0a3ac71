import type { ErrorCode } from '../errors.ts';

/** One control: what went wrong somewhere, as a rule the engine enforces. The deciding functions are beside it. */
export interface Control {
  readonly id: `C${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16}`;
  readonly title: string;
  /** What happened where, in words, with its source. */
  readonly wentWrong: string;
  readonly rule: string;
  /** What is refused, one sentence each. */
  readonly refuses: readonly string[];
  /** Codes of the error catalogue its refusals carry. */
  readonly codes: readonly ErrorCode[];
  /** Steps, gates and commands that ask it. */
  readonly usedBy: readonly string[];
  /** What it is decided on. */
  readonly evidence: readonly string[];
}
