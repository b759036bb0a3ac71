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

/** Control C16. */
export const C16_BASELINE: Control = {
  id: 'C16',
  title: 'No onboarding without a baseline of what the service costs',
  wentWrong:
    'Benefits were not tracked because the baseline was missing (National Audit Office, reports of 2008, 2012 and 2016 on shared services).',
  rule: 'A manifest without the annual cost of the service is not valid, discovery is not approved before the cost is recorded, and the baseline is frozen from then on.',
  refuses: [
    'A manifest without an annual cost of the service, or with none above zero.',
    'A discovery gate whose baseline step was waived or recorded no cost.',
    'A change of the baseline by one person alone.',
  ],
  codes: ['manifest/invalid', 'approval/red-criteria'],
  usedBy: ['start', 'amend', 'discovery/baseline', 'discovery/gate'],
  evidence: ['baseline', 'gate-statement'],
};
