import type { DemoApi, DemoOnboarding, DemoStep } from './demo-api.ts';

const STEP = 'migration/quarantine/';

const SETTLED: readonly string[] = ['succeeded', 'skipped', 'waived', 'not-needed'];

/** The rows that the demo corrects: people without a surname. */
const CORRECTED = { dataset: 'people', rule: 'not-null:surname', column: /surname/i } as const;

/** Does the step wait for somebody to decide about rows in quarantine? */
export function isQuarantine(step: DemoStep): boolean {
  return step.key.startsWith(STEP);
}

/**
 * Deals with the rows of a dataset that could not be loaded, dataset by dataset: what refers to a corrected row can be
 * loaded after it. The migration engineer corrects what the papers tell and tries the others again; the data owner
 * accepts what is left.
 */
export async function disposeOfRejects(
  api: DemoApi,
  { id, steps }: DemoOnboarding,
  step: DemoStep,
): Promise<void> {
  const first = steps.find((each) => isQuarantine(each) && !SETTLED.includes(each.status));
  if (first?.key !== step.key) return;
  const dataset = step.key.slice(STEP.length);
  const { open, last } = await api.output(id, step.key);
  if (last === undefined) return redrive(api, id, dataset);
  if (typeof open !== 'number' || open === 0) return;
  await api.command('demo-data-owner', id, 'accept', {
    dataset,
    count: open,
    reason: 'Looked at the rows: they can be left behind',
  });
}

async function redrive(api: DemoApi, id: string, dataset: string): Promise<void> {
  const engineer = 'demo-migration-engineer';
  const rows =
    dataset === CORRECTED.dataset ? await api.quarantine(id, dataset, CORRECTED.rule) : [];
  const column = Object.keys(rows[0]?.raw ?? {}).find((name) => CORRECTED.column.test(name));
  if (column === undefined) {
    const reason = 'What they lacked may be there by now';
    await api.command(engineer, id, 'redrive', { dataset, reason });
    return;
  }
  const lines = rows.map((row) => `${row.id},,,,Surname on file`);
  const header = `Slipway row,Source row,What is wrong,Column at fault,${column}`;
  const imported = await api.importCorrections(
    engineer,
    id,
    dataset,
    `${[header, ...lines].join('\n')}\n`,
  );
  await api.command(engineer, id, 'redrive', {
    dataset,
    correction: imported.hash,
    rows: imported.rows,
    reason: 'The surnames are on the paper files',
  });
}
