import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { GOVUK, IDIOMORPH, MOJ } from './packages.ts';

const OWN = fileURLToPath(new URL('assets/', import.meta.url));
const IMAGES = [join(MOJ, 'moj', 'assets', 'images'), join(GOVUK, 'govuk', 'assets', 'images')];

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

const compress = promisify(brotliCompress);

/** The files that pages load, all under one address that changes with any of them. */
export interface Assets {
  /** Where they are: `/assets/<hash>`. */
  readonly path: string;
  /** Content by name. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Reads the styles and scripts of the design systems and our own. Everything is kept in memory: it is a quarter MB. */
export function readAssets(): Assets {
  const files = new Map<string, Buffer>([
    ['dashboard.css', Buffer.from(styles())],
    ['dashboard.js', readFileSync(join(OWN, 'dashboard.js'))],
    ['live.js', readFileSync(join(OWN, 'live.js'))],
    ['idiomorph.js', readFileSync(join(IDIOMORPH, 'idiomorph.min.js'))],
    ['govuk-frontend.js', Buffer.from(script(join(GOVUK, 'govuk', 'govuk-frontend.min.js')))],
    ['favicon.svg', readFileSync(join(OWN, 'favicon.svg'))],
    ...IMAGES.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.svg'))
        .map((name) => [`images/${name}`, readFileSync(join(folder, name))] as const),
    ),
  ]);
  const hash = createHash('sha256');
  for (const [name, content] of files) hash.update(`${name}\0`).update(content);
  return { path: `/assets/${hash.digest('hex').slice(0, 16)}`, files };
}

/**
 * One style sheet. The typeface of GOV.UK is licensed for gov.uk addresses only, so that ours falls back to Arial, as
 * GOV.UK Frontend asks of other services.
 */
function styles(): string {
  return [
    join(GOVUK, 'govuk', 'govuk-frontend.min.css'),
    join(MOJ, 'moj', 'moj-frontend.min.css'),
    join(OWN, 'dashboard.css'),
  ]
    .map((path) => readFileSync(path, 'utf8'))
    .map((text) => text.replaceAll(/@font-face\{[^}]*\}/g, ''))
    .map((text) => text.replaceAll('GDS Transport,', ''))
    .map((text) => text.replaceAll('url(/assets/images/', 'url(images/'))
    .map((text) => text.replaceAll(/\/\*# sourceMappingURL=[^*]*\*\//g, ''))
    .join('\n');
}

function script(path: string): string {
  return readFileSync(path, 'utf8').replace(/\n?\/\/# sourceMappingURL=.*$/m, '');
}

/** Serves the files for a year: whatever changes has another address. */
export function serveAssets(app: FastifyInstance, { path, files }: Assets): void {
  const packed = new Map<string, Promise<Buffer>>();
  app.get<{ Params: { '*': string } }>(`${path}/*`, async (request, reply) => {
    const name = request.params['*'];
    const content = files.get(name);
    if (content === undefined) return reply.callNotFound();
    reply
      .type(TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('vary', 'accept-encoding');
    if (!acceptsBrotli(request.headers['accept-encoding'])) return reply.send(content);
    const ready = packed.get(name) ?? compress(content);
    packed.set(name, ready);
    return reply.header('content-encoding', 'br').send(await ready);
  });
}

function acceptsBrotli(header: string | string[] | undefined): boolean {
  return /\bbr\b(?!;\s*q=0(\.0*)?\b)/.test(String(header ?? ''));
}
