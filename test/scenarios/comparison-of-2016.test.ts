import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf, openTheatre } from './support/theatre.ts';
import type { Theatre } from './support/theatre.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

/** Of the rows that differed in 2016, those were reported whose difference had one sign. */
const REAL = 107;
const REPORTED = 73;

/**
 * A government data migration of 2016 kept only positive differences in its comparison: of 107 real mismatches it reported
 * 73 (control C13). Here 107 salaries differ after the load, 34 of them upwards, and their total comes out equal.
 */
describe('the comparison of 2016', () => {
  let theatre: Theatre;
  beforeAll(async () => {
    theatre = await openTheatre();
    const { world, scene } = theatre;
    const reconcile = world.bodies['migration/reconcile'];
    world.bodies['migration/reconcile'] = async (context) => {
      if (context.item === 'salaries') await alter();
      return reconcile(context);
    };
    let altered = false;
    const alter = async (): Promise<void> => {
      if (altered) return;
      altered = true;
      await scene.sql(
        'platform',
        `with numbered as (select ctid, row_number() over (order by person_number) as place from hr.salary)
         update hr.salary s set amount = amount + case when place <= ${REPORTED} then -0.34 else 0.73 end
         from numbered n where n.ctid = s.ctid and place <= ${REAL}`,
      );
    };
    await theatre.start();
  });
  afterAll(() => theatre.close());

  it('ends in refusal: all 107 are found, and the load is not proven', async () => {
    const step = 'migration/reconcile/salaries';
    await theatre.approveUntil(step, 'parked');
    const { failure } = await theatre.step(step);
    expect(failure?.code).toBe('data/not-reconciled');
    expect(failure?.message).toContain(`0 missing, 0 extra, ${REAL} different`);
    const { commands } = theatre;
    await commands.retry(await theatre.by('lead'), { step });
    await theatre.reaches(step, 'parked');
    expect(await codeOf(commands.skip(await theatre.by('lead'), { step }))).toBe(
      'command/step-mandatory',
    );
    const waiver = { step, impact: 'pennies', expires: '2099-01-01T00:00:00Z' };
    expect(await codeOf(commands.waive(await theatre.by('fay'), waiver))).toBe(
      'access/not-permitted',
    );
    // A senior person may waive the step by name; the gate still measures what is not proven.
    await commands.waive(await theatre.by('olga'), waiver);
    await theatre.approveUntil('migration/gate', 'waiting');
    expect((await theatre.step('migration/gate')).output?.['red']).toContain('reconciled');
    expect(await theatre.approve('fay', 'migration/gate')).toBe('approval/red-criteria');
    expect(await theatre.legacyServes()).toBe(true);
  });
});
