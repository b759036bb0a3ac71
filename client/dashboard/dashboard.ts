import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import type { FastifyPluginAsync } from 'fastify';
import { serveAssets } from './assets.ts';
import { answerErrors } from './error-page.ts';
import { liveStream } from './live-stream.ts';
import type { DashboardOptions } from './options.ts';
import { boardRoutes } from './pages/board.ts';
import { commandRoutes } from './pages/commands.ts';
import { departmentRoutes } from './pages/department.ts';
import { differenceRoutes } from './pages/differences.ts';
import { evidenceRoutes } from './pages/evidence.ts';
import { historyRoutes } from './pages/history.ts';
import { cutoverRoutes } from './pages/cutover.ts';
import { profileRoutes } from './pages/profiles.ts';
import { loadRoutes } from './pages/loads.ts';
import { quarantineRoutes } from './pages/quarantine.ts';
import { signInRoutes } from './pages/sign-in.ts';
import { stepRoutes } from './pages/step.ts';
import { suggestionRoutes } from './pages/suggestions.ts';
import { varianceTrendRoutes } from './pages/variance-trend.ts';
import { varianceRoutes } from './pages/variances.ts';
import { secureHeaders } from './secure-headers.ts';
import { COOKIE_OPTIONS, identityOf } from './session.ts';
import { createSite, formOwner, wantsFragment } from './site.ts';

/** A corrected workbook. Bytes. */
const UPLOAD_LIMIT = 16 * 1024 * 1024;

/** The dashboard: pages rendered on the server, which also work where no script runs. */
export function dashboard(options: DashboardOptions): FastifyPluginAsync {
  const site = createSite(options);
  return async (app) => {
    secureHeaders(app);
    await app.register(cookie, { secret: options.secret });
    await app.register(formbody, { bodyLimit: 128 * 1024 });
    await app.register(multipart, {
      attachFieldsToBody: 'keyValues',
      limits: { fileSize: UPLOAD_LIMIT, files: 1, fields: 20, fieldSize: 64 * 1024 },
    });
    await app.register(csrf, {
      cookieKey: 'slipway_form',
      cookieOpts: COOKIE_OPTIONS,
      csrfOpts: { hmacKey: options.secret, userInfo: true },
      getUserInfo: formOwner,
      getToken: (request) => (request.body as { csrf?: string } | undefined)?.csrf,
    });
    app.decorateRequest('person', undefined);
    app.addHook('onRequest', async (request) => {
      // What pages load is the same for everybody.
      if (!request.url.startsWith(site.assets.path))
        request.person = await identityOf(site, request);
    });
    app.addHook('preHandler', (request, reply, done) => {
      if (request.method === 'POST') app.csrfProtection(request, reply, done);
      else done();
    });
    answerErrors(app, site);
    await app.register(async (open) => {
      serveAssets(open, site.assets);
      signInRoutes(open, site);
    });
    await app.register(async (closed) => {
      closed.addHook('onRequest', async (request, reply) => {
        if (request.person !== undefined) return;
        const page = request.method === 'GET' ? request.url : '/';
        if (wantsFragment(request)) return reply.code(401).send();
        return reply.redirect(`/sign-in?from=${encodeURIComponent(page)}`, 303);
      });
      boardRoutes(closed, site);
      departmentRoutes(closed, site);
      stepRoutes(closed, site);
      quarantineRoutes(closed, site);
      loadRoutes(closed, site);
      differenceRoutes(closed, site);
      varianceTrendRoutes(closed, site);
      varianceRoutes(closed, site);
      profileRoutes(closed, site);
      cutoverRoutes(closed, site);
      suggestionRoutes(closed, site);
      evidenceRoutes(closed, site);
      historyRoutes(closed, site);
      commandRoutes(closed, site);
      liveStream(closed, site);
    });
  };
}
