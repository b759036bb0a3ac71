import type { FastifyInstance } from 'fastify';
import { UNMASK_ROLES } from '../../../domain/permissions.ts';
import { type ReconcilingStage, reconcileStep } from '../../../domain/reconciliation.ts';
import { holdsAny } from '../../../domain/roles.ts';
import { actorAt, type Place } from '../../access.ts';
import type { DifferencesView } from '../../difference-views.ts';
import { differencesAddress, stepAddress } from '../addresses.ts';
import { personOf, sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { People } from '../words/people.ts';
import { breadcrumbs, DEPARTMENT_ROUTE, placeOf, queryValue } from './places.ts';

const KINDS: Readonly<Record<DifferencesView['named'][number]['kind'], string>> = {
  missing: 'Missing on the platform',
  extra: 'Only on the platform',
  different: 'Different',
};

/** In what both sides differ: the rows that a reconciliation has named, with their columns, and totals. */
export function differenceRoutes(app: FastifyInstance, site: Site): void {
  app.get<{ Params: Place & { dataset: string } }>(
    `${DEPARTMENT_ROUTE}/differences/:dataset`,
    async (request, reply) => {
      const place = placeOf(request);
      const { dataset } = request.params;
      const identity = personOf(request);
      const stage: ReconcilingStage =
        queryValue(request, 'stage') === 'cutover' ? 'cutover' : 'migration';
      const unmasked = queryValue(request, 'raw') === 'true';
      const view = await site.quarantine.differences(identity, place, { dataset, stage, unmasked });
      const [{ name }, { manifest }, known, { looks }] = await Promise.all([
        site.reads.onboarding(identity, place),
        site.reads.manifest(identity, place),
        site.reads.people(identity),
        site.quarantine.looks(identity, place),
      ]);
      const people = new People(known, manifest.people);
      const { missing, extra, different } = view.differing;
      const differing = missing + extra + different;
      const mayUnmask = holdsAny(actorAt(identity, place), UNMASK_ROLES);
      return sendPage(site, request, reply, 'differences.njk', {
        title: `Differences – ${name}`,
        crumbs: breadcrumbs(place, name, 'Differences'),
        name,
        ...view,
        differing,
        missing,
        extra,
        different,
        named: view.named.map((row) => ({ ...row, what: KINDS[row.kind] })),
        left: differing - view.named.length,
        sums: sumsOf(view),
        groupsLeft: view.groups.differing - view.groups.named.length,
        unequal: view.counts.filter(({ equal }) => !equal),
        step: stepAddress(place, reconcileStep(stage, dataset)),
        unmask:
          mayUnmask && !unmasked
            ? differencesAddress(place, dataset, { stage, raw: 'true' })
            : undefined,
        looks: looks
          .filter(({ what }) => what.includes('differing'))
          .map((each) => ({ ...each, name: people.name(each.by) })),
      });
    },
  );
}

/** The control totals as a whole, and those of the groups that differ. */
function sumsOf({ totals, groups }: DifferencesView) {
  const ofAll = totals.map((each) => ({ ...each, group: 'All rows' }));
  const ofGroups = groups.named.flatMap(({ group, rows, totals: differing }) => {
    const name =
      group === null
        ? 'A group of fewer than five rows'
        : group.map((part) => part ?? 'none').join(', ');
    const counted = { column: 'rows', legacy: `${rows.legacy}`, platform: `${rows.platform}` };
    return [...(rows.legacy === rows.platform ? [] : [counted]), ...differing].map((each) => ({
      ...each,
      group: name,
      ledger: null,
      equal: false,
    }));
  });
  return [...ofAll, ...ofGroups];
}
