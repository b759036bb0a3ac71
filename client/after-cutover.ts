import { releaseProblem } from '../domain/controls/c07-capacity.ts';
import { savingsOf } from '../domain/controls/c16-baseline.ts';
import type { Actuals } from '../domain/controls/c16-baseline.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Manifest } from '../domain/manifest.ts';
import {
  claimSavings,
  confirmSavings,
  listReleases,
  listSavings,
  recordRelease,
} from '../store/after-cutover.ts';
import type { SavingsClaim } from '../store/after-cutover.ts';
import type { Database } from '../store/database.ts';
import type { Identity } from '../store/identities.ts';
import { findManifest } from '../store/manifests.ts';
import { presentTime } from '../store/present-time.ts';
import { findOnboarding } from '../store/read-model.ts';
import type { OnboardingDetail } from '../store/read-model.ts';
import { onboardingId } from '../workflows/messages.ts';
import { requireReader, requireRecorder } from './access.ts';
import type { Place } from './access.ts';
import type { HeldView, SavingsView } from './programme-views.ts';
import { translateError } from './translate-error.ts';

/**
 * What is decided about a department when its workflow has ended: letting the legacy side go, and what was saved. The record
 * says what is allowed. All functions throw `access/not-permitted` and `onboarding/not-found`.
 */
export class AfterCutover {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** What is held of the legacy side, and what was let go. */
  async held(identity: Identity, place: Place): Promise<HeldView> {
    requireReader(identity, place);
    return this.#do(async () => {
      const detail = await this.#find(place);
      const { cutover } = await this.#manifest(detail);
      const releases = await listReleases(this.#database, detail.id);
      return {
        exited: hasExited(detail),
        items: cutover.releaseHold.map((item) => {
          const found = releases.find((each) => each.item === item.id);
          const released =
            found === undefined
              ? null
              : { by: found.by, at: found.at.toISOString(), reason: found.reason };
          return { ...item, released };
        }),
      };
    });
  }

  /**
   * Lets a legacy system or team go (controls C7 and C15). Doing it again changes nothing.
   * @throws SlipwayError `cutover/release-held`, `request/not-found`
   */
  async release(identity: Identity, place: Place, item: string, reason: string): Promise<HeldView> {
    const { id: by } = requireRecorder(identity, place, 'releaseLegacy');
    await this.#do(async () => {
      const detail = await this.#find(place);
      const { releaseHold } = (await this.#manifest(detail)).cutover;
      const problem = releaseProblem(item, releaseHold, hasExited(detail));
      if (problem !== undefined) throw new SlipwayError('cutover/release-held', problem);
      if (!releaseHold.some(({ id }) => id === item)) {
        throw new SlipwayError(
          'request/not-found',
          `nothing of ${detail.id} that is held is called ${item}`,
        );
      }
      await recordRelease(this.#database, detail.id, item, { by, reason });
    });
    return this.held(identity, place);
  }

  /** What was claimed. */
  async savings(identity: Identity, place: Place): Promise<SavingsView[]> {
    requireReader(identity, place);
    return this.#do(async () => {
      const { id } = await this.#find(place);
      return (await listSavings(this.#database, id)).map(savingsView);
    });
  }

  /**
   * Claims savings against the baseline (control C16). The same claim again is that claim.
   * @param attached the actuals as they were given
   * @throws SlipwayError `savings/too-early`, `savings/no-actuals`
   */
  async claim(
    identity: Identity,
    place: Place,
    { actuals, attached, reason }: { actuals: Actuals; attached: string; reason: string },
  ): Promise<SavingsView> {
    const { id: by } = requireRecorder(identity, place, 'claimSavings');
    return this.#do(async () => {
      const detail = await this.#find(place);
      const { baseline } = await this.#manifest(detail);
      const now = await presentTime(this.#database, detail.id);
      const { status, endedAt } = detail.view;
      const ended = status === 'closed' ? endedAt : undefined;
      const savings = savingsOf(baseline, actuals, { ended, now });
      const said = { by, reason };
      return savingsView(
        await claimSavings(this.#database, detail.id, { savings, actuals, attached }, said),
      );
    });
  }

  /** Confirms a claim. @throws SlipwayError `request/not-found`, `approval/four-eyes` */
  async confirm(
    identity: Identity,
    place: Place,
    number: number,
    reason: string,
  ): Promise<SavingsView> {
    const { id: by } = requireRecorder(identity, place, 'confirmSavings');
    return this.#do(async () => {
      const { id } = await this.#find(place);
      return savingsView(await confirmSavings(this.#database, id, number, { by, reason }));
    });
  }

  async #find({ programme, department }: Place): Promise<OnboardingDetail> {
    const id = onboardingId(programme, department);
    const detail = await findOnboarding(this.#database, id);
    if (detail === undefined)
      throw new SlipwayError('onboarding/not-found', `there is no onboarding ${id}`);
    return detail;
  }

  async #manifest({ view }: OnboardingDetail): Promise<Manifest> {
    const hash = view.manifest ?? '';
    const stored = await findManifest(this.#database, hash);
    if (stored === undefined)
      throw new SlipwayError('internal/unexpected', `there is no manifest ${hash}`);
    return stored.manifest;
  }

  async #do<T>(use: () => Promise<T>): Promise<T> {
    try {
      return await use();
    } catch (error) {
      throw translateError(error);
    }
  }
}

/** The gate at the end of hypercare was passed. */
function hasExited({ steps, view }: OnboardingDetail): boolean {
  const exit = steps.find(({ key }) => key === 'cutover/exit');
  return view.status === 'closed' || exit?.status === 'succeeded';
}

function savingsView({ claimedAt, confirmedAt, ...claim }: SavingsClaim): SavingsView {
  return {
    ...claim,
    actuals: { ...claim.actuals, kpis: { ...claim.actuals.kpis } },
    savings: { ...claim.savings, kpis: { ...claim.savings.kpis } },
    claimedAt: claimedAt.toISOString(),
    confirmedAt: confirmedAt?.toISOString() ?? null,
  };
}
