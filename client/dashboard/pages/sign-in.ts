import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ROLES } from '../../../domain/roles.ts';
import { listPeople } from '../../../store/identities.ts';
import type { Identity } from '../../../store/identities.ts';
import { ownPath } from '../addresses.ts';
import { signInAs, signInWith, signOut } from '../session.ts';
import { sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { count } from '../words/format.ts';
import { roleList } from '../words/names.ts';
import { queryValue } from './places.ts';

/** How often somebody may try a token. Demo people need none. */
const TRIES = {
  max: 20,
  timeWindow: '1 minute',
  hook: 'preHandler',
  allowList: ({ body }: FastifyRequest) => typeof fieldsOf(body).person === 'string',
} as const;

/** Signing in and out. */
export function signInRoutes(app: FastifyInstance, site: Site): void {
  app.get('/sign-in', async (request, reply) => {
    const from = ownPath(queryValue(request, 'from')) ?? '/';
    return request.person === undefined
      ? await showSignIn(site, request, reply, from)
      : reply.redirect(from, 303);
  });

  app.post('/sign-in', { config: { rateLimit: TRIES } }, async (request, reply) => {
    const { person, token, from } = fieldsOf(request.body);
    const back = ownPath(from) ?? '/';
    if (typeof person === 'string') {
      if ((await signInAs(site, reply, person)) !== undefined) return reply.redirect(back, 303);
      return await refuse(site, request, reply, back, 'There is no such person to sign in as');
    }
    const secret = typeof token === 'string' ? token.trim() : '';
    if (secret === '') return await refuse(site, request, reply, back, 'Enter your token');
    if ((await signInWith(site, reply, secret)) !== undefined) return reply.redirect(back, 303);
    const text = 'This token is not known, has expired or was revoked';
    return await refuse(site, request, reply, back, text);
  });

  app.post('/sign-out', async (_request, reply) => {
    signOut(reply);
    return reply.redirect('/sign-in', 303);
  });
}

function fieldsOf(body: unknown): { person?: unknown; token?: unknown; from?: unknown } {
  return body ?? {};
}

async function refuse(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  from: string,
  text: string,
): Promise<FastifyReply> {
  reply.code(401);
  return await showSignIn(site, request, reply, from, text);
}

async function showSignIn(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  from: string,
  problem?: string,
): Promise<FastifyReply> {
  const people = site.demoPeople ? await listPeople(site.database) : [];
  return sendPage(site, request, reply, 'sign-in.njk', {
    title: 'Sign in',
    from,
    problem,
    errors: problem === undefined ? [] : [{ text: problem, href: '#token' }],
    people: people
      .filter((person) => person.grants.length > 0)
      .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
      .map((person) => ({
        id: person.id,
        name: person.name,
        roles: roleList([...new Set(person.grants.map((grant) => grant.role))], 'and'),
        where: whereOf(person),
      })),
  });
}

/** Roles in the order of the table of roles. */
function rank(person: Identity): number {
  return Math.min(...person.grants.map((grant) => ROLES.indexOf(grant.role)));
}

function whereOf(person: Identity): string {
  if (person.grants.some((grant) => grant.programme === '*')) return 'every department';
  const places = new Set(
    person.grants.map((grant) =>
      grant.department === '*' ? grant.programme : `${grant.programme}/${grant.department}`,
    ),
  );
  return places.size <= 2 ? [...places].join(', ') : count(places.size, 'department');
}
