import { Document, isMap, isPair, isScalar, visit } from 'yaml';
import { day, iso, payMonth } from '../legacy/calendar.ts';
import {
  GRADE_CODES,
  PAY_ELEMENTS,
  PROFESSIONS,
  STUDENT_LOAN_PLANS,
  SUPPLIER_STATUSES,
} from '../legacy/code-lists.ts';
import type { LegacyDepartment } from '../legacy/generate-department.ts';
import { PLATFORM_CONTROL_FILE, platformResultsFile } from '../legacy/places.ts';
import { DATASETS } from '../legacy/rows.ts';
import { FILES_DATASETS, FILES_RESULTS, filesSource } from './files-datasets.ts';
import { M3_CRITERIA } from '../../domain/readiness/criteria.ts';
import type { ManifestInput, ResultsInput, SourceInput } from './manifest-input.ts';
import { POSTGRES_DATASETS, POSTGRES_RESULTS } from './postgres-datasets.ts';

/** What a manifest says beside the department itself. */
export interface LegacyManifestOptions {
  /** Which legacy shape is taken over. */
  readonly shape: 'postgres' | 'files';
  /** Default `justice`. */
  readonly programme?: string;
  /** Name of the department for people. Default: its id. */
  readonly name?: string;
  /** Shape postgres: where the URL of an account that may only read is. Default: the environment's LEGACY_URL. */
  readonly connection?: ManifestSecret;
  /** Shape postgres: where the URL of an account that may freeze the database is. Default: none. */
  readonly freeze?: ManifestSecret;
  /** Shape files: their folder, relative to the manifest. Default `files`. */
  readonly folder?: string;
  /** Where the platform's pay results are: in its database (default), or in files of that folder. */
  readonly platformResults?: { readonly folder: string };
  /** The people in charge. Default: one fabricated person per role. */
  readonly people?: ManifestInput['people'];
  /** Cutover window, ISO times with offset. Default: from the day after the last pay day until 2036. */
  readonly window?: { readonly from: string; readonly to: string };
  /** Replaces or adds to the policy. */
  readonly policy?: ManifestInput['policy'];
}

/** Where a secret is, as a manifest has it. */
export type ManifestSecret = Extract<SourceInput, { kind: 'postgres' }>['connection'];

function manifestOf(department: LegacyDepartment, options: LegacyManifestOptions): ManifestInput {
  const { spec, expected } = department;
  const isFiles = options.shape === 'files';
  return {
    slipway: 1,
    programme: options.programme ?? 'justice',
    department: {
      id: spec.department,
      name: options.name ?? spec.department,
      headcount: spec.staff,
    },
    people: options.people ?? PEOPLE,
    sources: sourcesOf(department, options),
    codeLists: CODE_LISTS,
    datasets: [...(isFiles ? FILES_DATASETS : POSTGRES_DATASETS)],
    payCalendar: {
      periods: spec.periods.map((period) => {
        const { start, end, cutOff, payDay } = payMonth(period);
        return { id: period, start, end, cutOff, payDay };
      }),
    },
    parallelRun: {
      legacy: isFiles ? FILES_RESULTS : POSTGRES_RESULTS,
      platform: platformSide(department, options),
      periods: [...spec.periods],
    },
    cutover: {
      window: options.window ?? afterLastPayDay(spec.periods),
      exempt: ANY_DAY,
      team: spec.department,
      readiness: { notApplicable: NOT_ASSESSED },
    },
    policy: {
      maxRejectRate: rejectRateOf(department),
      // One, because this is a demonstration: a real department is loaded twice and more.
      mockLoads: 1,
      tolerances: { elements: { 'NI-EMPLOYER': 1, 'PENSION-EMPLOYER': 1, 'EMPLOYER-COST': 1 } },
      ...options.policy,
    },
    baseline: {
      annualServiceCost: spec.staff * 412,
      kpis: {
        'cost-per-payslip': 4.85,
        'payslips-right-first-time': 0.991,
        'days-to-pay-invoice': 9.5,
      },
      controlTotals: Object.fromEntries(
        DATASETS.map((dataset) => [dataset, { rows: expected[dataset].read }]),
      ),
    },
  };
}

/** The manifest of a generated department as YAML, valid for `slipway validate`. */
export function legacyManifest(
  department: LegacyDepartment,
  options: LegacyManifestOptions,
): string {
  const document = new Document(manifestOf(department, options));
  document.commentBefore = ` ${department.spec.department}: a fabricated department of ${department.spec.staff} staff, seed ${department.spec.seed}.`;
  // An expression reads best on one line, and so does everything as small.
  visit(document, {
    Seq(_key, sequence) {
      if (sequence.items.every((item) => isScalar(item))) sequence.flow = true;
    },
    Map(_key, map, path) {
      const parent = path.at(-1);
      const owner = isPair(parent) && isScalar(parent.key) ? parent.key.value : undefined;
      const holder = path.at(-3);
      const field = isPair(holder) && isScalar(holder.key) && holder.key.value === 'fields';
      const isLeaf = map.items.every((item) => !isMap(item.value) && isScalar(item.value));
      if (field || owner === 'when' || (isLeaf && map.items.length <= 2)) map.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** A fabricated department may be moved whenever somebody tries it, once its last period is paid. */
function afterLastPayDay(periods: readonly string[]): { from: string; to: string } {
  const payDays = periods.map((period) => payMonth(period).payDay).toSorted();
  const from = iso(day(payDays.at(-1) ?? '2026-01-01') + 1);
  return { from: `${from}T00:00:00Z`, to: '2036-01-01T00:00:00Z' };
}

/** What people would assess of a real department. */
const NOT_ASSESSED = Object.fromEntries(
  M3_CRITERIA.filter(({ measure }) => measure === undefined).map(({ id }) => [
    id,
    'A fabricated department has nobody to assess it',
  ]),
);

/** Nobody is paid from a fabricated department, whatever day it is. */
const ANY_DAY: NonNullable<ManifestInput['cutover']['exempt']> = {
  'bank-holiday': 'A fabricated department is closed on no day',
  'tax-month': 'A fabricated department reports to no tax authority',
  'tax-year-end': 'A fabricated department reports to no tax authority',
  'calendar-unknown': 'A fabricated department is moved whenever somebody tries it',
};

const PEOPLE: ManifestInput['people'] = [
  { id: 'lead', name: 'Programme Lead', roles: ['programme-lead'] },
  { id: 'engineer', name: 'Migration Engineer', roles: ['migration-engineer'] },
  { id: 'data-owner', name: 'Data Owner', roles: ['data-owner'] },
  { id: 'payroll', name: 'Payroll Lead', roles: ['payroll-lead'] },
  { id: 'finance', name: 'Finance Lead', roles: ['finance-lead'] },
  { id: 'sro', name: 'Senior Responsible Owner', roles: ['sro'] },
  { id: 'assurance', name: 'Independent Assurance', roles: ['assurance'] },
];

const CODE_LISTS: NonNullable<ManifestInput['codeLists']> = {
  grades: { description: 'Legacy grade to the platform grade.', values: { ...GRADE_CODES } },
  professions: { values: { ...PROFESSIONS } },
  'tax-bases': {
    description: 'Week 1 or month 1 indicator to the basis of the tax code.',
    values: { Y: 'week1', N: 'cumulative', 'W1/M1': 'week1', CUM: 'cumulative' },
  },
  'student-loans': { values: { ...STUDENT_LOAN_PLANS } },
  'supplier-statuses': { values: { ...SUPPLIER_STATUSES } },
  'pay-elements': {
    description: 'Legacy pay element to the platform element.',
    values: { ...PAY_ELEMENTS },
  },
};

function sourcesOf(
  department: LegacyDepartment,
  options: LegacyManifestOptions,
): ManifestInput['sources'] {
  const { periods } = department.spec;
  const results = options.platformResults;
  return {
    ...(options.shape === 'files'
      ? { exports: filesSource(options.folder ?? 'files', periods) }
      : {
          legacy: {
            kind: 'postgres',
            connection: options.connection ?? { env: 'LEGACY_URL' },
            ...(options.freeze === undefined ? {} : { freeze: options.freeze }),
          },
        }),
    ...(results === undefined
      ? {}
      : {
          'platform-results': {
            kind: 'files',
            files: {
              results: {
                paths: periods.map((period) => `${results.folder}/${platformResultsFile(period)}`),
              },
              control: { paths: [`${results.folder}/${PLATFORM_CONTROL_FILE}`] },
            },
          },
        }),
  };
}

function platformSide(department: LegacyDepartment, options: LegacyManifestOptions): ResultsInput {
  if (options.platformResults !== undefined) {
    return {
      source: 'platform-results',
      from: 'results',
      period: 'period',
      person: 'person_number',
      element: 'element',
      amount: { decimal: { of: 'amount' } },
      control: { from: 'control', period: 'period', people: { integer: 'people' } },
    };
  }
  const where: ResultsInput['where'] = {
    equals: ['department', { value: department.spec.department }],
  };
  return {
    source: 'platform',
    from: 'payroll.result',
    period: 'period',
    person: 'person_number',
    element: 'element',
    amount: 'amount',
    where,
    control: { from: 'payroll.run', period: 'period', people: 'people', where },
  };
}

/** The planted share of the worst dataset, rounded up to the next five per cent: a small department has few units. */
function rejectRateOf(department: LegacyDepartment): number {
  const rates = DATASETS.map((dataset) => {
    const { read, quarantined } = department.expected[dataset];
    return read === 0 ? 0 : quarantined / read;
  });
  return Math.max(0.01, Math.ceil(Math.max(...rates) * 20) / 20);
}
