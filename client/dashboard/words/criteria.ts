import { z } from 'zod';
import type { Place } from '../../access.ts';
import { stepAddress } from '../addresses.ts';
import { date, number, percent, pounds, shortHash } from './format.ts';
import { stepTitle } from './names.ts';
import type { People } from './people.ts';
import { isTime } from './facts.ts';
import { dateTime } from './format.ts';

/** The part of a statement that is shown. Statements are kept for years: what an older one lacks is left out. */
const criterionSchema = z.object({
  id: z.string(),
  title: z.string(),
  gate: z.string().optional(),
  value: z.unknown(),
  threshold: z.unknown(),
  verdict: z.enum(['met', 'unmet', 'waived', 'planned', 'not-applicable']),
  measuredBy: z.array(z.string()).default([]),
  waiver: z
    .object({ by: z.string(), reason: z.string(), impact: z.string(), expires: z.string() })
    .optional(),
});
const statementSchema = z
  .union([
    z.object({ criteria: z.array(criterionSchema) }),
    z.object({ lines: z.array(criterionSchema) }),
  ])
  .transform((statement) => ('criteria' in statement ? statement.criteria : statement.lines));

/** One line of a gate, as people read it. */
export interface CriterionRow {
  readonly id: string;
  readonly title: string;
  readonly gate: string | undefined;
  readonly value: string;
  readonly threshold: string;
  readonly verdict: { readonly text: string; readonly classes: string };
  readonly red: boolean;
  /** The step whose output was measured: where the rows behind the value are. */
  readonly href: string | undefined;
  readonly more: readonly { readonly title: string; readonly href: string }[];
  readonly waiver:
    | {
        readonly by: string;
        readonly reason: string;
        readonly impact: string;
        readonly expires: string;
      }
    | undefined;
}

const ORDER = { unmet: 0, waived: 1, planned: 2, met: 3, 'not-applicable': 4 } as const;
const VERDICTS = {
  met: { text: 'Met', classes: 'govuk-tag--green' },
  unmet: { text: 'Red', classes: 'govuk-tag--red' },
  waived: { text: 'Waived', classes: 'govuk-tag--purple' },
  planned: { text: 'Amber', classes: 'govuk-tag--orange' },
  'not-applicable': { text: 'Not applicable', classes: 'govuk-tag--grey' },
} as const;
const FRACTIONS: ReadonlySet<string> = new Set([
  'target-coverage',
  'source-coverage',
  'simulated-reject-rate',
  'reject-rate',
]);
/** Criteria whose value must stay below the threshold; the numbers of the others must reach it. */
const LIMITS: ReadonlySet<string> = new Set([
  'blockers',
  'simulated-reject-rate',
  'reject-rate',
  'mapping-valid',
  'smoke',
]);

/** The criteria of a statement, the red ones first; undefined for a document of another kind. */
export function criterionRows(
  content: unknown,
  place: Place,
  people: People,
): CriterionRow[] | undefined {
  const statement = statementSchema.safeParse(content);
  if (!statement.success) return undefined;
  return statement.data
    .toSorted((a, b) => ORDER[a.verdict] - ORDER[b.verdict])
    .map((criterion) => {
      const steps = criterion.measuredBy.map((step) => ({
        title: stepTitle(step),
        href: stepAddress(place, step),
      }));
      const { waiver } = criterion;
      return {
        id: criterion.id,
        title: criterion.title.replace(/ \(control C\d+\)$/, ''),
        gate: criterion.gate === undefined ? undefined : stepTitle(criterion.gate),
        value: valueText(criterion.id, criterion.value),
        threshold: thresholdText(criterion.id, criterion.threshold),
        verdict: VERDICTS[criterion.verdict],
        red: criterion.verdict === 'unmet',
        href: steps[0]?.href,
        more: steps,
        waiver:
          waiver === undefined
            ? undefined
            : { ...waiver, by: people.name(waiver.by), expires: date(waiver.expires) },
      };
    });
}

function valueText(id: string, value: unknown): string {
  if (value === null || value === undefined) return 'not measured';
  if (typeof value === 'number') {
    if (FRACTIONS.has(id)) return percent(value);
    return id === 'cost-baseline' ? pounds(value) : number(value);
  }
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map((each) => valueText(id, each)).join(', ');
  if (typeof value !== 'string') return JSON.stringify(value);
  if (/^[0-9a-f]{64}$/.test(value)) return shortHash(value);
  return value
    .split(' to ')
    .map((part) => (isTime(part) ? dateTime(part) : part))
    .join(' to ')
    .replaceAll(/\b\d{4,}(?= within)/g, (digits) => number(Number(digits)))
    .replaceAll(' %', '%');
}

function thresholdText(id: string, threshold: unknown): string {
  const text = valueText(id, threshold);
  if (typeof threshold !== 'number') return text;
  if (LIMITS.has(id)) return threshold === 0 ? text : `at most ${text}`;
  return FRACTIONS.has(id) || id === 'clean-periods' ? `at least ${text}` : text;
}
