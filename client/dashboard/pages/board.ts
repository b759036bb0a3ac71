import type { FastifyInstance } from 'fastify';
import { listOpenSteps } from '../../../store/open-steps.ts';
import { personOf, sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { STANDINGS } from '../words/status-tags.ts';
import { boardView } from './board-view.ts';
import { PAGE, queryValue } from './places.ts';

/** The programme board: every department one may look at. */
export function boardRoutes(app: FastifyInstance, site: Site): void {
  app.get('/', PAGE, async (request, reply) => {
    const summaries = await site.reads.board(personOf(request));
    const open = await listOpenSteps(
      site.database,
      summaries.map((summary) => summary.id),
    );
    const chosen = queryValue(request, 'show');
    const show = STANDINGS.find((standing) => standing === chosen);
    return sendPage(site, request, reply, 'board.njk', {
      title: 'Programme board',
      stream: '/live',
      board: boardView(summaries, open, show),
    });
  });
}
