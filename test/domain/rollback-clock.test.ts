import { expect, test } from 'vitest';
import type { JsonObject } from '../../domain/json.ts';
import { clockProblems, rollbackClock, rollbackViableUntil } from '../../domain/rollback-clock.ts';
import { sampleManifest } from '../workflows/sample-manifest.ts';

const LIVE = '2027-04-10T20:00:00.000Z';
const until = (outputs: Record<string, JsonObject> = {}, cutover: object = {}): string => {
  const { window } = sampleManifest().cutover;
  const manifest = sampleManifest({ cutover: { window, ...cutover } });
  return rollbackViableUntil(manifest, new Map(Object.entries(outputs)), LIVE);
};

test('a roll-back may begin until the hours of the manifest are over, less what the rehearsed one took', () => {
  expect(until()).toBe('2027-04-11T00:00:00.000Z');
  const took = (ms: number) => ({
    'cutover/rehearse/dress/rollback': {
      ms,

      endedAt: LIVE,
      mapping: 'm1',
      ok: true,
    },
  });
  expect(until(took(30 * 60_000))).toBe('2027-04-10T23:30:00.000Z');
  expect(until(took(9 * 3_600_000))).toBe(LIVE);
  expect(until({}, { rollbackHours: 1 })).toBe('2027-04-10T21:00:00.000Z');
});

const VIABLE = '2027-04-11T00:00:00.000Z';
const before = Date.parse(VIABLE) - 1;

test('whoever decides after the clock ran out has to have seen it', () => {
  expect(clockProblems({ rollbackViableUntil: VIABLE }, before)).toEqual([]);
  expect(clockProblems({ rollbackViableUntil: VIABLE }, before + 1)).toEqual(['rollback-clock']);
  expect(clockProblems({}, before)).toEqual([]);
});

test('the clock runs from the switch until somebody decides or it is too late', () => {
  const output = { liveFrom: LIVE, rollbackViableUntil: VIABLE };
  const steps = (status: string, decided = 'waiting') => [
    { key: 'cutover/switch', status, output },
    { key: 'cutover/no-return', status: decided },
  ];
  const clock = { liveFrom: LIVE, viableUntil: VIABLE };
  expect(rollbackClock(steps('succeeded'), before)).toEqual({ ...clock, state: 'running' });
  expect(rollbackClock(steps('succeeded'), before + 1)).toEqual({ ...clock, state: 'out' });
  expect(rollbackClock(steps('succeeded', 'succeeded'), before + 1)).toEqual({
    ...clock,
    state: 'decided',
  });
  expect(rollbackClock(steps('undone'), before)).toBeUndefined();
  expect(rollbackClock([], before)).toBeUndefined();
});
