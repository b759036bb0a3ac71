/** Something that would make a load fail, or make it wrong. */
export interface PreflightProblem {
  readonly check:
    | 'mapping'
    | 'drift'
    | 'privilege'
    | 'foreign-rows'
    | 'reference-data'
    | 'tenant'
    | 'constraint'
    | 'trigger'
    | 'identity'
    | 'encoding'
    | 'read-only'
    | 'connections'
    | 'space'
    | 'limits';
  /** A dataset, a table or a database. */
  readonly subject: string;
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
}
