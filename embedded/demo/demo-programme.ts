import type { SlipwayError } from '../../domain/errors.ts';
import { DemoApi } from './demo-api.ts';
import { decideAsPeople } from './demo-people.ts';
import { payLive } from './live-payroll.ts';
import type { DemoDepartment } from './make-department.ts';
import { announcer, startDepartment } from './run-demo.ts';
import type { DemoPlace } from './run-demo.ts';

const PROGRAMME = 'demo';

/** Three departments that show what a programme lead meets in the first week. */
const DEPARTMENTS: readonly (DemoDepartment & {
  readonly shows: 'the whole journey' | 'a failing step' | 'an approval';
})[] = [
  {
    id: 'prisons',
    name: 'Prisons (demo)',
    programme: PROGRAMME,
    staff: 500,
    seed: 1,
    wave: 1,
    shape: 'postgres',
    shows: 'the whole journey',
  },
  {
    id: 'courts',
    name: 'Courts (demo)',
    programme: PROGRAMME,
    staff: 300,
    seed: 2,
    wave: 1,
    shape: 'files',
    wrongEncoding: true,
    shows: 'a failing step',
  },
  {
    id: 'probation',
    name: 'Probation (demo)',
    programme: PROGRAMME,
    staff: 200,
    seed: 3,
    wave: 2,
    shape: 'postgres',
    shows: 'an approval',
  },
];

/**
 * Starts the demo programme, or goes on with it: one department goes through all stages, one parks at a failing step, one
 * waits for the user's approval. Says what to do about them. What the user does, the demo leaves alone.
 */
export async function runDemoProgramme(
  place: DemoPlace & { readonly homeOption: string },
): Promise<void> {
  const api = new DemoApi(place.apiUrl, place.home.secrets);
  const home = place.homeOption === '.slipway' ? '' : ` --home ${place.homeOption}`;
  await Promise.all(
    DEPARTMENTS.map(async (department) => {
      const id = await startDepartment(place, api, department);
      const changed = announcer(place.say, id);
      const name = `${PROGRAMME}/${department.id}`;
      if (department.shows === 'the whole journey') {
        const end = await decideAsPeople(api, id, {
          stop: () => false,
          changed,
          live: (onboarding) => payLive(place.databases.platform, onboarding.id),
          signal: place.signal,
        });
        const parked = end.steps.find((step) => step.status === 'parked');
        place.say(
          parked === undefined
            ? `${name}: ${end.status}`
            : `${name}: parked at ${parked.key}: ${parked.failure?.message ?? ''}`,
        );
        return;
      }
      if (department.shows === 'an approval') {
        await decideAsPeople(api, id, {
          stop: ({ steps }) =>
            steps.some((step) => step.key === 'discovery/gate' && step.status !== 'pending'),
          changed,
          signal: place.signal,
        });
        place.say(
          `${name}: waits for your approval. Look at it on the dashboard, then:\n` +
            `  npx slipway approve ${name} discovery/gate --as demo-data-owner --reason "the figures are right"${home}`,
        );
        return;
      }
      const end = await decideAsPeople(api, id, {
        stop: () => false,
        changed,
        live: (onboarding) => payLive(place.databases.platform, onboarding.id),
        signal: place.signal,
      });
      const parked = end.steps.find((step) => step.status === 'parked');
      if (parked === undefined) return;
      place.say(
        `${name}: parked at ${parked.key}: ${parked.failure?.message ?? ''}\n` +
          `  ${parked.failure?.advice ?? ''} Here the manifest names the wrong encoding:\n` +
          `  npx slipway retry ${name} ${parked.key} --input '{"files":{"staff":{"encoding":"windows-1252"}}}' --reason "the export is windows-1252"${home}`,
      );
    }),
  );
}

/** Says in one line why the demo stopped; Slipway itself goes on. */
export function sayDemoFailed(say: (line: string) => void, error: SlipwayError): void {
  say(`the demo stopped: ${error.message} (${error.code})`);
}
