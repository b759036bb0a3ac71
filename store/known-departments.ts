import type { Manifest } from '../domain/manifest.ts';
import { viewOnboarding } from '../domain/onboarding-view.ts';
import type { OnboardingStatus } from '../domain/onboarding-view.ts';
import type { KnownDepartment } from '../domain/programme.ts';
import type { Progress } from '../domain/progress.ts';
import { viewStep } from '../domain/step-view.ts';
import type { Queryable } from './database.ts';

interface Row {
  readonly id: string;
  readonly status: OnboardingStatus;
  readonly manifest: Manifest;
  readonly history: Progress['onboarding'];
  readonly switched: Progress['steps'][string] | null;
}

/** A department of a programme with the manifest it runs from. */
export interface DepartmentOnRecord extends KnownDepartment {
  readonly manifest: Manifest;
}

/** Every department of a programme that has an onboarding which was not aborted, by id. */
export async function knownDepartments(
  database: Queryable,
  programme: string,
): Promise<DepartmentOnRecord[]> {
  const { rows } = await database.query<Row>(
    `select o.department as id, o.status, m.content as manifest, o.history, s.history as switched
     from onboarding o
     join manifest m on m.hash = o.manifest
     left join step s on s.onboarding = o.id and s.key = 'cutover/switch'
     where o.programme = $1 and o.status <> 'aborted'
     order by o.department`,
    [programme],
  );
  return rows.map(({ id, status, manifest, history, switched }) => {
    const { status: settled, output } = viewStep('cutover/switch', switched ?? []);
    const liveFrom = output?.['liveFrom'];
    return {
      id,
      wave: manifest.department.wave,
      headcount: manifest.department.headcount,
      status,
      window: viewOnboarding(history).window ?? manifest.cutover.window,
      paid: !('notApplicable' in manifest.parallelRun),
      payDays: (manifest.payCalendar?.periods ?? []).map(({ payDay }) => payDay),
      manifest,
      ...(settled === 'succeeded' && status !== 'rolled-back' && typeof liveFrom === 'string'
        ? { switchedAt: liveFrom }
        : {}),
    };
  });
}

/** The last reason that people gave for moving the cutover of each department of a programme. */
export async function slipCauses(
  database: Queryable,
  programme: string,
): Promise<Record<string, string>> {
  const { rows } = await database.query<{ department: string; reason: string }>(
    `select distinct on (o.department) o.department, e.body ->> 'reason' as reason
     from event e join onboarding o on o.id = e.onboarding
     where o.programme = $1 and e.type in ('onboarding.rescheduled', 'onboarding.amended')
     order by o.department, e.version desc, e.part desc`,
    [programme],
  );
  return Object.fromEntries(rows.map(({ department, reason }) => [department, reason]));
}
