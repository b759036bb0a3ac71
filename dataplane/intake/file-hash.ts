import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file's bytes, in hex. */
export async function sha256OfFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(
    createReadStream(path),
    async (bytes: AsyncIterable<Buffer>) => {
      for await (const chunk of bytes) hash.update(chunk);
    },
    { signal },
  );
  return hash.digest('hex');
}
