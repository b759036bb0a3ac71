import type { Engine, OrderedStep } from './engine.ts';

/**
 * The transfers with what each has to wait for. The order follows from the platform's foreign keys, which the compile
 * step has read. Without it (the step was waived) datasets are loaded one by one in the order of the manifest.
 */
export function loadOrder(engine: Engine): OrderedStep[] {
  const key = (dataset: string): string => `migration/transfer/${dataset}`;
  const order = engine.output('mapping/compile')['order'] as
    | readonly { readonly dataset: string; readonly after: readonly string[] }[]
    | undefined;
  const { datasets } = engine.state.plan;
  return order === undefined
    ? datasets.map((dataset, index) => ({
        key: key(dataset),
        after: datasets.slice(0, index).slice(-1).map(key),
      }))
    : order.map(({ dataset, after }) => ({ key: key(dataset), after: after.map(key) }));
}
