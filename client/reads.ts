import { SlipwayError } from '../domain/errors.ts';
import { openLines, redLines, validUntil } from '../domain/readiness/statement.ts';
import { presentTime } from '../store/present-time.ts';
import { readinessOf } from '../store/readiness.ts';
import { changedMembers } from '../domain/controls/c02-frozen-criteria.ts';
import type { Proposal } from '../domain/onboarding-view.ts';
import type { Manifest } from '../domain/manifest.ts';
import { possibleForOnboarding } from '../domain/possible-commands.ts';
import type { Situation } from '../domain/possible-commands.ts';
import { stageProgress } from '../domain/step-view.ts';
import type { Actor } from '../domain/roles.ts';
import { parseStepKey } from '../domain/step-catalogue.ts';
import type { StepKey } from '../domain/step-catalogue.ts';
import type { Database } from '../store/database.ts';
import { listPeople } from '../store/identities.ts';
import type { Identity } from '../store/identities.ts';
import { findManifest } from '../store/manifests.ts';
import type { StoredManifest } from '../store/manifests.ts';
import {
  findEvidence,
  findOnboarding,
  findStanding,
  listEvents,
  listEvidence,
  listOnboardings,
} from '../store/read-model.ts';
import type { OnboardingDetail, OnboardingSummary, StepProgress } from '../store/read-model.ts';
import { listProfileRuns } from '../store/profiles.ts';
import type { ProfileRun } from '../store/profiles.ts';
import { listUnmatched } from '../store/comparisons.ts';
import type { UnmatchedPerson } from '../store/comparisons.ts';
import { varianceTrend } from '../store/variance-trend.ts';
import type { VarianceTrend } from '../store/variance-trend.ts';
import { listVariances, varianceGroups } from '../store/variances.ts';
import type { StoredVariance, VarianceGroup } from '../store/variances.ts';
import { onboardingId } from '../workflows/messages.ts';
import { actorAt, mayRead, requireReader } from './access.ts';
import type { Place } from './access.ts';
import { stepDetail, stepItem } from './step-item.ts';
import { translateError } from './translate-error.ts';
import type {
  EvidenceItem,
  EvidenceView,
  LoggedEventView,
  OnboardingPage,
  ReadinessView,
  ProposalView,
  StepDetail,
  StepItem,
  SummaryView,
} from './views.ts';

/** The most rows of one answer. */
const PAGE = 1000;

/**
 * Everything people can look at. Each function takes who looks and shows only departments for which they hold a role.
 * All throw a SlipwayError: `access/not-permitted`, `onboarding/not-found`, `service/unreachable`.
 */
export class Reads {
  readonly #database: Database;
  /** Manifests never change under their hash. The newest few are kept. */
  readonly #manifests = new Map<string, StoredManifest>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The programme board: every onboarding the identity may see. */
  async board(identity: Identity, programme?: string): Promise<SummaryView[]> {
    const rows = await this.#query(() => listOnboardings(this.#database, { programme }));
    return rows.filter((row) => mayRead(identity, row)).map(summaryView);
  }

  /** One onboarding with its stages and steps. */
  async onboarding(identity: Identity, place: Place): Promise<OnboardingPage> {
    const look = await this.#look(identity, place);
    const { situation, actor, progress } = look;
    const items = look.detail.steps.map((step) =>
      stepItem(situation, step, progress.get(step.key), actor),
    );
    return onboardingPage(look, items);
  }

  /** One onboarding with everything about its steps, from one look: what a page about the whole journey needs. */
  async journey(
    identity: Identity,
    place: Place,
  ): Promise<{ onboarding: OnboardingPage; steps: StepDetail[] }> {
    const look = await this.#look(identity, place);
    const { situation, actor, progress } = look;
    const steps = look.detail.steps.map((step) =>
      stepDetail(situation, step, progress.get(step.key), actor),
    );
    return { onboarding: onboardingPage(look, steps), steps };
  }

  /** One step with its attempts, input and output. @throws SlipwayError `command/unknown-step` */
  async step(identity: Identity, place: Place, key: StepKey): Promise<StepDetail> {
    const { detail, situation, actor, progress } = await this.#look(identity, place);
    const step = detail.steps.find((each) => each.key === key);
    if (step === undefined || parseStepKey(key) === undefined)
      throw new SlipwayError('command/unknown-step', `${detail.id} has no step ${key}`);
    return stepDetail(situation, step, progress.get(key), actor);
  }

  /** The manifest it runs from, with the text it was read from. */
  async manifest(identity: Identity, place: Place): Promise<StoredManifest> {
    const { manifest } = await this.#standing(identity, place);
    return await this.#query(() => this.#manifest(manifest));
  }

  /** Events after a position, in the order of the chain. */
  async events(
    identity: Identity,
    place: Place,
    after = 0,
    limit: number = PAGE,
  ): Promise<LoggedEventView[]> {
    const { id } = await this.#standing(identity, place);
    const rows = await this.#query(() => listEvents(this.#database, id, after, limit));
    return rows.map(({ position, hash, event }) => ({ position, hash, event: { ...event } }));
  }

  /** All documents of an onboarding, without their content. */
  async evidenceOf(identity: Identity, place: Place): Promise<EvidenceItem[]> {
    const { id } = await this.#standing(identity, place);
    const rows = await this.#query(() => listEvidence(this.#database, id));
    return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
  }

  /** A document of an onboarding by its hash. @throws SlipwayError `request/not-found` */
  async evidence(identity: Identity, place: Place, hash: string): Promise<EvidenceView> {
    const { id } = await this.#standing(identity, place);
    const found = await this.#query(() => findEvidence(this.#database, id, hash));
    if (found === undefined)
      throw new SlipwayError('request/not-found', `${id} has no evidence ${hash}`);
    return { onboarding: id, ...found };
  }

  /** The profiles of the sources in the order in which they were made. */
  async profileRuns(identity: Identity, place: Place): Promise<ProfileRun[]> {
    const { id } = await this.#standing(identity, place);
    return await this.#query(() => listProfileRuns(this.#database, id));
  }

  /** How ready it is, measured from the record now: what the next readiness statement will say. */
  async readiness(identity: Identity, place: Place): Promise<ReadinessView> {
    const { id } = await this.#standing(identity, place);
    const { manifest } = await this.manifest(identity, place);
    return await this.#query(async () => {
      const at = await presentTime(this.#database, id);
      const { lines } = await readinessOf(this.#database, id, manifest, at);
      return {
        at,
        red: redLines(lines),
        open: openLines(lines),
        validUntil: validUntil(lines) ?? null,
        lines: lines.map((line) => ({
          ...line,
          evidence: line.evidence.map((each) => ({ ...each })),
        })),
      };
    });
  }

  /** The variances of a pay period by signature. */
  async varianceGroups(identity: Identity, place: Place, period: string): Promise<VarianceGroup[]> {
    const { id } = await this.#standing(identity, place);
    return await this.#query(() => varianceGroups(this.#database, id, period));
  }

  /** The compared pay periods with their differences, in order. */
  async varianceTrend(identity: Identity, place: Place): Promise<VarianceTrend[]> {
    const { id } = await this.#standing(identity, place);
    return await this.#query(() => varianceTrend(this.#database, id));
  }

  /** The lines behind a signature, or of a whole pay period. */
  async variances(
    identity: Identity,
    place: Place,
    period: string,
    signature?: string,
    limit: number = PAGE,
  ): Promise<StoredVariance[]> {
    const { id } = await this.#standing(identity, place);
    return await this.#query(() => listVariances(this.#database, id, period, signature, limit));
  }

  /** People with pay of the period on one side only, the first thousand. */
  async unmatched(identity: Identity, place: Place, period: string): Promise<UnmatchedPerson[]> {
    const { id } = await this.#standing(identity, place);
    return await this.#query(() => listUnmatched(this.#database, id, period, PAGE));
  }

  /** The people who hold a role somewhere the identity may look, with those roles. */
  async people(identity: Identity): Promise<Identity[]> {
    const all = await this.#query(() => listPeople(this.#database));
    const everywhere = identity.grants.some((grant) => grant.programme === '*');
    return all
      .map((person) => ({
        ...person,
        grants: person.grants.filter((grant) => everywhere || sharesGround(identity, grant)),
      }))
      .filter((person) => person.grants.length > 0 || person.id === identity.id);
  }

  async #standing(identity: Identity, place: Place) {
    requireReader(identity, place);
    const id = onboardingId(place.programme, place.department);
    const standing = await this.#query(() => findStanding(this.#database, id));
    if (standing === undefined) throw notFound(id);
    return standing;
  }

  async #look(identity: Identity, place: Place): Promise<Look> {
    requireReader(identity, place);
    const id = onboardingId(place.programme, place.department);
    const detail = await this.#query(() => findOnboarding(this.#database, id));
    if (detail === undefined) throw notFound(id);
    const { manifest } = await this.#query(() => this.#manifest(detail.view.manifest));
    const situation = {
      status: detail.view.status,
      proposal: detail.view.proposal,
      startedBy: detail.view.startedBy,
      people: peopleOf(manifest),
      steps: detail.steps,
    };
    const progress = new Map(detail.progress.map((each) => [each.key, each]));
    return { detail, situation, actor: actorAt(identity, place), progress };
  }

  async #manifest(hash: string): Promise<StoredManifest> {
    const known = this.#manifests.get(hash) ?? (await findManifest(this.#database, hash));
    if (known === undefined) throw new TypeError(`manifest ${hash} is not stored`);
    this.#manifests.delete(hash);
    this.#manifests.set(hash, known);
    const oldest = this.#manifests.keys().next().value;
    if (this.#manifests.size > 100 && oldest !== undefined) this.#manifests.delete(oldest);
    return known;
  }

  async #query<T>(use: () => Promise<T>): Promise<T> {
    try {
      return await use();
    } catch (error) {
      throw translateError(error);
    }
  }
}

/** An onboarding as it is now, and who looks. */
interface Look {
  readonly detail: OnboardingDetail;
  readonly situation: Situation;
  readonly actor: Actor;
  readonly progress: ReadonlyMap<StepKey, StepProgress>;
}

function onboardingPage(
  { detail, situation, actor }: Look,
  steps: readonly StepItem[],
): OnboardingPage {
  const { view } = detail;
  return {
    id: detail.id,
    programme: view.programme,
    department: view.department,
    name: detail.name,
    wave: detail.wave,
    headcount: detail.headcount,
    status: view.status,
    stage: view.stage,
    reason: view.reason ?? null,
    startedAt: view.startedAt ?? null,
    startedBy: view.startedBy ?? null,
    endedAt: view.endedAt ?? null,
    manifest: view.manifest,
    position: detail.position,
    chainHash: detail.chainHash,
    version: detail.version,
    stages: stageProgress(detail.steps),
    steps: [...steps],
    proposal: proposalView(view.proposal),
    can: possibleForOnboarding(situation, actor),
  };
}

function proposalView(proposal: Proposal | undefined): ProposalView | null {
  if (proposal === undefined) return null;
  const { criteria, ...rest } = proposal;
  const changes = criteria.map((change) => ({ ...change, members: changedMembers(change) }));
  return { ...rest, changes };
}

/** A line of the board as people see it. */
export function summaryView(row: OnboardingSummary): SummaryView {
  return {
    ...row,
    status: row.status as SummaryView['status'],
    stage: row.stage as SummaryView['stage'],
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
  };
}

function notFound(id: string): SlipwayError {
  return new SlipwayError('onboarding/not-found', `there is no onboarding ${id}`);
}

function peopleOf(manifest: Manifest): Actor[] {
  return manifest.people.map(({ id, roles }) => ({ id, roles }));
}

function sharesGround(identity: Identity, grant: Identity['grants'][number]): boolean {
  return identity.grants.some(
    ({ programme, department }) =>
      (programme === grant.programme || grant.programme === '*') &&
      (department === '*' || department === grant.department || grant.department === '*'),
  );
}
