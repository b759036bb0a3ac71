import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPack } from '../../store/pack/open-pack.ts';
import type { Part } from '../../store/pack/pack-file.ts';
import { newPrivateKey, signingKeyOf } from '../../store/pack/signing.ts';
import { verifyPack } from '../../store/pack/verify-pack.ts';
import {
  bomb,
  flipped,
  forged,
  key,
  longRecord,
  packed,
  partsOf,
  recorded,
  rehashed,
  startPacks,
  written,
} from './pack-world.ts';
import type { PackWorld } from './pack-world.ts';

const run = promisify(execFile);
let world: PackWorld;
let file: string;
let onboarding: string;
beforeAll(async () => {
  world = await startPacks();
  onboarding = await recorded(world);
  file = await packed(world, onboarding);
});
afterAll(() => world.close());

const problemsOf = async (path: string, trusted?: string): Promise<readonly string[]> =>
  (await verifyPack(path, trusted)).problems;

describe('an evidence pack', () => {
  it('is genuine as it was written, and says as of when and who signed it', async () => {
    const report = await verifyPack(file, key.fingerprint);
    expect(report).toMatchObject({
      onboarding,
      status: 'closed',
      events: 7,
      documents: 3,
      signedBy: key.fingerprint,
      trusted: true,
      problems: [],
    });
    await run('unzip', ['-tq', file]).catch((error: unknown) => {
      // Where there is no unzip, the next test reads every part with another reader than ours.
      if (!(error instanceof Error) || !error.message.includes('ENOENT')) throw error;
    });
  });

  it('has the same bytes for the same record: again, in another zone of time, and however the rows lie', async () => {
    const bytes = await readFile(file);
    // Rows that are written again lie elsewhere and come back in another order.
    await world.database.query(`update evidence set step = step where kind = 'a-new-kind'`);
    await world.database.query(`update variance set class = class where person < 'SECRET-15'`);
    expect((await readFile(await packed(world, onboarding))).equals(bytes)).toBe(true);
    const path = join(world.folder, 'elsewhere.zip');
    const child = join(import.meta.dirname, 'pack-elsewhere.ts');
    const secret = newPrivateKey();
    await run(process.execPath, ['--import', 'tsx', child, onboarding, path], {
      env: {
        ...process.env,
        TZ: 'Asia/Tokyo',
        LANG: 'de_DE.UTF-8',
        STORE: world.url,
        KEY: secret,
      },
    });
    const here = await readFile(await packed(world, onboarding, signingKeyOf(secret, 'the test')));
    expect((await readFile(path)).equals(here)).toBe(true);
  });

  it('names each part whose content was changed by one bit, at its beginning, middle and end', async () => {
    const parts = await partsOf(file);
    expect(parts.length).toBeGreaterThan(14);
    for (const [index, { name, content }] of parts.entries()) {
      for (const place of [0, content.length >> 1, content.length - 1]) {
        const path = await written(
          world,
          parts.with(index, { name, content: flipped(content, place) }),
        );
        const problems = await problemsOf(path);
        expect({ name, place, problems }).toEqual({
          name,
          place,
          problems: expect.arrayContaining([expect.stringContaining(name)]),
        });
        await rm(path);
      }
    }
  });

  it('names parts that are missing, were added, stand twice or stand elsewhere', async () => {
    const parts = await partsOf(file);
    for (const [index, { name }] of parts.entries()) {
      const missing = await problemsOf(await written(world, parts.toSpliced(index, 1)));
      expect(missing).toContain(`${name} is missing`);
    }
    const added = { name: 'documents/more.json', content: Buffer.from('{}') };
    expect(await problemsOf(await written(world, [...parts, added]))).toContain(
      'documents/more.json was added',
    );
    const [one, two, ...rest] = parts as [Part, Part, ...Part[]];
    expect(await problemsOf(await written(world, [two, one, ...rest]))).toEqual([
      `the order was changed: ${two.name} stands where ${one.name} should be`,
    ]);
    expect(await problemsOf(await written(world, [one, one, two, ...rest]))).toContain(
      `${one.name} is there more than once`,
    );
    const renamed = parts.with(0, { ...one, name: one.name.replace('manifests', 'manifest') });
    expect(await problemsOf(await written(world, renamed))).toEqual(
      expect.arrayContaining([
        `${one.name} is missing`,
        `${one.name.replace('manifests', 'manifest')} was added`,
      ]),
    );
  });

  it('notices every single bit of the container: names, dates, sizes, what comes after', async () => {
    const bytes = await readFile(file);
    const parts = await openPack(file);
    const headers = parts.offsets.flatMap((offset) =>
      Array.from({ length: 30 }, (_, place) => offset + place),
    );
    parts.close();
    const directory = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    const rest = Array.from({ length: bytes.length - directory }, (_, place) => directory + place);
    const path = join(world.folder, 'bits.zip');
    // All bytes of the first header and of the end; of the others every so many, to be quick.
    const some = [...headers, ...rest].filter((place, index) => place < 30 || index % 7 === 0);
    for (const place of [...some, ...rest.slice(-22)]) {
      await writeFile(path, flipped(bytes, place));
      const said = await problemsOf(path).catch((error: unknown) => [String(error)]);
      expect({ place, said }).not.toEqual({ place, said: [] });
    }
    await writeFile(path, Buffer.concat([bytes, Buffer.from('more')]));
    expect(await problemsOf(path).catch((error: unknown) => String(error))).not.toEqual([]);
    // A date alone is told with the part that it belongs to.
    await writeFile(path, flipped(bytes, 12));
    expect(await problemsOf(path)).toEqual([
      expect.stringMatching(/^what the file says about manifests\/\S+ \(date, size\) was changed/),
    ]);
  });

  it('is one clear error when it is cut short, is no ZIP file, or says that it is far larger', async () => {
    const bytes = await readFile(file);
    const path = join(world.folder, 'broken.zip');
    for (const content of [
      bytes.subarray(0, bytes.length >> 1),
      bytes.subarray(0, bytes.length - 1),
      Buffer.alloc(0),
      Buffer.from('no zip at all'),
    ]) {
      await writeFile(path, content);
      await expect(verifyPack(path)).rejects.toMatchObject({ code: 'evidence/unreadable' });
    }
    await expect(verifyPack(join(world.folder, 'nowhere.zip'))).rejects.toMatchObject({
      code: 'evidence/unreadable',
    });
    // A part that unpacks to a thousand times its size is not unpacked.
    await writeFile(path, bomb());
    await expect(verifyPack(path)).rejects.toThrow('is compressed');
  });

  it('tells the event that was altered even when everything was hashed and signed again', async () => {
    const parts = await partsOf(file);
    const index = parts.findIndex(({ name }) => name.startsWith('events/'));
    const events = parts[index]?.content.toString() ?? '';
    const changed = Buffer.from(events.replace('none to speak of', 'none at all'));
    const content = { name: parts[index]?.name ?? '', content: changed };
    const path = await written(world, rehashed(parts.with(index, content)));
    expect(await problemsOf(path)).toEqual(
      expect.arrayContaining(['event 4 is not the one that was recorded']),
    );
    expect(await problemsOf(path, key.fingerprint)).toContainEqual(
      expect.stringContaining('signed with another key'),
    );
  });

  it('tells the document that was altered, and one that an event rests on and that is gone', async () => {
    const parts = await partsOf(file);
    const index = parts.findIndex(({ name }) => name.startsWith('documents/a-new-kind/'));
    const other = { name: parts[index]?.name ?? '', content: Buffer.from('{"blockers":7}') };
    expect(
      await problemsOf(await written(world, rehashed(parts.with(index, other)))),
    ).toContainEqual(
      expect.stringMatching(
        /^document [0-9a-f]{12} \(a-new-kind of discovery\/assess\) was changed$/,
      ),
    );
    expect(await problemsOf(await written(world, rehashed(parts.toSpliced(index, 1))))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^event 2 rests on a-new-kind [0-9a-f]{12}, which is missing$/),
        'the record up to event 5 is not the one that was announced at the close',
      ]),
    );
  });

  it('tells events that are gone, and extracts that say something else', async () => {
    const parts = await partsOf(file);
    const index = parts.findIndex(({ name }) => name.startsWith('events/'));
    const lines = parts[index]?.content.toString().split('\n') ?? [];
    const without = (gone: number) => ({
      name: parts[index]?.name ?? '',
      content: Buffer.from(lines.toSpliced(gone, 1).join('\n')),
    });
    const middle = await problemsOf(await written(world, rehashed(parts.with(index, without(2)))));
    expect(middle).toContain('event 3 of the chain is missing');
    const last = await problemsOf(await written(world, rehashed(parts.with(index, without(6)))));
    expect(last).toContain('the events after 6 are missing: there were 7 when the pack was made');
    const waivers = parts.findIndex(({ name }) => name === 'waivers.json');
    const none = { name: 'waivers.json', content: Buffer.from('[]') };
    expect(await problemsOf(await written(world, rehashed(parts.with(waivers, none))))).toEqual([
      'waivers.json does not say what the events say',
    ]);
  });

  it('tells another key from the one that is trusted, and a signature that is of another pack', async () => {
    const parts = await partsOf(file);
    const resigned = await written(
      world,
      forged(parts, (contents) => contents),
    );
    const report = await verifyPack(resigned);
    expect(report.problems).toEqual([]);
    expect(report.signedBy).not.toBe(key.fingerprint);
    expect(await problemsOf(resigned, key.fingerprint)).toEqual([
      expect.stringContaining('signed with another key'),
    ]);
    const borrowed = parts.map((part) =>
      part.name === 'contents.json.sig'
        ? { ...part, content: key.sign(Buffer.from('something else')) }
        : part,
    );
    expect(await problemsOf(await written(world, borrowed))).toContainEqual(
      expect.stringContaining('the signature does not fit'),
    );
  });

  it('names nobody in its variances, and escapes what people wrote on its page', async () => {
    const parts = await partsOf(file);
    const all = Buffer.concat(parts.map(({ content }) => content)).toString();
    expect(all).not.toContain('SECRET');
    expect(all).not.toContain('98765');
    expect(all).toContain('"person":"person 20"');
    const page = parts.find(({ name }) => name === 'index.html')?.content.toString() ?? '';
    expect(page).toContain('as &lt;agreed&gt; &amp; noted');
    expect(page).toContain('none to speak of');
    expect(page).toContain('Something odd');
    expect(page).not.toContain('<script');
  });

  it('holds a hundred thousand events in little memory', async () => {
    const id = await longRecord(world, 100_000);
    const before = process.memoryUsage.rss();
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 20);
    const report = await verifyPack(await packed(world, id));
    clearInterval(timer);
    expect(report).toMatchObject({ events: 100_000, problems: [] });
    expect((peak - before) / 1024 ** 2).toBeLessThan(300);
  }, 120_000);
});
