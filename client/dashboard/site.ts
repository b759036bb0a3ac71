import type { FastifyReply, FastifyRequest } from 'fastify';
import { SlipwayError } from '../../domain/errors.ts';
import type { Identity } from '../../store/identities.ts';
import { readAssets } from './assets.ts';
import type { Assets } from './assets.ts';
import { takeNotice } from './notice.ts';
import type { DashboardOptions } from './options.ts';
import type { SummaryLine } from './pages/form-state.ts';
import { createRenderer } from './renderer.ts';
import type { Render } from './renderer.ts';

declare module 'fastify' {
  export interface FastifyRequest {
    /** Who looks at a page, once it was found out. */
    person: Identity | undefined;
  }
}

/** What every page has, beside what its template needs. */
export interface PageModel {
  readonly title: string;
  /** Where to hear of changes; a page without it stays as it is. */
  readonly stream?: string;
  readonly errors?: readonly SummaryLine[];
  readonly [more: string]: unknown;
}

/** What all pages are made with. */
export interface Site extends DashboardOptions {
  readonly assets: Assets;
  readonly render: Render;
}

/** Reads templates and files once. */
export function createSite(options: DashboardOptions): Site {
  return { ...options, assets: readAssets(), render: createRenderer() };
}

/** What the script of a page asks with for its newer content. */
const FRAGMENT_HEADER = 'x-slipway-fragment';

/** Does the page's script ask for newer content of the page it shows? */
export function wantsFragment(request: FastifyRequest): boolean {
  return request.headers[FRAGMENT_HEADER] !== undefined;
}

/** Answers with a page, or with its content alone when its script asks for that. */
export function sendPage(
  { render, assets, demoPeople }: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  template: string,
  model: PageModel,
): FastifyReply {
  const fragment = wantsFragment(request);
  const person = request.person;
  const html = render(template, {
    ...model,
    base: fragment ? 'fragment.njk' : 'layout.njk',
    assets: assets.path,
    demoPeople,
    person,
    csrf: reply.generateCsrf({ userInfo: formOwner(request) }),
    notice: fragment ? undefined : takeNotice(request, reply),
    address: request.url,
    now: new Date(),
  });
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('vary', FRAGMENT_HEADER)
    .send(html);
}

/** For whom a form is made: it is good for nobody else, and not for who signs in after. */
export function formOwner(request: FastifyRequest): string {
  // The package refuses an empty text.
  return request.person?.id ?? '(nobody)';
}

/** Who looks at a page that only signed-in people see. */
export function personOf(request: FastifyRequest): Identity {
  if (request.person === undefined)
    throw new SlipwayError('access/not-signed-in', 'nobody is signed in');
  return request.person;
}
