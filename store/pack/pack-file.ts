import { crc32 } from 'node:zlib';

/** One part of a pack: a file of the ZIP. */
export interface Part {
  readonly name: string;
  readonly content: Buffer;
}

/** Version needed to extract: 2.0; 4.5 where the directory has 64-bit fields. */
const VERSION = 20;
const VERSION_64 = 45;
/** Names are UTF-8. */
const UTF8 = 0x0800;
/** 1 January 1980, midnight: the earliest date of the format, as every part has it. */
const NO_TIME = 0;
const NO_DATE = 0x21;
const MAX_16 = 0xffff;
const MAX_32 = 0xffffffff;

interface Written {
  readonly name: Buffer;
  readonly crc: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * The bytes of a pack: a ZIP file (PKWARE's APPNOTE 6.3) of stored parts in the given order, without dates. Not compressed, so
 * that the same parts give the same bytes whatever the version of zlib, and so that nobody who reads one can be made to
 * unpack more than is there. Written by hand because the writer must not keep parts after they are written.
 */
export async function* packBytes(parts: AsyncIterable<Part>): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  let offset = 0;
  for await (const { name, content } of parts) {
    const entry = {
      name: Buffer.from(name, 'utf8'),
      crc: crc32(content),
      size: content.length,
      offset,
    };
    const header = localHeader(entry);
    offset += header.length + content.length;
    written.push(entry);
    yield header;
    yield content;
  }
  let size = 0;
  for (const entry of written) {
    const header = directoryHeader(entry);
    size += header.length;
    yield header;
  }
  yield endOfDirectory(written.length, size, offset);
}

function localHeader({ name, crc, size }: Written): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(UTF8, 6);
  header.writeUInt16LE(NO_TIME, 10);
  header.writeUInt16LE(NO_DATE, 12);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(size, 18);
  header.writeUInt32LE(size, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function directoryHeader({ name, crc, size, offset }: Written): Buffer {
  const far = offset >= MAX_32;
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(VERSION_64, 4);
  header.writeUInt16LE(far ? VERSION_64 : VERSION, 6);
  header.writeUInt16LE(UTF8, 8);
  header.writeUInt16LE(NO_TIME, 12);
  header.writeUInt16LE(NO_DATE, 14);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(size, 20);
  header.writeUInt32LE(size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(far ? 12 : 0, 30);
  header.writeUInt32LE(far ? MAX_32 : offset, 42);
  const extra = Buffer.alloc(far ? 12 : 0);
  if (far) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(8, 2);
    extra.writeBigUInt64LE(BigInt(offset), 4);
  }
  return Buffer.concat([header, name, extra]);
}

function endOfDirectory(entries: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries, MAX_16), 8);
  end.writeUInt16LE(Math.min(entries, MAX_16), 10);
  end.writeUInt32LE(Math.min(size, MAX_32), 12);
  end.writeUInt32LE(Math.min(offset, MAX_32), 16);
  if (entries < MAX_16 && size < MAX_32 && offset < MAX_32) return end;
  const large = Buffer.alloc(56);
  large.writeUInt32LE(0x06064b50, 0);
  large.writeBigUInt64LE(44n, 4);
  large.writeUInt16LE(VERSION_64, 12);
  large.writeUInt16LE(VERSION_64, 14);
  large.writeBigUInt64LE(BigInt(entries), 24);
  large.writeBigUInt64LE(BigInt(entries), 32);
  large.writeBigUInt64LE(BigInt(size), 40);
  large.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([large, locator, end]);
}
