import { expect, test } from 'vitest';
import { paceOf } from '../../domain/pace.ts';

const startedAt = new Date('2026-03-01T10:00:00Z');
const later = (seconds: number): Date => new Date(startedAt.getTime() + seconds * 1000);

test('the rate is what was done since the beginning, and the end is as far as the rest at that rate', () => {
  const progress = { done: 500, total: 2000, startedAt, at: later(5) };
  expect(paceOf(progress, later(5))).toEqual({ ratePerSecond: 100, etaSeconds: 15 });
  expect(paceOf(progress, later(8)).etaSeconds).toBe(12);
  expect(paceOf(progress, later(60)).etaSeconds).toBe(0);
});

test('what has no end, or has only just begun, has no estimate', () => {
  expect(paceOf({ done: 5, total: null, startedAt, at: later(5) }, later(5))).toEqual({
    ratePerSecond: 1,
    etaSeconds: null,
  });
  expect(paceOf({ done: 5, total: 9, startedAt, at: startedAt }, later(1))).toEqual({
    ratePerSecond: 0,
    etaSeconds: null,
  });
});
