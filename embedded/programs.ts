import { fileURLToPath } from 'node:url';

/** The programs that run as processes of their own beside the supervisor. */
export interface Programs {
  readonly worker: string;
  readonly api: string;
}

/** Paths of the programs: compiled ones when we are compiled, sources when we run from the sources. */
export function ownPrograms(): Programs {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const path = (name: string): string =>
    fileURLToPath(new URL(`../${name}.${extension}`, import.meta.url));
  return { worker: path('worker/main'), api: path('client/api/main') };
}
