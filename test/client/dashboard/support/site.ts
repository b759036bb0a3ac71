import { randomBytes } from 'node:crypto';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { createApp } from '../../../../client/api/app.ts';
import { dashboard } from '../../../../client/dashboard/dashboard.ts';
import type { Place } from '../../../../client/access.ts';
import { departmentAddress } from '../../../../client/dashboard/addresses.ts';
import type { Role } from '../../../../domain/roles.ts';
import { findPerson, savePerson } from '../../../../store/identities.ts';
import type { Identity } from '../../../../store/identities.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

/** The dashboard on a real server, in front of the real store and the real workflow. */
export interface TestSite {
  readonly world: World;
  readonly app: FastifyInstance;
  readonly url: string;
  /** A person with these roles everywhere. */
  person(id: string, name: string, ...roles: Role[]): Promise<Identity>;
  /** Starts the onboarding of a manifest whose text is changed, as Lee, who leads the programme. */
  start(change?: (text: string) => string): Promise<{ place: Place; path: string }>;
  /** A browser without a window and without scripts: keeps cookies, fills forms in. */
  visitor(): Visitor;
  close(): Promise<void>;
}

export async function startSite(options: { demoPeople?: boolean } = {}): Promise<TestSite> {
  const world = await startWorld();
  const { demoPeople = true } = options;
  const secret = randomBytes(32).toString('hex');
  const app = await createApp({
    services: world.services,
    pages: dashboard({ ...world.services, demoPeople, secret }),
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { database, commands } = world.services;
  const person: TestSite['person'] = async (id, name, ...roles) => {
    const grants = roles.map((role) => ({ role, programme: '*', department: '*' }));
    await savePerson(database, { id, name }, grants);
    return (await findPerson(database, id)) as Identity;
  };
  const lee = await person('lee', 'Lee', 'programme-lead');
  return {
    world,
    app,
    url,
    person,
    async start(change) {
      const { manifest, text, place } = world.manifest(change);
      await commands.start(lee, { manifest, source: text, baseFolder: '/' });
      return { place, path: departmentAddress(place) };
    },
    visitor: () => new Visitor(app),
    async close() {
      await app.close();
      await world.close();
    },
  };
}

/** Looks at pages and sends forms by HTTP alone. */
class Visitor {
  readonly #app: FastifyInstance;
  readonly #cookies = new Map<string, string>();

  constructor(app: FastifyInstance) {
    this.#app = app;
  }

  /** The cookies it was given, by name. */
  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
    return this.#keep(
      await this.#app.inject({ url: path, headers, cookies: Object.fromEntries(this.#cookies) }),
    );
  }

  /** Sends a form with the token of the page it is on. */
  async post(
    page: string,
    action: string,
    fields: Record<string, string>,
  ): Promise<LightMyRequestResponse> {
    const { body } = await this.get(page);
    return await this.send(action, { csrf: tokenOf(body), ...fields });
  }

  /** Sends fields as they are. */
  async send(action: string, fields: Record<string, string>): Promise<LightMyRequestResponse> {
    return this.#keep(
      await this.#app.inject({
        method: 'POST',
        url: action,
        cookies: Object.fromEntries(this.#cookies),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(fields).toString(),
      }),
    );
  }

  async signInAs(person: string): Promise<LightMyRequestResponse> {
    return await this.post('/sign-in', '/sign-in', { person });
  }

  #keep(response: LightMyRequestResponse): LightMyRequestResponse {
    for (const { name, value, maxAge, expires } of response.cookies) {
      if (maxAge === 0 || (expires !== undefined && expires.getTime() < Date.now()))
        this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }
}

/** The token of a page's first form. */
function tokenOf(html: string): string {
  return /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
}
