import type { CriterionRule } from './criterion.ts';

/** No waiver that an earlier decision rests on has expired meanwhile (control C3). */
export const WAIVERS_HOLD: CriterionRule = {
  id: 'waivers-hold',
  title: 'No waiver of a step or of an earlier criterion has expired (control C3)',
  measure: ({ waivers }) => {
    // Nobody has looked.
    if (waivers === undefined) return { value: null, threshold: [], met: false, measuredBy: [] };
    const expired = waivers.filter((waiver) => waiver.expired);
    return {
      value: expired.map(
        ({ step, criterion, expires }) =>
          `${criterion === undefined ? step : `${step} ${criterion}`}: ${expires}`,
      ),
      threshold: [],
      met: expired.length === 0,
      measuredBy: [...new Set(waivers.map(({ step }) => step))],
    };
  },
};
