import { afterEach, describe, expect, it } from 'vitest';
import { withAssurance } from '../../../domain/controls/c12-assurance.ts';
import { planOf } from '../../../domain/plan.ts';
import * as messages from '../../../workflows/messages.ts';
import { actor, startHarness } from '../../workflows/harness.ts';
import type { Harness } from '../../workflows/harness.ts';
import { refusalOf } from '../../workflows/refusal-of.ts';
import { sampleManifest } from '../../workflows/sample-manifest.ts';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

describe('independent assurance', () => {
  it('is asked about go or no-go, whatever the manifest says', () => {
    const manifest = sampleManifest({ policy: { approvals: { cutover: { sro: 2 } } } });
    expect(planOf(manifest).quorums['cutover/gate']).toEqual({ sro: 2, assurance: 1 });
    expect(withAssurance({ assurance: 2 })).toEqual({ assurance: 2 });
  });

  it('records findings that only it closes and only the senior owner accepts; nobody of the programme speaks for it', async () => {
    const base = sampleManifest();
    const people = [
      ...base.people,
      { id: 'both', name: 'Both', roles: ['assurance' as const, 'finance-lead' as const] },
    ];
    const own = (harness = await startHarness({}, { ...base, people }));
    const handle = await own.start();
    await own.reaches('discovery/gate', 'waiting');
    const record = (id: string, ...roles: ('assurance' | 'sro' | 'finance-lead')[]) =>
      handle.executeUpdate(messages.recordFindingUpdate, {
        args: [{ actor: actor(id, ...roles), reason: 'no recovery test' }],
      });
    expect(await refusalOf(record('both', 'assurance'))).toBe('approval/not-independent');
    expect(await refusalOf(record('sro', 'sro'))).toBe('access/not-permitted');
    const finding = String((await record('assurance', 'assurance')).version);
    const close = (id: string, role: 'assurance' | 'sro') =>
      handle.executeUpdate(messages.closeFindingUpdate, {
        args: [{ actor: actor(id, role), reason: 'dealt with', finding }],
      });
    expect(await refusalOf(close('sro', 'sro'))).toBe('access/not-permitted');
    const accept = (id: string, role: 'assurance' | 'sro') =>
      handle.executeUpdate(messages.acceptFindingUpdate, {
        args: [{ actor: actor(id, role), reason: 'taken on', finding }],
      });
    expect(await refusalOf(accept('assurance', 'assurance'))).toBe('access/not-permitted');
    await accept('sro', 'sro');
    expect(await refusalOf(accept('sro', 'sro'))).toBe('command/not-now');
    await close('assurance', 'assurance');
    expect(await refusalOf(close('assurance', 'assurance'))).toBe('command/not-now');
  });
});
