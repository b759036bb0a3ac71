import type { FastifyRequest } from 'fastify';
import type { Place } from '../../access.ts';
import { departmentAddress } from '../addresses.ts';
import { sessionKey } from '../session.ts';

/** The address of a department, as routes declare it. */
export const DEPARTMENT_ROUTE = '/onboardings/:programme/:department';

/** A page that is open asks for its newer content at most twice a second. */
export const PAGE = {
  config: { rateLimit: { max: 600, timeWindow: '1 minute', keyGenerator: sessionKey } },
} as const;

/** Which department a request is about. */
export function placeOf(request: FastifyRequest): Place {
  const { programme, department } = request.params as Place;
  return { programme, department };
}

/** Where pages of a department hear of its changes. */
export function streamOf(onboarding: string): string {
  return `/live?onboarding=${encodeURIComponent(onboarding)}`;
}

/** The way back from a page below a department's. */
export function breadcrumbs(
  place: Place,
  name: string,
  last?: string,
): { text: string; href?: string }[] {
  return [
    { text: 'Programme board', href: '/' },
    last === undefined ? { text: name } : { text: name, href: departmentAddress(place) },
    ...(last === undefined ? [] : [{ text: last }]),
  ];
}

/** One value of a query, or undefined where it is missing or repeated. */
export function queryValue(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Record<string, unknown>)[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
