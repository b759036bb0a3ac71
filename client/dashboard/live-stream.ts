import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Change } from '../../store/changes.ts';
import type { Identity } from '../../store/identities.ts';
import { mayRead } from '../access.ts';
import { identityOf } from './session.ts';
import type { Site } from './site.ts';

/** A page that hears nothing for longer than this takes the connection for lost. Milliseconds. */
const STILL_HERE = 10_000;
/** Changes within this time are told as one. Milliseconds. */
const GATHER = 100;
/** The board shows how far steps are in passing: with many departments something always moves. Milliseconds. */
const GATHER_BOARD_PROGRESS = 3_000;
/** What browsers that lose the connection wait before they connect again. Milliseconds. */
const RETRY = 2_000;

/**
 * Tells open pages that something of theirs has changed; they then ask for their newer content. Nothing of what changed
 * is in the message, so that one stream serves every page and costs no query.
 */
export function liveStream(app: FastifyInstance, site: Site): void {
  const open = new Set<AbortController>();
  app.addHook('preClose', async () => {
    for (const each of open) each.abort();
  });
  app.get<{ Querystring: { onboarding?: string } }>(
    '/live',
    { config: { rateLimit: false } },
    async (request, reply) => {
      const gone = new AbortController();
      open.add(gone);
      reply.raw.once('close', () => {
        open.delete(gone);
        gone.abort();
      });
      const messages = changesFor(site, request, request.query.onboarding, gone.signal);
      return reply
        .type('text/event-stream')
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .send(Readable.from(messages, { objectMode: false }));
    },
  );
}

async function* changesFor(
  site: Site,
  request: FastifyRequest,
  onboarding: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const gatherProgress = onboarding === undefined ? GATHER_BOARD_PROGRESS : GATHER;
  let person = request.person;
  let asked = Date.now();
  // When the page is to hear of what has changed, at the latest.
  let due = Infinity;
  let wake = (): void => undefined;
  const note = (change: Change): void => {
    if (person === undefined || !concerns(change, onboarding, person)) return;
    due = Math.min(due, Date.now() + (change.kind === 'progress' ? gatherProgress : GATHER));
    wake();
  };
  const end = (): void => wake();
  site.changes.on('change', note);
  signal.addEventListener('abort', end);
  try {
    yield `retry: ${RETRY}\n${message('hello')}`;
    while (!signal.aborted) {
      const now = Date.now();
      if (due <= now) {
        due = Infinity;
        yield message('changed');
      } else if (asked + STILL_HERE <= now) {
        asked = now;
        // The session may have ended in the meantime; a database that is away says nothing about it.
        person = await identityOf(site, request).catch(() => person);
        if (person === undefined) return;
        yield message('still-here');
      } else {
        const next = Math.min(due, asked + STILL_HERE);
        await pause(next - now, (resolve) => (wake = resolve));
      }
    }
  } finally {
    site.changes.off('change', note);
    signal.removeEventListener('abort', end);
  }
}

/** Waits for the time, or until what `onStart` was given is called. */
async function pause(milliseconds: number, onStart: (wake: () => void) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
    onStart(resolve);
  });
  clearTimeout(timer);
}

function message(event: string): string {
  return `event: ${event}\ndata: {}\n\n`;
}

function concerns(change: Change, onboarding: string | undefined, person: Identity): boolean {
  if (change.kind === 'reconnected') return true;
  if (onboarding !== undefined && change.onboarding !== onboarding) return false;
  const [, programme = '', department = ''] = change.onboarding.split('/');
  return mayRead(person, { programme, department });
}
