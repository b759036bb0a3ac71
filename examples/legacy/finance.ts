import { fabricatedAccount } from './bank-account.ts';
import { day, iso } from './calendar.ts';
import { type DefectPlan, isBroken, isLeaver, orphanOf, planted } from './defect-plan.ts';
import type { DepartmentSpec } from './department-spec.ts';
import { SUPPLIER_TRADES, SURNAMES } from './names.ts';
import { UNKNOWN_UNIT, unitCode, unitName } from './organisation.ts';
import { staffNo } from './people.ts';
import { Random, STREAM } from './random.ts';
import type { BalanceRow, CostCentreRow, OpenItemRow, SupplierRow, Verdict } from './rows.ts';

const ACCOUNTS = ['5100', '5110', '5200', '6100', '6200', '7400'];
const LATEST_INVOICE = day('2026-06-28');
const UNKNOWN_SUPPLIER = 'S99999';

/** Code of the cost centre of a unit, by index; indices from `spec.units` are added rows. */
function costCentreCode(index: number): string {
  return `CC${String(index).padStart(4, '0')}`;
}

function supplierCode(index: number): string {
  return `S${String(index).padStart(5, '0')}`;
}

/** One cost centre per unit, also per unit with a defect, and those with defects of their own. */
export function* costCentreRows(spec: DepartmentSpec, plan: DefectPlan): Generator<CostCentreRow> {
  for (let index = 0; index < spec.units; index += 1) {
    yield {
      code: costCentreCode(index),
      name: `Budget of ${unitName(spec, index)}`,
      unit: unitCode(index),
      manager: managerOf(spec, plan, index),
    };
  }
  for (const { index, unit, verdict } of brokenCostCentres(spec, plan)) {
    yield {
      code: costCentreCode(index),
      name: `Budget of ${unitName(spec, index)}`,
      unit,
      manager: '',
      verdict,
    };
  }
}

/** The cost centres that are not loaded: of units that are not loaded, and of units that never were. */
function* brokenCostCentres(
  spec: DepartmentSpec,
  plan: DefectPlan,
): Generator<{ index: number; unit: string; verdict: Verdict }> {
  const lost = plan.extra('unit-unknown-parent');
  for (let count = 0; count < lost; count += 1) {
    const unit = unitCode(spec.units + count);
    yield { index: spec.units + count, unit, verdict: orphanOf(`unit ${unit}`, 'unit_code') };
  }
  for (let count = 0; count < plan.extra('cost-centre-unknown-unit'); count += 1) {
    const verdict = planted('cost-centre-unknown-unit');
    yield { index: spec.units + lost + count, unit: UNKNOWN_UNIT, verdict };
  }
}

/** A person who is employed and loaded; nobody in the few departments where the search finds none nearby. */
function managerOf(spec: DepartmentSpec, plan: DefectPlan, costCentre: number): string {
  for (let step = 0; step < 10; step += 1) {
    const person = (costCentre * 37 + step) % spec.staff;
    if (!isLeaver(person) && !plan.people.has(person)) return staffNo(person);
  }
  return '';
}

/** The suppliers: sound ones, those with planted defects in their place, dormant ones at the end. */
export function* supplierRows(spec: DepartmentSpec, plan: DefectPlan): Generator<SupplierRow> {
  for (let index = 0; index < spec.suppliers; index += 1) {
    const supplier = soundSupplier(spec, index);
    const defect = plan.suppliers.get(index);
    if (defect === 'duplicate-supplier') {
      yield supplier;
      yield {
        ...soundSupplier(spec, spec.suppliers + index),
        code: supplier.code,
        verdict: planted(defect),
      };
    } else if (defect === 'supplier-sort-code-malformed') {
      yield { ...supplier, sortCode: supplier.sortCode.slice(1), verdict: planted(defect) };
    } else {
      yield supplier;
    }
  }
  for (let count = 0; count < spec.outOfScope; count += 1) {
    yield {
      ...soundSupplier(spec, 2 * spec.suppliers + count),
      status: 'D',
      verdict: { excluded: 'the supplier is dormant' },
    };
  }
}

function soundSupplier(spec: DepartmentSpec, index: number): SupplierRow {
  const random = new Random(spec.seed, STREAM.supplier, index);
  return {
    code: supplierCode(index),
    name: `${random.pick(SURNAMES)} ${random.pick(SUPPLIER_TRADES)}, ${random.pick(['Ltd', 'plc', 'LLP', '"Group"'])}`,
    vatNumber: random.chance(0.9) ? String(random.int(100_000_000, 999_999_999)) : '',
    ...fabricatedAccount(random),
    termsDays: random.pick([14, 30, 30, 30, 60]),
    status: random.chance(0.95) ? 'A' : 'H',
  };
}

/** Invoices and credit notes: open ones, and paid ones that are out of scope. */
export function* openItemRows(spec: DepartmentSpec, plan: DefectPlan): Generator<OpenItemRow> {
  let number = 1;
  for (let index = 0; index < spec.suppliers; index += 1) {
    const random = new Random(spec.seed, STREAM.invoice, index);
    const { termsDays } = soundSupplier(spec, index);
    for (let item = random.int(2, 7); item > 0; item -= 1) {
      const issued = random.int(LATEST_INVOICE - 120, LATEST_INVOICE);
      const amount = random.int(1_050, 2_500_000);
      // The last item of each supplier is open: it is the one that defects are planted in.
      const paid = item > 1 && random.chance(0.5);
      const invoice = {
        documentNo: `INV/${String(number).padStart(7, '0')}`,
        supplier: supplierCode(index),
        invoiceDate: iso(issued),
        dueDate: iso(issued + termsDays),
        amount: random.chance(0.03) ? -amount : amount,
        costCentre: costCentreCode(random.int(0, spec.units - 1)),
        paid,
      };
      number += 1;
      yield { ...invoice, ...outcome(plan, invoice, index, item === 1) };
    }
  }
}

function outcome(
  plan: DefectPlan,
  invoice: Pick<OpenItemRow, 'paid' | 'supplier' | 'invoiceDate'>,
  supplier: number,
  isLast: boolean,
): Partial<OpenItemRow> {
  if (invoice.paid) return { verdict: { excluded: 'the invoice is settled' } };
  if (isBroken(plan.suppliers.get(supplier))) {
    return { verdict: orphanOf(`supplier ${invoice.supplier}`, 'supplier_code') };
  }
  const defect = isLast ? plan.invoices.get(supplier) : undefined;
  if (defect === 'invoice-unknown-supplier') {
    return { supplier: UNKNOWN_SUPPLIER, verdict: planted(defect) };
  }
  if (defect === 'invoice-due-before-date') {
    return { dueDate: iso(day(invoice.invoiceDate) - 5), verdict: planted(defect) };
  }
  return {};
}

/** Ledger balances of the last months per account and cost centre. */
export function* balanceRows(spec: DepartmentSpec, plan: DefectPlan): Generator<BalanceRow> {
  for (let index = 0; index < spec.units; index += 1) {
    const random = new Random(spec.seed, STREAM.balance, index);
    for (const [position, period] of spec.ledgerPeriods.entries()) {
      for (const account of ACCOUNTS) {
        const isNegative = position === 0 && account === ACCOUNTS[0] && plan.balances.has(index);
        const debit = random.int(1_000, 9_000_000);
        yield {
          period,
          account,
          costCentre: costCentreCode(index),
          debit: isNegative ? -debit : debit,
          credit: random.int(0, 400_000),
          verdict: isNegative ? planted('balance-negative') : undefined,
        };
      }
    }
  }
  for (const { index } of brokenCostCentres(spec, plan)) {
    const code = costCentreCode(index);
    for (const period of spec.ledgerPeriods) {
      const verdict = orphanOf(`cost centre ${code}`, 'cost_centre_code');
      yield { period, account: '5100', costCentre: code, debit: 100, credit: 0, verdict };
    }
  }
}
