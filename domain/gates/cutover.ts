import { ADMISSION_CRITERIA } from './admission.ts';
import type { CriterionRule } from './criterion.ts';
import { ROLLBACK_REHEARSED } from './rollback-rehearsed.ts';
import { WAIVERS_HOLD } from './waivers.ts';
import { datasets, every, number, one, text } from './measures.ts';

/** Criteria of `cutover/gate`: go or no-go. */
export const GO_NO_GO: readonly CriterionRule[] = [
  {
    id: 'gates-passed',
    title: 'The gates of all stages before are passed',
    measure: (facts) => {
      const gates = ['discovery/gate', 'mapping/gate', 'migration/gate', 'parallel-run/gate'];
      const passed = gates.filter((key) => Object.keys(one(facts, key)).length > 0);
      return {
        value: passed.length,
        threshold: gates.length,
        met: passed.length === gates.length,
        measuredBy: gates,
      };
    },
  },
  {
    id: 'nothing-red',
    title: 'The readiness statement has no red line',
    measure: (facts) => {
      const red = one(facts, 'cutover/readiness')['red'];
      return {
        value: red ?? null,
        threshold: [],
        met: Array.isArray(red) && red.length === 0,
        measuredBy: ['cutover/readiness'],
      };
    },
  },
  {
    id: 'window-legal',
    title: 'The cutover window fits the calendar (control C10)',
    measure: (facts) => {
      const output = one(facts, 'cutover/window');
      const window =
        output['from'] === undefined ? null : `${text(output['from'])} to ${text(output['to'])}`;
      return {
        value: window,
        threshold: 'legal',
        met: output['legal'] === true,
        measuredBy: ['cutover/window'],
      };
    },
  },
  ROLLBACK_REHEARSED,
  ...ADMISSION_CRITERIA,
  WAIVERS_HOLD,
];

/** Criteria of `cutover/no-return`. */
export const NO_RETURN: readonly CriterionRule[] = [
  every(
    'frozen',
    'Every database source is frozen or proven quiet',
    'cutover/freeze',
    ({ manifest }) =>
      Object.keys(manifest.sources).filter((id) => manifest.sources[id]?.kind !== 'files'),
    (output) => output['quiet'] === true,
  ),
  every(
    'reconciled',
    'Both sides hold the same after the delta',
    'cutover/reconcile',
    datasets,
    (output) => output['reconciled'] === true,
  ),
  {
    id: 'control-totals',
    title: 'The control totals of both sides are equal to the penny after the delta (control C13)',
    measure: (facts) => {
      const { equal, totals } = one(facts, 'cutover/totals');
      return {
        value: equal === true ? `${text(totals)} equal` : null,
        threshold: 'all equal',
        met: equal === true,
        measuredBy: ['cutover/totals'],
      };
    },
  },
  {
    id: 'first-live-run',
    title: 'The first live pay run is safe, or each failed check was waived by name (control C14)',
    measure: (facts) => {
      const { red, waived, inScope } = one(facts, 'cutover/first-run');
      const accepted =
        Array.isArray(waived) && waived.length > 0 ? `waived: ${waived.join(', ')}` : 'safe';
      return {
        value: inScope === false ? 'no pay in scope' : Array.isArray(red) ? accepted : null,
        threshold: 'no open check',
        met: Array.isArray(red) && red.length === 0,
        measuredBy: ['cutover/first-run'],
      };
    },
  },
  {
    id: 'smoke',
    title: 'The smoke checks on the platform pass',
    measure: (facts) => {
      const failed = number(one(facts, 'cutover/smoke')['failed']);
      return {
        value: failed ?? null,
        threshold: 0,
        met: failed === 0,
        measuredBy: ['cutover/smoke'],
      };
    },
  },
];
