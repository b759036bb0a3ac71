import { SlipwayError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Control } from './control.ts';

/** What was recorded of a department before anything was moved. */
export interface RecordedBaseline {
  /** Pounds a year. */
  readonly annualServiceCost: Json | undefined;
}

/** Is there a cost to hold later savings against? Zero and free text are none. */
export function judgeBaseline({ annualServiceCost }: RecordedBaseline): {
  readonly value: number | null;
  readonly met: boolean;
} {
  const cost =
    typeof annualServiceCost === 'number' && annualServiceCost > 0 ? annualServiceCost : null;
  return { value: cost, met: cost !== null };
}

/** What was spent in a stretch of time after the cutover. */
export interface Actuals {
  /** ISO dates, both included. */
  readonly from: string;
  readonly to: string;
  /** Pounds in that time. */
  readonly serviceCost: number;
  readonly kpis: Readonly<Record<string, number>>;
}

/** What was saved. */
export interface Savings {
  /** Pounds a year: the baseline less the actual cost, brought to a year. Negative when it costs more. */
  readonly annual: number;
  readonly baselineCost: number;
  readonly actualAnnualCost: number;
  /** Each measure before and after. */
  readonly kpis: Readonly<Record<string, { readonly before: number; readonly after: number }>>;
}

const DAY = 86_400_000;
const YEAR = 365;
/** Less than three months is a season, not a saving. */
const FEWEST_DAYS = 90;

/**
 * What was saved against the baseline (control C16). Pure.
 * @param ended ISO time at which the onboarding closed; undefined as long as it has not
 * @throws SlipwayError `savings/too-early`, `savings/no-actuals`
 */
export function savingsOf(
  baseline: { readonly annualServiceCost: number; readonly kpis: Readonly<Record<string, number>> },
  actuals: Actuals,
  times: { readonly ended: string | undefined; readonly now: string },
): Savings {
  if (times.ended === undefined)
    throw new SlipwayError('savings/too-early', 'hypercare has not ended: nothing is saved yet');
  const from = Date.parse(actuals.from);
  const until = Date.parse(actuals.to) + DAY;
  if (until > Date.parse(times.now))
    throw new SlipwayError('savings/too-early', `${actuals.to} is not over`);
  if (from < Date.parse(times.ended.slice(0, 10)))
    throw new SlipwayError(
      'savings/too-early',
      `the actuals begin on ${actuals.from}, before hypercare ended (${times.ended.slice(0, 10)})`,
    );
  const days = (until - from) / DAY;
  if (!(days >= FEWEST_DAYS))
    throw new SlipwayError(
      'savings/no-actuals',
      `the actuals are of ${days} days; a saving is shown over ${FEWEST_DAYS} at least`,
    );
  const missing = Object.keys(baseline.kpis).filter((id) => actuals.kpis[id] === undefined);
  if (missing.length > 0)
    throw new SlipwayError('savings/no-actuals', `no actual figure for ${missing.join(', ')}`);
  const actualAnnualCost = Math.round((actuals.serviceCost / days) * YEAR * 100) / 100;
  return {
    annual: Math.round((baseline.annualServiceCost - actualAnnualCost) * 100) / 100,
    baselineCost: baseline.annualServiceCost,
    actualAnnualCost,
    kpis: Object.fromEntries(
      Object.entries(baseline.kpis).map(([id, before]) => [
        id,
        { before, after: actuals.kpis[id] ?? before },
      ]),
    ),
  };
}

/** Control C16. */
export const C16_BASELINE: Control = {
  id: 'C16',
  title: 'No onboarding without a baseline of what the service costs',
  wentWrong:
    'Benefits were not tracked because the baseline was missing (National Audit Office, reports of 2008, 2012 and 2016 on shared services).',
  rule: 'A manifest without the annual cost of the service is not valid, discovery is not approved before the cost is recorded, and the baseline is frozen from then on. Savings are claimed only against it, after hypercare, with actuals attached, and another person confirms them.',
  refuses: [
    'A manifest without an annual cost of the service, or with none above zero.',
    'A discovery gate whose baseline step was waived or recorded no cost.',
    'A change of the baseline by one person alone.',
    'A claim of savings before hypercare has ended, for less than 90 days, or without an actual figure for each measure of the baseline.',
    'A claim that the person who made it confirms, or of days that are claimed already.',
  ],
  codes: [
    'manifest/invalid',
    'approval/red-criteria',
    'savings/too-early',
    'savings/no-actuals',
    'savings/overlap',
    'approval/four-eyes',
  ],
  usedBy: [
    'start',
    'amend',
    'discovery/baseline',
    'discovery/gate',
    'claimSavings',
    'confirmSavings',
  ],
  evidence: ['baseline', 'gate-statement'],
};
