import type { Entry, ZipFile } from 'yauzl';
import { openPromise } from 'yauzl';
import { SlipwayError } from '../../domain/errors.ts';

/** The largest part that is read, in bytes: a part is in memory while it is checked. */
const LARGEST = 256 * 1024 * 1024;
/** The most parts that are read. */
const MOST = 1_000_000;

/** A pack that is open for reading. */
export interface OpenPack {
  /** Names of its parts in the order of the file; a name may be there twice. */
  readonly names: readonly string[];
  /** Where the header of each part begins, in bytes. */
  readonly offsets: readonly number[];
  /** The content of a part by its place in `names`. @throws SlipwayError `evidence/unreadable` */
  read(place: number): Promise<Buffer>;
  close(): void;
}

/** Opens a pack. Nothing is unpacked: a pack holds its parts as they are. @throws SlipwayError `evidence/unreadable` */
export async function openPack(file: string): Promise<OpenPack> {
  const zip = await readable(file, () =>
    openPromise(file, { autoClose: false, lazyEntries: true }),
  );
  try {
    const entries = await readable(file, () => entriesOf(zip, file));
    return {
      names: entries.map(({ fileName }) => fileName),
      offsets: entries.map(({ relativeOffsetOfLocalHeader }) => relativeOffsetOfLocalHeader),
      read: async (place) => {
        const entry = entries[place];
        if (entry === undefined) throw new RangeError(`there is no part ${place}`);
        return readable(`${file}, part ${entry.fileName},`, () => contentOf(zip, entry));
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function entriesOf(zip: ZipFile, file: string): Promise<Entry[]> {
  if (zip.entryCount > MOST) throw unreadable(file, `it says that it has ${zip.entryCount} parts`);
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.on('end', () => {
      const strange = entries.find((entry) => problemOf(entry) !== undefined);
      if (strange === undefined) resolve(entries);
      else reject(unreadable(file, `its part ${strange.fileName} ${problemOf(strange) as string}`));
    });
    zip.on('error', reject);
    zip.readEntry();
  });
}

function problemOf(entry: Entry): string | undefined {
  if (entry.isEncrypted()) return 'is encrypted';
  if (entry.compressionMethod !== 0) return 'is compressed: a pack holds its parts as they are';
  if (entry.uncompressedSize > LARGEST) return `says that it has ${entry.uncompressedSize} bytes`;
  return undefined;
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function readable<T>(file: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    if (cause instanceof SlipwayError) throw cause;
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unreadable(file: string, why: string, cause?: unknown): SlipwayError {
  return new SlipwayError(
    'evidence/unreadable',
    `${file} cannot be read as an evidence pack: ${why}`,
    {
      cause,
    },
  );
}
