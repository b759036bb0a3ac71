import { simulateMapping } from '../dataplane/simulate.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { frozenMapping } from './compiled-mapping.ts';
import type { StepBody } from './step-activity.ts';

/** Simulates the load over all rows without writing to the platform: what would be loaded, and what not, by rule. */
export const simulateTheMapping: StepBody = async (context) => {
  const mapping = await frozenMapping(context);
  const { manifest, urls, work } = context;
  const simulation = await simulateMapping({ mapping, urls: await urls(), manifest }, work);
  const counts = simulation.datasets.map(
    ({ dataset, read, loaded, quarantined, excluded }): [string, JsonObject] => [
      dataset,
      { read, loaded, quarantined, excluded },
    ],
  );
  const { read, loaded, quarantined, excluded } = simulation;
  return {
    output: { read, loaded, quarantined, excluded, datasets: Object.fromEntries(counts) },
    evidence: [{ kind: 'simulation', content: simulation as unknown as Json }],
  };
};
