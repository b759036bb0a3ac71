import { PLACES_OF } from './places.ts';
import type {
  AssignmentRow,
  BalanceRow,
  BankAccountRow,
  CostCentreRow,
  DatasetName,
  OpenItemRow,
  PersonRow,
  PostRow,
  SalaryRow,
  SupplierRow,
  TaxRow,
  UnitRow,
  Verdict,
} from './rows.ts';

/** A row that must end in quarantine. */
interface PlantedDefect {
  /** A kind of DEFECTS, or `orphan-of` for a row that refers to a broken one. */
  readonly kind: string;
  readonly dataset: DatasetName;
  /** Table of the PostgreSQL shape. */
  readonly table: string;
  /** File of the files shape. */
  readonly file: string;
  /** Line in that file; the header is line 1. */
  readonly line: number;
  /** `rec_id` in that table. */
  readonly recordId: number;
  /** Key of the row in the legacy system; parts joined by `|`. */
  readonly key: string;
  /** Target column that breaks the rule. */
  readonly field: string;
  readonly detail: string;
  /** For `orphan-of`: what the row refers to, such as `person 00100006`. */
  readonly cause?: string;
}

/** What becomes of a dataset's rows when they are taken over properly: read = excluded + quarantined + loaded. */
interface ExpectedCounts {
  readonly read: number;
  readonly excluded: number;
  readonly quarantined: number;
  readonly loaded: number;
  /** Sums of target columns over the loaded rows, with two decimals. */
  readonly totals: Readonly<Record<string, string>>;
}

/** What the department holds, and what must become of it. Made by one pass over all rows when first asked for. */
export interface Survey {
  readonly plantedDefects: readonly PlantedDefect[];
  readonly expected: Readonly<Record<DatasetName, ExpectedCounts>>;
}

interface Rows {
  units(): Iterable<UnitRow>;
  posts(): Iterable<PostRow>;
  people(): Iterable<PersonRow>;
  assignments(): Iterable<AssignmentRow>;
  salaries(): Iterable<SalaryRow>;
  bankAccounts(): Iterable<BankAccountRow>;
  tax(): Iterable<TaxRow>;
  costCentres(): Iterable<CostCentreRow>;
  suppliers(): Iterable<SupplierRow>;
  openItems(): Iterable<OpenItemRow>;
  balances(): Iterable<BalanceRow>;
}

interface Reader<R> {
  readonly key: (row: R) => string;
  readonly verdict?: (row: R) => Verdict | undefined;
  /** Target column to hundredths. */
  readonly totals?: Readonly<Record<string, (row: R) => number | string>>;
}

/** Goes over all rows once: counts them by verdict, adds up the loaded ones, lists the broken ones. */
export function surveyOf(rows: Rows): Survey {
  const plantedDefects: PlantedDefect[] = [];
  const count = <R extends { verdict?: Verdict | undefined }>(
    dataset: DatasetName,
    source: Iterable<R>,
    reader: Reader<R>,
  ): ExpectedCounts => {
    const counts = { read: 0, excluded: 0, quarantined: 0, loaded: 0 };
    const columns = Object.entries(reader.totals ?? {});
    // Hundredths: exact up to 90 thousand billion pounds.
    const sums = columns.map(() => 0);
    for (const row of source) {
      counts.read += 1;
      const verdict = reader.verdict === undefined ? row.verdict : reader.verdict(row);
      if (verdict === undefined) {
        counts.loaded += 1;
        for (const [position, [, hundredths]] of columns.entries()) {
          sums[position] = (sums[position] ?? 0) + Number(hundredths(row));
        }
      } else if ('excluded' in verdict) {
        counts.excluded += 1;
      } else {
        counts.quarantined += 1;
        const place = { ...PLACES_OF[dataset], line: counts.read + 1, recordId: counts.read };
        plantedDefects.push({ dataset, ...place, key: reader.key(row), ...verdict });
      }
    }
    const totals = Object.fromEntries(
      columns.map(([column], position) => [column, ((sums[position] ?? 0) / 100).toFixed(2)]),
    );
    return { ...counts, totals };
  };
  const expected = {
    units: count('units', rows.units(), { key: (row) => row.code }),
    posts: count('posts', rows.posts(), {
      key: (row) => row.code,
      totals: { fte: (row) => row.fte },
    }),
    'reporting-lines': count('reporting-lines', rows.posts(), {
      key: (row) => row.code,
      verdict: (row) => row.line,
    }),
    people: count('people', rows.people(), { key: (row) => row.staffNo }),
    assignments: count('assignments', rows.assignments(), {
      key: (row) => `${row.staffNo}|${row.jobNo}|${row.seqNo}`,
    }),
    salaries: count('salaries', rows.salaries(), {
      key: (row) => `${row.staffNo}|${row.from}`,
      totals: { amount: (row) => row.amount },
    }),
    'bank-accounts': count('bank-accounts', rows.bankAccounts(), {
      key: (row) => `${row.staffNo}|${row.from}`,
    }),
    tax: count('tax', rows.tax(), {
      key: (row) => `${row.staffNo}|${row.taxYear}`,
      totals: {
        taxable_ytd: (row) => row.taxable,
        tax_ytd: (row) => row.tax,
        ni_ytd: (row) => row.ni,
      },
    }),
    'cost-centres': count('cost-centres', rows.costCentres(), { key: (row) => row.code }),
    suppliers: count('suppliers', rows.suppliers(), { key: (row) => row.code }),
    'open-items': count('open-items', rows.openItems(), {
      key: (row) => row.documentNo,
      totals: { amount: (row) => row.amount },
    }),
    balances: count('balances', rows.balances(), {
      key: (row) => `${row.period}|${row.account}|${row.costCentre}`,
      totals: { debit: (row) => row.debit, credit: (row) => row.credit },
    }),
  };
  return { plantedDefects, expected };
}
