import type { Json, JsonObject } from '../json.ts';
import type { Policy } from '../manifest.ts';
import type { StepKey } from '../step-catalogue.ts';
import type { CriterionRule, GateFacts } from './criterion.ts';

export function one(facts: GateFacts, key: StepKey): JsonObject {
  return facts.outputs.get(key) ?? {};
}

/** The number, or undefined where the output has none. */
export function number(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Every one of the expected items has an output of the step for which `holds` is true. */
export function every(
  id: string,
  title: string,
  step: string,
  items: (facts: GateFacts) => readonly string[],
  holds: (output: JsonObject) => boolean,
): CriterionRule {
  return {
    id,
    title,
    measure: (facts) => {
      const expected = items(facts).map((item) => `${step}/${item}`);
      const good = expected.filter((key) => {
        const output = one(facts, key);
        return Object.keys(output).length > 0 && holds(output);
      });
      return {
        value: good.length,
        threshold: expected.length,
        met: good.length === expected.length,
        measuredBy: expected,
      };
    },
  };
}

export function atLeast(
  id: string,
  title: string,
  key: StepKey,
  member: string,
  threshold: (policy: Policy) => number,
): CriterionRule {
  return {
    id,
    title,
    measure: (facts) => {
      const value = number(one(facts, key)[member]);
      const limit = threshold(facts.manifest.policy);
      return {
        value: value ?? null,
        threshold: limit,
        met: value !== undefined && value >= limit,
        measuredBy: [key],
      };
    },
  };
}

export const datasets = ({ manifest }: GateFacts): string[] =>
  manifest.datasets.map((dataset) => dataset.id);

/** The worst share of quarantined rows of any dataset. */
export function rejectRate(
  id: string,
  title: string,
  rates: (facts: GateFacts) => [StepKey, number | undefined][],
): CriterionRule {
  return {
    id,
    title,
    measure: (facts) => {
      const all = rates(facts);
      const limit = facts.manifest.policy.maxRejectRate;
      const missing = all.length === 0 || all.some(([, each]) => each === undefined);
      const worst = Math.max(0, ...all.map(([, each]) => each ?? 0));
      return {
        value: missing ? null : Math.round(worst * 1e6) / 1e6,
        threshold: limit,
        met: !missing && worst <= limit,
        measuredBy: [...new Set(all.map(([key]) => key))],
      };
    },
  };
}

/** Quarantined over read; 0 of an empty dataset. */
export function rate(output: JsonObject): number | undefined {
  const read = number(output['read']);
  const quarantined = number(output['quarantined']);
  if (read === undefined || quarantined === undefined) return undefined;
  return read === 0 ? 0 : quarantined / read;
}

/** A value of an output as a person reads it; `otherwise` where there is none. */
export function text(value: Json | undefined, otherwise = 'unknown'): string {
  if (value === undefined || value === null) return otherwise;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
