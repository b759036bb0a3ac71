import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/json.ts';
import { planRunbook, schedule } from '../../domain/runbook.ts';
import type { RunbookEntry } from '../../domain/runbook.ts';
import { sampleManifest } from '../workflows/sample-manifest.ts';

const window = { from: '2027-04-10T18:00:00Z', to: '2027-04-11T18:00:00Z' };
const line = (id: string, ms: number, ...after: string[]): RunbookEntry => ({
  id,
  title: id,
  owner: 'lead',
  ms,
  from: 'planned',
  after,
  goNoGo: false,
});

describe('a schedule', () => {
  it('finds the longest way and how much the others may slip', () => {
    const lines = schedule([
      line('end', 1, 'short', 'long'),
      line('short', 2, 'start'),
      line('long', 5, 'start'),
      line('start', 3),
    ]);
    expect(lines.map(({ id, earliestStart, slack }) => [id, earliestStart, slack])).toEqual([
      ['start', 0, 0],
      ['short', 3, 3],
      ['long', 3, 0],
      ['end', 8, 0],
    ]);
  });

  it('refuses a circle, naming its lines only', () => {
    const circle = [line('a', 1, 'c'), line('b', 1, 'a'), line('c', 1, 'b'), line('d', 1, 'a')];
    expect(() => schedule(circle)).toThrow(/circle: (a, b, c|b, c, a|c, a, b)$/);
    expect(() => schedule([line('a', 1, 'nobody')])).toThrow('a comes after nobody');
  });

  it('never starts a line before those it comes after, and ends with a line that is critical', () => {
    const entries = fc
      .array(fc.tuple(fc.nat(50), fc.array(fc.nat(20), { maxLength: 3 })), { minLength: 1 })
      .map((all) =>
        all.map(([ms, after], index) =>
          line(`l${index}`, ms, ...after.filter((each) => each < index).map((each) => `l${each}`)),
        ),
      );
    fc.assert(
      fc.property(entries, (all) => {
        const lines = schedule(all);
        const byId = new Map(lines.map((each) => [each.id, each]));
        const total = Math.max(...lines.map((each) => each.earliestFinish));
        for (const each of lines) {
          for (const other of each.after)
            expect(each.earliestStart).toBeGreaterThanOrEqual(byId.get(other)?.earliestFinish ?? 0);
          expect(each.slack).toBeGreaterThanOrEqual(0);
          expect(each.earliestFinish + each.slack).toBeLessThanOrEqual(total);
        }
        expect(lines.some((each) => each.critical && each.earliestFinish === total)).toBe(true);
      }),
    );
  });
});

describe('the runbook of a cutover', () => {
  const manifest = sampleManifest({
    cutover: {
      window,
      runbook: [
        { id: 'delta', owner: 'sro', minutes: 90 },
        { id: 'smoke', owner: 'payroll', minutes: 30 },
        {
          id: 'tell-staff',
          title: 'Tell the staff',
          owner: 'owner',
          minutes: 15,
          after: ['switch'],
        },
      ],
    },
  });
  const part = (ms: number): JsonObject => ({ ms, endedAt: '2027-04-05T10:00:00Z', mapping: 'm1' });
  const outputs = new Map<string, JsonObject>([
    ['cutover/rehearse/dress/delta', part(120_000)],
    ['cutover/rehearse/dress/switch', part(1000)],
    ['cutover/rehearse/dress/rollback', part(5000)],
  ]);

  it('takes durations from the rehearsal, from the manifest only where nothing was rehearsed, and says which', () => {
    const { lines, unknown, rollback } = planRunbook(manifest, outputs);
    const of = (id: string) => {
      const found = lines.find((each) => each.id === id);
      return [found?.owner, found?.ms, found?.from];
    };
    expect(of('delta')).toEqual(['sro', 120_000, 'rehearsed']);
    expect(of('smoke')).toEqual(['payroll', 1_800_000, 'planned']);
    expect(of('tell-staff')).toEqual(['owner', 900_000, 'planned']);
    expect(unknown).toEqual(['freeze', 'reconcile', 'totals']);
    expect(rollback).toBe(5000);
  });

  it('names its go/no-go points and says whether cutover and roll-back fit the window', () => {
    const plan = planRunbook(manifest, outputs);
    expect(plan.lines.filter((each) => each.goNoGo).map((each) => each.id)).toEqual([
      'go-no-go',
      'no-return',
    ]);
    expect(plan.total).toBe(1_921_000);
    expect(plan.fits).toBe(true);
    const short = { from: window.from, to: '2027-04-10T18:32:05Z' };
    expect(planRunbook(manifest, outputs, short).fits).toBe(false);
  });
});
