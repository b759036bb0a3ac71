/** How bad a finding is: a blocker keeps discovery's gate shut, a major one costs rows, a minor one costs trust. */
export type Severity = 'blocker' | 'major' | 'minor';

/** Every kind of finding: how bad it is and what it says. Sorted. */
export const FINDINGS = {
  'column/empty': { severity: 'minor', title: 'A column has no values' },
  'column/implausible-date': { severity: 'major', title: 'Dates are out of any plausible range' },
  'column/misfit': { severity: 'major', title: 'Values do not fit the type of their column' },
  'column/misfit-code': {
    severity: 'minor',
    title: 'Some codes look unlike the others of their column',
  },
  'column/outlier': { severity: 'minor', title: 'Numbers are far from the others of their column' },
  'column/rare-form': {
    severity: 'minor',
    title: 'A few values are written unlike the others of their column',
  },
  'column/spelling': { severity: 'minor', title: 'The same value is spelt in several ways' },
  'dependency/broken': { severity: 'minor', title: 'A code stands for several values' },
  'file/before-header': { severity: 'minor', title: 'A sheet has rows above its header' },
  'file/blank-line': { severity: 'minor', title: 'A file has blank lines' },
  'file/doubtful-encoding': {
    severity: 'major',
    title: 'A file does not look like the declared encoding',
  },
  'file/empty-header': { severity: 'minor', title: 'A column has no header' },
  'file/error-cell': { severity: 'major', title: 'Cells of a sheet hold errors' },
  'file/formula-without-value': {
    severity: 'major',
    title: 'Formulas of a sheet were never computed',
  },
  'file/header-again': { severity: 'minor', title: 'A file repeats its header' },
  'file/hidden-rows': { severity: 'minor', title: 'A sheet has hidden rows' },
  'file/hidden-sheet': { severity: 'minor', title: 'A workbook has hidden sheets' },
  'file/long-header': { severity: 'minor', title: 'A header is longer than a column name can be' },
  'file/long-line': { severity: 'major', title: 'Lines are too long for a record' },
  'file/merged-cells': { severity: 'major', title: 'A sheet has merged cells' },
  'file/mixed-line-ends': { severity: 'minor', title: 'The lines of a file end in several ways' },
  'file/no-rows': { severity: 'major', title: 'A file has no rows' },
  'file/ragged-line': {
    severity: 'major',
    title: 'Lines have more or fewer fields than the header',
  },
  'file/repeated-header': { severity: 'major', title: 'Two columns have the same header' },
  'file/stray-quote': {
    severity: 'minor',
    title: 'Quotes inside of quoted values are not doubled',
  },
  'file/unclosed-quote': { severity: 'major', title: 'A quote is opened and not closed' },
  'file/unread-sheet': { severity: 'minor', title: 'A workbook has sheets that are not read' },
  'file/wrong-bytes': { severity: 'major', title: 'Bytes are not of the declared encoding' },
  'file/zero-byte': { severity: 'major', title: 'Values have zero bytes' },
  'key/incomplete': { severity: 'major', title: 'The key has no value' },
  'key/none': { severity: 'minor', title: 'No column identifies a row' },
  'key/repeated': { severity: 'major', title: 'The key is not unique' },
  'key/unusable': {
    severity: 'blocker',
    title: 'The declared key does not identify the rows of a database table',
  },
  'personal/invalid': { severity: 'minor', title: 'Personal data is not well-formed' },
  'personal/stray': {
    severity: 'minor',
    title: 'Personal data stands in a column that is for something else',
  },
  'reference/self': { severity: 'major', title: 'Rows refer to themselves' },
  'reference/unknown': { severity: 'major', title: 'Rows refer to a row that is not there' },
  'results/repeated': {
    severity: 'minor',
    title: 'Pay results have several lines for one person and element',
  },
  'table/changing': {
    severity: 'minor',
    title: 'A table cannot be read as of one moment',
  },
  'table/empty': { severity: 'major', title: 'A table has no rows' },
} as const satisfies Record<string, { severity: Severity; title: string }>;

/** A kind of finding. */
export type FindingCode = keyof typeof FINDINGS;

/** Keys a finding lists at most; `count` is always the whole number. */
export const MAX_EXAMPLES = 1000;

/** Something wrong or doubtful in the source. JSON-safe; examples are keys of rows, never values of personal columns. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** `schema.table`. */
  readonly table: string;
  readonly column?: string;
  /** How many rows (lines, columns) it concerns. */
  readonly count: number;
  /** Keys of the rows: `file.csv:12`, or the table's key. At most 1,000. */
  readonly examples: readonly string[];
  /** One sentence with the figures. */
  readonly message: string;
}

/** Makes a finding with the severity of its kind. */
export function finding(code: FindingCode, facts: Omit<Finding, 'code' | 'severity'>): Finding {
  return {
    code,
    severity: FINDINGS[code].severity,
    ...facts,
    examples: facts.examples.slice(0, MAX_EXAMPLES),
  };
}

const RANK: Record<Severity, number> = { blocker: 0, major: 1, minor: 2 };

/** The worst first; then by table, column and code, so that two runs list them alike. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const place = (each: Finding): string => `${each.table}\0${each.column ?? ''}\0${each.code}`;
  return findings.toSorted(
    (a, b) =>
      RANK[a.severity] - RANK[b.severity] ||
      (place(a) < place(b) ? -1 : Number(place(a) > place(b))),
  );
}

/** How many findings there are of each severity. */
export function countBySeverity(
  findings: readonly { readonly severity: Severity }[],
): Record<Severity, number> {
  const counts: Record<Severity, number> = { blocker: 0, major: 0, minor: 0 };
  for (const each of findings) counts[each.severity] += 1;
  return counts;
}
