import { measurementProblem } from '../domain/controls/c07-capacity.ts';
import { nextLegalWindows } from '../domain/controls/c10-calendar.ts';
import type { Window } from '../domain/controls/c10-calendar.ts';
import { forecastOf } from '../domain/controls/c11-forecast.ts';
import type { DepartmentForecast } from '../domain/controls/c11-forecast.ts';
import { independenceProblem } from '../domain/controls/c12-assurance.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Measurement } from '../domain/programme-shape.ts';
import { listSavings } from '../store/after-cutover.ts';
import type { Database } from '../store/database.ts';
import type { Identity } from '../store/identities.ts';
import { knownDepartments, slipCauses } from '../store/known-departments.ts';
import type { DepartmentOnRecord } from '../store/known-departments.ts';
import {
  approvePlan,
  listMeasurements,
  listPlans,
  planInForce,
  recordMeasurement,
  registerPlan,
} from '../store/programmes.ts';
import type { PlanVersion } from '../store/programmes.ts';
import { onboardingId } from '../workflows/messages.ts';
import { requireProgrammeReader, requireRecorder } from './access.ts';
import type { ForecastView, ProgrammeView } from './programme-views.ts';
import { parseProgramme } from './programme-file.ts';
import { translateError } from './translate-error.ts';

/** A plan that was handed in. */
export interface RegisteredPlan {
  readonly programme: string;
  readonly version: number;
  readonly hash: string;
  /** False when the newest version has this content already. */
  readonly registered: boolean;
  /** Does it have other departments or dates than the plan in force? */
  readonly newBaseline: boolean;
}

/** Plans of programmes, what was measured of the provider, and forecasts. All functions throw `access/not-permitted`. */
export class Programmes {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Hands in a plan; in force is it once another person has approved it. @throws SlipwayError `programme/invalid` */
  async register(
    identity: Identity,
    text: string,
    fileName: string,
    reason: string,
  ): Promise<RegisteredPlan> {
    const plan = parseProgramme(text, fileName);
    const { programme } = plan;
    const { id: by } = requireRecorder(identity, { programme }, 'registerProgramme');
    const { version, registered, newBaseline } = await this.#do(() =>
      registerPlan(this.#database, plan, text, { by, reason }),
    );
    return { programme, version: version.version, hash: version.hash, registered, newBaseline };
  }

  /**
   * Puts the newest plan in force.
   * @param hash of the version that was looked at
   * @throws SlipwayError `request/not-found`, `approval/stale-evidence`, `approval/four-eyes`
   */
  async approve(
    identity: Identity,
    programme: string,
    hash: string,
    reason: string,
  ): Promise<ProgrammeView['versions'][number]> {
    const { id: by } = requireRecorder(identity, { programme }, 'approveProgramme');
    const version = await this.#do(() =>
      approvePlan(this.#database, programme, hash, { by, reason }),
    );
    return versionView(version, true);
  }

  /** The plan in force, its versions, measurements and savings. */
  async show(identity: Identity, programme: string): Promise<ProgrammeView> {
    requireProgrammeReader(identity, programme);
    return this.#do(async () => {
      const plans = await listPlans(this.#database, programme);
      const departments = await knownDepartments(this.#database, programme);
      if (plans.length === 0 && departments.length === 0)
        throw new SlipwayError('request/not-found', `there is no programme ${programme}`);
      const inForce = planInForce(plans);
      const claims = await Promise.all(
        departments.map(async ({ id }) => {
          const all = await listSavings(this.#database, onboardingId(programme, id));
          return all.map(({ number, savings, claimedBy, confirmedBy }) => ({
            department: id,
            number,
            annual: savings.annual,
            claimedBy,
            confirmedBy,
          }));
        }),
      );
      return {
        programme,
        plan: inForce?.content ?? null,
        versions: plans.map((plan) => versionView(plan, plan === inForce)),
        measurements: await listMeasurements(this.#database, programme),
        savings: claims.flat(),
      };
    });
  }

  /**
   * When every department will cut over, beside when it was to (control C11).
   * @throws SlipwayError `request/not-found` as long as no plan was approved
   */
  async forecast(identity: Identity, programme: string): Promise<ForecastView> {
    requireProgrammeReader(identity, programme);
    return this.#do(async () => {
      const plans = await listPlans(this.#database, programme);
      const plan = planInForce(plans)?.content;
      const original = plans.find(({ approvedBy }) => approvedBy !== null)?.content;
      if (plan === undefined || original === undefined)
        throw new SlipwayError('request/not-found', `${programme} has no approved plan`);
      const known = await knownDepartments(this.#database, programme);
      const departments = forecastOf({
        plan,
        original,
        departments: known,
        causes: await slipCauses(this.#database, programme),
        now: new Date().toISOString(),
        legal: (id, window, earliest, taken) => legalWindow(known, id, window, earliest, taken),
      });
      const waves = plan.waves.map(({ id }) => {
        const own = departments.filter(({ wave }) => wave === id);
        const last = (times: string[]): string => times.toSorted().at(-1) ?? '';
        const time = (value: string): string => new Date(value).toISOString();
        return {
          wave: id,
          baseline: last(own.map(({ baseline }) => time(baseline.to))),
          forecast: last(own.map(({ actual, forecast }) => time(actual ?? forecast.to))),
          daysLate: Math.max(...own.map(({ daysLate }) => daysLate)),
        };
      });
      return { departments, waves };
    });
  }

  /** Records what the provider has carried in a month. @throws SlipwayError `programme/measured`, `approval/not-independent` */
  async measure(
    identity: Identity,
    programme: string,
    measurement: Measurement,
    reason: string,
  ): Promise<void> {
    const actor = requireRecorder(identity, { programme }, 'measureProvider');
    const held = identity.grants
      .filter((grant) => grant.programme === '*' || grant.programme === programme)
      .map(({ role }) => role);
    const dependent = independenceProblem({ id: actor.id, roles: held }, undefined);
    if (dependent !== undefined) throw new SlipwayError(dependent.code, dependent.message);
    const now = new Date().toISOString();
    await this.#do(() =>
      recordMeasurement(
        this.#database,
        programme,
        measurement,
        { by: actor.id, reason },
        (next, earlier) => measurementProblem(next, earlier, now),
      ),
    );
  }

  async #do<T>(use: () => Promise<T>): Promise<T> {
    try {
      return await use();
    } catch (error) {
      throw translateError(error);
    }
  }
}

/** The first legal window of a department not before a moment; where its calendar is not known, the moment itself. */
function legalWindow(
  known: readonly DepartmentOnRecord[],
  id: string,
  window: Window,
  earliest: number,
  taken: readonly DepartmentForecast[],
): Window {
  const moved = Math.ceil((earliest - Date.parse(window.from)) / 86_400_000) * 86_400_000;
  const shifted = {
    from: new Date(Date.parse(window.from) + moved).toISOString(),
    to: new Date(Date.parse(window.to) + moved).toISOString(),
  };
  const manifest = known.find((each) => each.id === id)?.manifest;
  if (manifest === undefined) return shifted;
  const { team } = manifest.cutover;
  const others = known
    .filter((each) => each.id !== id && each.status !== 'closed')
    .filter((each) => each.manifest.cutover.team === team)
    .map((each) => {
      const forecast = taken.find(({ department }) => department === each.id)?.forecast;
      return { department: each.id, ...(forecast ?? each.window) };
    });
  const { sameWeekday, anyDay } = nextLegalWindows(
    window,
    manifest,
    others,
    new Date(earliest).toISOString(),
  );
  return sameWeekday ?? anyDay ?? shifted;
}

function versionView(
  { version, hash, preparedBy, preparedAt, reason, approvedBy, approvedAt }: PlanVersion,
  inForce: boolean,
): ProgrammeView['versions'][number] {
  return {
    version,
    hash,
    inForce,
    preparedBy,
    preparedAt: preparedAt.toISOString(),
    reason,
    approvedBy,
    approvedAt: approvedAt?.toISOString() ?? null,
  };
}
