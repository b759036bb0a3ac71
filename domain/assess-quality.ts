import { type Finding, type FindingCode, finding, inOrder } from './findings.ts';
import type {
  ColumnProfile,
  Dependency,
  KeyCheck,
  Outliers,
  Reference,
  TableProfile,
} from './profile.ts';

/** Everything that discovery measured of a department's sources. */
export interface Discovered {
  readonly profiles: readonly TableProfile[];
  readonly keys: readonly KeyCheck[];
  readonly references: readonly Reference[];
  readonly dependencies: readonly Dependency[];
  /** What intake found in files. */
  readonly intake: readonly Finding[];
  /** `schema.table` of the staged file entries: their rows have file and line for a key, whatever the manifest declares. */
  readonly staged: readonly string[];
}

/** Findings from everything discovery measured, the worst first. Pure: the same measurements give the same findings. */
export function assessQuality(discovered: Discovered): Finding[] {
  const { profiles, keys, references, dependencies, intake, staged } = discovered;
  return inOrder([
    ...intake,
    ...profiles.flatMap((profile) => [
      ...tableFindings(profile, keys),
      ...profile.columns.flatMap((column) => columnFindings(profile, column)),
      ...profile.columns.flatMap((column) => outlierFindings(profile, column)),
      ...profile.columns.flatMap((column) => personalFindings(profile, column)),
    ]),
    ...keys.flatMap((check) => keyFindings(check, staged.includes(check.table))),
    ...references.flatMap(referenceFindings),
    ...dependencies.flatMap(dependencyFindings),
  ]);
}

function tableFindings({ table, rows }: TableProfile, keys: readonly KeyCheck[]): Finding[] {
  if (rows === 0) {
    return [
      finding('table/empty', { table, count: 1, examples: [], message: `${table} has no rows.` }),
    ];
  }
  if (keys.some((check) => check.table === table)) return [];
  const message = `No column of ${table} identifies its rows, and the manifest declares no key.`;
  return [finding('key/none', { table, count: 1, examples: [], message })];
}

function columnFindings({ table, rows }: TableProfile, column: ColumnProfile): Finding[] {
  const { name, misfits, spellings, inferred } = column;
  const found: Finding[] = [];
  if (rows > 0 && inferred.type === 'empty') {
    const message = `${name} has no value in any of ${rows} rows.`;
    found.push(
      finding('column/empty', { table, column: name, count: rows, examples: [], message }),
    );
  }
  if (misfits !== undefined && misfits.rows > 0) {
    // A number among codes may well be followed by a code with letters; an amount or a date may not.
    const code = inferred.type === 'integer' ? 'column/misfit-code' : 'column/misfit';
    const values = misfits.values
      ?.map(({ value }) => JSON.stringify(value))
      .slice(0, 3)
      .join(', ');
    const kind =
      inferred.format === undefined ? inferred.type : `${inferred.type} ${inferred.format}`;
    const shown = values === undefined ? '' : `: ${values}`;
    found.push(
      finding(code, {
        table,
        column: name,
        count: misfits.rows,
        examples: misfits.keys,
        message: `${some(misfits.rows, `value of ${name} is`, `values of ${name} are`)} no ${kind}${shown}.`,
      }),
    );
  }
  if (spellings.length > 0) {
    const count = spellings.reduce((sum, group) => sum + group.rows, 0);
    const [first] = spellings;
    const shown = [first?.value, ...(first?.others ?? [])]
      .map((value) => JSON.stringify(value))
      .join(', ');
    const message = `${spellings.length} values of ${name} are spelt in several ways, such as ${shown}.`;
    found.push(finding('column/spelling', { table, column: name, count, examples: [], message }));
  }
  return found;
}

const OUTLIERS: Readonly<Record<Outliers['kind'], FindingCode>> = {
  number: 'column/outlier',
  date: 'column/implausible-date',
  length: 'column/rare-form',
  pattern: 'column/rare-form',
};

function outlierFindings({ table }: TableProfile, column: ColumnProfile): Finding[] {
  return (column.outliers ?? []).map(({ kind, rows, keys, values, expected }) => {
    const shown = values
      ?.map(({ value }) => JSON.stringify(value))
      .slice(0, 3)
      .join(', ');
    const examples = shown === undefined || shown === '' ? '' : `, such as ${shown},`;
    const words = rows === 1 ? 'value' : 'values';
    return finding(OUTLIERS[kind], {
      table,
      column: column.name,
      count: rows,
      examples: keys,
      message: `${rows} ${words} of ${column.name}${examples} ${rows === 1 ? 'is' : 'are'} unlike the others, which are ${expected}.`,
    });
  });
}

/** Personal data that is malformed, and personal data where nobody looks for it. */
function personalFindings({ table, rows }: TableProfile, column: ColumnProfile): Finding[] {
  const { name, personalFacts, personalTraces = [] } = column;
  const filled = rows - column.nulls - column.empty;
  const found: Finding[] = [];
  const { sign, rate, sampled } = personalFacts ?? {};
  const bad = rate === undefined ? 0 : Math.round(filled * (1 - rate));
  // Below half, the name of the column promises more than its values are meant to be.
  if (sign !== undefined && rate !== undefined && rate >= 0.5 && bad > 0 && hasForm(column)) {
    const message = `${about(bad, sampled)} of ${filled} values of ${name} are no well-formed ${sign}.`;
    found.push(
      finding('personal/invalid', { table, column: name, count: bad, examples: [], message }),
    );
  }
  for (const trace of personalTraces) {
    const count = Math.max(1, Math.round(filled * trace.rate));
    const message = `${about(count, column.sample !== undefined)} of ${filled} values of ${name} are ${trace.sign}, but the column is not personal otherwise.`;
    found.push(finding('personal/stray', { table, column: name, count, examples: [], message }));
  }
  return found;
}

/** Names have no form that could be wrong, and dates of birth that cannot be are outliers. */
function hasForm({ personal }: ColumnProfile): boolean {
  return personal !== 'name' && personal !== 'birth-date';
}

function about(count: number, sampled: boolean | undefined): string {
  return sampled === true ? `About ${count}` : String(count);
}

function dependencyFindings(dependency: Dependency): Finding[] {
  const { table, column, determines, brokenRows, brokenValues, brokenKeys } = dependency;
  if (brokenRows === 0) return [];
  return [
    finding('dependency/broken', {
      table,
      column: determines,
      count: brokenRows,
      examples: brokenKeys,
      message: `${brokenRows} ${brokenRows === 1 ? 'row has' : 'rows have'} another ${determines} than most rows with the same ${column}: ${brokenValues} of its values ${brokenValues === 1 ? 'stands' : 'stand'} for several.`,
    }),
  ];
}

function keyFindings(check: KeyCheck, staged: boolean): Finding[] {
  const { table, columns } = check;
  const key = columns.join(', ');
  const column = columns.length === 1 && columns[0] !== undefined ? { column: columns[0] } : {};
  const unusable = check.origin === 'declared' && !staged;
  const found: Finding[] = [];
  if (check.repeatedRows > 0) {
    found.push(
      finding(unusable ? 'key/unusable' : 'key/repeated', {
        table,
        ...column,
        count: check.repeatedRows,
        examples: check.repeatedKeys,
        message: `${check.repeatedRows} rows share ${some(check.repeatedValues, 'value', 'values')} of the key ${key}.`,
      }),
    );
  }
  if (check.incompleteRows > 0) {
    found.push(
      finding(unusable ? 'key/unusable' : 'key/incomplete', {
        table,
        ...column,
        count: check.incompleteRows,
        examples: check.incompleteKeys,
        message: `${some(check.incompleteRows, 'row has', 'rows have')} no value in the key ${key}.`,
      }),
    );
  }
  return found;
}

/** References that only the values suggest may be chance: they are shown in the profile, and nobody is blamed for them. */
function referenceFindings(reference: Reference): Finding[] {
  const { table, column, parentTable, parentColumn, within, evidence } = reference;
  const found: Finding[] = [];
  const place = within.length === 0 ? '' : ` within ${within.join(', ')}`;
  if (evidence !== 'values' && reference.unknownRows > 0) {
    found.push(
      finding('reference/unknown', {
        table,
        column,
        count: reference.unknownRows,
        examples: reference.unknownKeys,
        message: `${some(reference.unknownRows, 'row refers', 'rows refer')} by ${column} to a ${parentColumn} that ${parentTable} does not have${place}.`,
      }),
    );
  }
  if (evidence !== 'values' && reference.selfRows > 0) {
    found.push(
      finding('reference/self', {
        table,
        column,
        count: reference.selfRows,
        examples: reference.selfKeys,
        message: `${some(reference.selfRows, `row refers by ${column} to itself`, `rows refer by ${column} to themselves`)}.`,
      }),
    );
  }
  return found;
}

/** A number with what it counts. */
function some(many: number, one: string, several: string): string {
  return many === 1 ? `1 ${one}` : `${many} ${several}`;
}
