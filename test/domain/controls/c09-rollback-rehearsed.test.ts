import { describe, expect, it } from 'vitest';
import { rollbackProblems } from '../../../domain/controls/c09-rollback-rehearsed.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { REHEARSAL_PARTS, rehearsalItems } from '../../../domain/rehearsals.ts';
import { sampleManifest } from '../../workflows/sample-manifest.ts';

const window = { from: '2027-04-10T18:00:00Z', to: '2027-04-11T18:00:00Z' };
const NOW = '2027-04-10T18:00:00Z';

const manifestWith = (cutover: object = {}, policy: object = {}) =>
  sampleManifest({ cutover: { window, ...cutover }, policy });

/** Outputs of a dress rehearsal in which every part ended well. */
function rehearsed(change: Record<string, JsonObject> = {}): Map<string, JsonObject> {
  const parts = REHEARSAL_PARTS.map((part) => [
    `cutover/rehearse/dress/${part}`,
    { ms: 60_000, endedAt: '2027-04-05T10:00:00Z', mapping: 'm1' },
  ]);
  return new Map(
    Object.entries({
      'mapping/compile': { hash: 'm1' },
      ...(Object.fromEntries(parts) as Record<string, JsonObject>),
      ...change,
    }),
  );
}

const rules = (
  outputs: ReadonlyMap<string, JsonObject>,
  manifest = manifestWith(),
  now = NOW,
): string[] => rollbackProblems({ manifest, outputs, now }).map(({ rule }) => rule);

describe('control C9: a rehearsed, timed roll-back', () => {
  it('refuses what Novopay did: a cutover that nobody had ever taken back', () => {
    expect(rules(new Map([['mapping/compile', { hash: 'm1' }]]))).toEqual(['not-rehearsed']);
    expect(rules(rehearsed(), manifestWith({ rehearsals: [] }))).toEqual(['not-rehearsed']);
  });

  it('lets a cutover begin whose roll-back was rehearsed lately and fits', () => {
    expect(rules(rehearsed())).toEqual([]);
  });

  it('is not satisfied by a rehearsal without a roll-back', () => {
    const manifest = manifestWith({ rehearsals: [{ id: 'dress', rollback: false }] });
    expect(rehearsalItems(manifest)).not.toContain('dress/rollback');
    expect(rules(rehearsed(), manifest)).toEqual(['not-rehearsed']);
  });

  it('is not satisfied by a roll-back that failed and was waived', () => {
    expect(rules(rehearsed({ 'cutover/rehearse/dress/rollback': {} }))).toEqual(['incomplete']);
  });

  it('counts the last rehearsal with a roll-back, not the one that went well before', () => {
    const manifest = manifestWith({ rehearsals: [{ id: 'dress' }, { id: 'second' }] });
    expect(rules(rehearsed(), manifest)).toEqual(['not-rehearsed']);
  });

  it('refuses a rehearsal from before the mapping was amended', () => {
    expect(rules(rehearsed({ 'mapping/compile': { hash: 'm2' } }))).toEqual(['other-mapping']);
    expect(rules(rehearsed({ 'mapping/compile': {} }))).toEqual(['other-mapping']);
  });

  it('refuses a rehearsal that is too old, to the second', () => {
    const manifest = manifestWith({}, { rehearsalValidDays: 5 });
    expect(rules(rehearsed(), manifest, '2027-04-10T10:00:00Z')).toEqual([]);
    expect(rules(rehearsed(), manifest, '2027-04-10T10:00:01Z')).toEqual(['too-old']);
  });

  it('is not made young by a clock that was set back', () => {
    expect(rules(rehearsed(), manifestWith(), '2027-04-05T09:59:59Z')).toEqual(['clock']);
  });

  it('refuses a roll-back that takes longer than it stays viable', () => {
    const slow = { ms: 5 * 3_600_000, endedAt: '2027-04-05T10:00:00Z', mapping: 'm1' };
    expect(rules(rehearsed({ 'cutover/rehearse/dress/rollback': slow }))).toEqual(['too-long']);
  });

  it('refuses what does not fit the window that is left, also when it was moved', () => {
    expect(rules(rehearsed(), manifestWith(), '2027-04-11T17:53:00Z')).toEqual([]);
    expect(rules(rehearsed(), manifestWith(), '2027-04-11T17:53:01Z')).toEqual(['too-long']);
    const moved = { from: '2027-04-10T18:00:00Z', to: '2027-04-10T18:05:00Z', legal: true };
    expect(rules(rehearsed({ 'cutover/window': moved }))).toEqual(['too-long']);
  });
});
