import type { FastifyInstance } from 'fastify';
import { quarantineAddress } from '../addresses.ts';
import { personOf, sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { percent } from '../words/format.ts';
import { People } from '../words/people.ts';
import { breadcrumbs, DEPARTMENT_ROUTE, placeOf } from './places.ts';

/** Every load of a department with its figures, mock loads included. */
export function loadRoutes(app: FastifyInstance, site: Site): void {
  app.get(`${DEPARTMENT_ROUTE}/loads`, async (request, reply) => {
    const place = placeOf(request);
    const identity = personOf(request);
    const [{ name }, { manifest }, known, { loads }] = await Promise.all([
      site.reads.onboarding(identity, place),
      site.reads.manifest(identity, place),
      site.reads.people(identity),
      site.quarantine.loads(identity, place),
    ]);
    const people = new People(known, manifest.people);
    const ids = [...new Set(loads.map(({ loadId }) => loadId))].toReversed();
    return sendPage(site, request, reply, 'loads.njk', {
      title: `Loads – ${name}`,
      crumbs: breadcrumbs(place, name, 'Loads'),
      name,
      loads: ids.map((id) => {
        const own = loads.filter(({ loadId }) => loadId === id);
        return {
          id,
          began: own[0]?.startedAt,
          superseded: own.some(({ supersededAt }) => supersededAt !== null),
          quarantine: quarantineAddress(place),
          datasets: own.map((each) => ({
            ...each,
            rate: percent(each.rejectRate),
            before: beforeOf(loads, each),
            mappings: each.mappings.map((hash) => hash.slice(0, 12)),
          })),
          decisions: own.flatMap(({ dataset, decisions }) =>
            decisions.map((decision) => ({
              ...decision,
              dataset,
              by: people.name(decision.by),
              what: whatOf(decision.result),
            })),
          ),
        };
      }),
    });
  });
}

interface Rated {
  readonly loadId: string;
  readonly dataset: string;
  readonly rejectRate: number;
  readonly complete: boolean;
}

/** How the reject rate compares with that of the complete load before. */
function beforeOf(
  loads: readonly Rated[],
  load: Rated,
): { text: string; worse: boolean } | undefined {
  const ofDataset = loads.filter(({ dataset }) => dataset === load.dataset);
  const before = ofDataset.slice(0, ofDataset.indexOf(load)).findLast(({ complete }) => complete);
  if (before === undefined) return undefined;
  const worse = load.rejectRate > before.rejectRate;
  return { text: `${worse ? 'worse than' : 'after'} ${percent(before.rejectRate)}`, worse };
}

function whatOf(result: Readonly<Record<string, unknown>>): string {
  if (typeof result['refused'] === 'string') return `refused: ${result['refused']}`;
  return result['kind'] === 'accept'
    ? `accepted ${String(result['accepted'])}`
    : `re-drove: ${String(result['corrected'])} corrected, ${String(result['loaded'])} loaded`;
}
