import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { findHolderOfReference, findPerson, tokenReference } from '../../store/identities.ts';
import type { Identity } from '../../store/identities.ts';
import type { Database } from '../../store/database.ts';

/** Who looks at the dashboard is remembered in a signed cookie. It holds references, no secret. */
const COOKIE = 'slipway_session';

/** A working day. Seconds. */
const MAX_AGE = 12 * 3600;

const sessionSchema = z.strictObject({
  /** A signature does not say what for: nothing else that we sign can stand for a session. */
  kind: z.literal('session'),
  person: z.string(),
  /** Stands for the token that was given; absent for a demo person. */
  token: z.string().optional(),
  /** When it began, in seconds since 1970. The browser's own clock is not trusted with it. */
  since: z.number(),
});
type Session = z.output<typeof sessionSchema>;

/** How cookies are sent. `auto` is secure wherever the request came by HTTPS. */
export const COOKIE_OPTIONS = {
  path: '/',
  httpOnly: true,
  sameSite: 'lax',
  secure: 'auto',
  signed: true,
} as const;

interface Ground {
  readonly database: Database;
  readonly demoPeople: boolean;
}

/** Whose requests are counted together: those of one session, also where many people come from one address. */
export function sessionKey(request: FastifyRequest): string {
  return request.cookies[COOKIE] ?? request.ip;
}

/** Signs a demo person in. @returns undefined when there is no such person */
export async function signInAs(
  ground: Ground,
  reply: FastifyReply,
  person: string,
): Promise<Identity | undefined> {
  if (!ground.demoPeople) return undefined;
  const identity = await findPerson(ground.database, person);
  if (identity !== undefined) remember(reply, { person });
  return identity;
}

/** Signs the holder of a token in. @returns undefined when the token is not valid */
export async function signInWith(
  ground: Ground,
  reply: FastifyReply,
  secret: string,
): Promise<Identity | undefined> {
  const token = tokenReference(secret);
  const identity = await findHolderOfReference(ground.database, token);
  if (identity !== undefined) remember(reply, { person: identity.id, token });
  return identity;
}

/** Forgets who was signed in. */
export function signOut(reply: FastifyReply): void {
  reply.clearCookie(COOKIE, { path: '/' });
}

/**
 * Who is signed in, looked up anew for each request: a token that was revoked or has expired ends its sessions, and so
 * does the end of demo people.
 */
export async function identityOf(
  ground: Ground,
  request: FastifyRequest,
): Promise<Identity | undefined> {
  const session = readSession(request);
  if (session === undefined || session.since + MAX_AGE < Date.now() / 1000) return undefined;
  if (session.token !== undefined)
    return await findHolderOfReference(ground.database, session.token);
  return ground.demoPeople ? await findPerson(ground.database, session.person) : undefined;
}

function remember(reply: FastifyReply, session: Omit<Session, 'since' | 'kind'>): void {
  const content = JSON.stringify({
    kind: 'session',
    ...session,
    since: Math.floor(Date.now() / 1000),
  });
  const value = Buffer.from(content).toString('base64url');
  reply.setCookie(COOKIE, value, { ...COOKIE_OPTIONS, maxAge: MAX_AGE });
}

function readSession(request: FastifyRequest): Session | undefined {
  const { valid, value } = request.unsignCookie(request.cookies[COOKIE] ?? '');
  if (!valid) return undefined;
  return sessionSchema.safeParse(JSON.parse(Buffer.from(value, 'base64url').toString())).data;
}
