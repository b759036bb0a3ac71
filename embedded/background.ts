import { fork } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorCode, SlipwayError } from '../domain/errors.ts';
import { type Home, openHome } from './home.ts';
import type { Progress } from './progress.ts';
import { openLog } from './server-process.ts';
import type { Services } from './services.ts';

/** What a start in the background tells the command that asked for it. */
export type BackgroundMessage =
  | { readonly type: 'progress'; readonly line: string }
  | { readonly type: 'ready'; readonly services: Services; readonly elsewhere: boolean }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };

/**
 * Starts a home in the background: runs `program` with `args` in a session of its own, writing to
 * `logs/supervisor.log`, and resolves when it has said that everything is ready.
 * @throws SlipwayError the one that the start failed with
 */
export async function startInBackground(
  home: Home,
  program: string,
  args: readonly string[],
  say: Progress,
): Promise<{ services: Services; elsewhere: boolean }> {
  openHome(home);
  const log = openLog(join(home.logs, 'supervisor.log'));
  const child = fork(program, args, { detached: true, stdio: ['ignore', log.fd, log.fd, 'ipc'] });
  closeSync(log.fd);
  try {
    return await new Promise((resolve, reject) => {
      child.on('message', (message: BackgroundMessage) => {
        if (message.type === 'progress') say(message.line);
        else if (message.type === 'ready') resolve(message);
        else reject(new SlipwayError(message.code, message.message));
      });
      child.once('error', reject);
      child.once('exit', () => {
        const lastLine = log.since().trim().split('\n').at(-1);
        reject(new SlipwayError('service/failed', `the start ended: ${lastLine}`));
      });
    });
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}
