import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { freezeSource, unfreezeSource } from '../../dataplane/freeze.ts';
import { withClient } from '../support/database.ts';
import { createReadOnlyRole } from '../support/read-only-role.ts';
import { freeWork } from '../support/work.ts';
import { GOOD_PEOPLE, LEGACY, PLATFORM, peopleManifest } from './support/people.ts';
import { makeScene } from './support/scene.ts';

const manifest = peopleManifest();
const WRITE = "insert into unit values ('NEW', 'New', null)";

describe('freezing a source that may be made read-only', () => {
  it('ends writing for new and present sessions, can be repeated, and is taken back', async () => {
    const scene = await makeScene(`${LEGACY} ${GOOD_PEOPLE}`, PLATFORM);
    const request = { manifest, source: 'legacy', urls: scene.urls, freezeUrl: scene.legacy };
    const writer = new pg.Client({ connectionString: scene.legacy });
    writer.on('error', () => undefined);
    await writer.connect();
    const frozen = await freezeSource(request, freeWork());
    expect(frozen).toMatchObject({ method: 'read-only', endedSessions: 1 });
    expect(frozen.tables.map(({ table, rows }) => [table, rows])).toEqual([
      ['public.person', 250],
      ['public.unit', 0],
    ]);
    await expect(writer.query(WRITE)).rejects.toThrow(/connection/);
    await expect(scene.sql('legacy', WRITE)).rejects.toMatchObject({ code: '25006' });
    expect(await freezeSource(request, freeWork())).toMatchObject({
      method: 'read-only',
      endedSessions: 0,
    });

    expect(await unfreezeSource(request, freeWork())).toEqual({ method: 'read-only' });
    await unfreezeSource(request, freeWork());
    await scene.sql('legacy', WRITE);
  });

  it('is refused to an account that may not', async () => {
    const scene = await makeScene(LEGACY, PLATFORM);
    const freezeUrl = await createReadOnlyRole(scene.legacy, ['public']);
    const request = { manifest, source: 'legacy', urls: scene.urls, freezeUrl };
    await expect(freezeSource(request, freeWork())).rejects.toMatchObject({
      code: 'source/no-privilege',
    });
  });

  it('is not believed when the account of the new session has a setting of its own', async () => {
    const scene = await makeScene(LEGACY, PLATFORM);
    const url = new URL(await createReadOnlyRole(scene.legacy, ['public']));
    const database = new URL(scene.legacy).pathname.slice(1);
    await withClient(scene.legacy, (client) =>
      client.query(
        `alter database ${client.escapeIdentifier(database)} owner to ${client.escapeIdentifier(url.username)};
         alter role ${client.escapeIdentifier(url.username)} set default_transaction_read_only = off`,
      ),
    );
    const request = { manifest, source: 'legacy', urls: scene.urls, freezeUrl: url.href };
    await expect(freezeSource(request, freeWork())).rejects.toMatchObject({
      code: 'cutover/source-not-quiet',
    });
  });
});

describe('a source that may not be made read-only', () => {
  it('is proven quiet by two equal looks', async () => {
    const scene = await makeScene(`${LEGACY} ${GOOD_PEOPLE}`, PLATFORM);
    const request = { manifest, source: 'legacy', urls: scene.urls, settleMs: 0 };
    expect(await freezeSource(request, freeWork())).toMatchObject({
      method: 'quiet',
      endedSessions: 0,
    });
    expect(await unfreezeSource(request, freeWork())).toEqual({ method: 'quiet' });
  });

  it('is not quiet when a single value changes between the looks', async () => {
    const scene = await makeScene(`${LEGACY} ${GOOD_PEOPLE}`, PLATFORM);
    const looks = freeWork();
    let changed: Promise<unknown> | undefined;
    const work = {
      signal: looks.signal,
      // The first look at the last table ends the first round.
      progress: ({ done }: { done: number }) => {
        if (done === 2)
          changed ??= scene.sql('legacy', 'update person set pay = pay + 0.01 where id = 7');
      },
    };
    const frozen = freezeSource(
      { manifest, source: 'legacy', urls: scene.urls, settleMs: 2000 },
      work,
    );
    await expect(frozen).rejects.toMatchObject({
      code: 'cutover/source-not-quiet',
      details: { tables: ['public.person'] },
    });
    await changed;
  });
});
