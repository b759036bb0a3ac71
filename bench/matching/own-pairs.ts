import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MatchColumn, MatchSchema, MatchTable } from '../../domain/matching/schema.ts';
import { DATASET_FILES, payFiles } from '../../examples/legacy/files-shape.ts';
import { generateDepartment } from '../../examples/legacy/generate-department.ts';
import type { LegacyTable } from '../../examples/legacy/legacy-table.ts';
import { POSTGRES_TABLES } from '../../examples/legacy/postgres-shape.ts';
import { type Labels, PLATFORM_LABELS } from './labels.ts';
import { type LabelledPair, pairName } from './measure.ts';
import { matchTable, type RawTable, readCsv, readInserts } from './raw-table.ts';

const SHARED = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

/** A schema as the bench has it: tables with their rows, declared types and keys where the source has them. */
export interface RawSchema {
  readonly name: string;
  readonly tables: readonly RawTable[];
  readonly declared: Readonly<Record<string, Partial<MatchColumn>>>;
}

const EMPLOYEES: Readonly<Record<string, readonly string[]>> = {
  employee: ['emp_no', 'birth_date', 'first_name', 'last_name', 'gender', 'hire_date'],
  department: ['dept_no', 'dept_name'],
  dept_emp: ['emp_no', 'dept_no', 'from_date', 'to_date'],
  dept_manager: ['emp_no', 'dept_no', 'from_date', 'to_date'],
  title: ['emp_no', 'title', 'from_date', 'to_date'],
  salary: ['emp_no', 'amount', 'from_date', 'to_date'],
};

/**
 * The sources of the labelled pairs.
 * @returns those that are there, and the names of those whose files are missing
 */
export function ownSources(): { schemas: RawSchema[]; missing: string[] } {
  const department = generateDepartment({ department: 'bench', staff: 400, seed: 7 });
  const dressed = (tables: readonly LegacyTable[]): RawTable[] =>
    tables.map((table) => ({
      name: table.name.replace('.csv', ''),
      columns: table.columns.map(({ name }) => name),
      rows: [...table.records(department)]
        .slice(0, 5000)
        .map((row) => row.map((cell) => (cell === null ? null : String(cell)))),
    }));
  const files = [...DATASET_FILES, ...payFiles(department.spec.periods.slice(0, 1))].map(
    ({ table }) => table,
  );
  const generated: RawSchema[] = [
    {
      name: 'legacy-postgres',
      tables: dressed(POSTGRES_TABLES),
      declared: declaredOf(POSTGRES_TABLES),
    },
    {
      name: 'legacy-files',
      tables: dressed(files).map((table) => ({
        ...table,
        name: table.name.replace(/-\d{4}-\d\d$/, ''),
      })),
      declared: {},
    },
  ];
  const readers: Readonly<Record<string, () => RawSchema>> = {
    'organograms-junior': () => organograms('junior'),
    'organograms-senior': () => organograms('senior'),
    employees: () => ({
      name: 'employees',
      tables: Object.entries(EMPLOYEES).map(([name, columns]) =>
        readInserts(`${SHARED}employees/load_${name}.sql.gz`, name, columns),
      ),
      declared: {},
    }),
    'payroll-golden': () => ({
      name: 'payroll-golden',
      tables: [readCsv(`${SHARED}payroll-golden/pay-period-1.csv`, 'payslip')],
      declared: {},
    }),
  };
  if (!existsSync(SHARED)) return { schemas: generated, missing: Object.keys(readers) };
  return { schemas: [...Object.values(readers).map((read) => read()), ...generated], missing: [] };
}

function organograms(kind: 'junior' | 'senior'): RawSchema {
  const files = [
    'ministry_of_justice',
    'national_offender_management_service',
    'youth_justice_board',
  ].map((body) => readCsv(`${SHARED}organograms/${body}-2011-03-31-${kind}.csv`, kind));
  const [first] = files;
  const rows = files.flatMap((file) => file.rows);
  return {
    name: `organograms-${kind}`,
    tables: [{ name: kind, columns: first?.columns ?? [], rows }],
    declared: {},
  };
}

function declaredOf(tables: readonly LegacyTable[]): Record<string, Partial<MatchColumn>> {
  return Object.fromEntries(
    tables.flatMap((table) =>
      table.columns.map(
        ({ name, type }) =>
          [`${table.name}.${name}`, { type: type.replace(' primary key', '') }] as const,
      ),
    ),
  );
}

/** The pairs of real and generated sources with the platform. */
export function platformPairs(
  schemas: readonly RawSchema[],
  platform: MatchSchema,
  withValues: boolean,
): LabelledPair[] {
  return schemas.map((schema) => {
    const labels = PLATFORM_LABELS[schema.name] ?? { right: {} };
    return {
      name: schema.name,
      group: 'platform',
      source: schema.tables.map((table) => withDeclared(matchTable(table, withValues), schema)),
      target: platform,
      right: namesOf(labels.right),
      acceptable: namesOf(labels.acceptable ?? {}),
      cardinality: 'per-table' as const,
    };
  });
}

function withDeclared(table: MatchTable, { declared }: RawSchema): MatchTable {
  return {
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      ...declared[`${table.name}.${column.name}`],
    })),
  };
}

function namesOf(labels: Labels['right']): Set<string> {
  return new Set(
    Object.entries(labels).flatMap(([source, targets]) =>
      targets.map((target) => pairName(placeOf(source), placeOf(target))),
    ),
  );
}

function placeOf(name: string): { table: string; column: string } {
  // Names of columns may hold dots, those of schemas and tables may not.
  const [, table = '', column = ''] =
    /^((?:(?:hr|payroll|finance|hrms|pay|fin)\.)?[^.]+)\.(.*)$/.exec(name) ?? [];
  return { table, column };
}
