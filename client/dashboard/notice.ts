import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { COOKIE_OPTIONS } from './session.ts';

/** What was just done, said once on the next page. */
const COOKIE = 'slipway_notice';
const MAX_AGE = 60;

const noticeSchema = z.strictObject({ kind: z.literal('notice'), text: z.string() });

/** Has the next page say what was done. */
export function leaveNotice(reply: FastifyReply, text: string): void {
  const value = Buffer.from(JSON.stringify({ kind: 'notice', text })).toString('base64url');
  reply.setCookie(COOKIE, value, { ...COOKIE_OPTIONS, maxAge: MAX_AGE });
}

/** What the page has to say, which is then forgotten. */
export function takeNotice(request: FastifyRequest, reply: FastifyReply): string | undefined {
  const { valid, value } = request.unsignCookie(request.cookies[COOKIE] ?? '');
  if (!valid) return undefined;
  reply.clearCookie(COOKIE, { path: '/' });
  const content: unknown = JSON.parse(Buffer.from(value, 'base64url').toString());
  return noticeSchema.safeParse(content).data?.text;
}
