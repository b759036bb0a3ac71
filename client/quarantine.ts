import type { Client } from '@temporalio/client';
import { SlipwayError } from '../domain/errors.ts';
import type { InspectionRequest } from '../domain/inspection.ts';
import { UNMASK_ROLES } from '../domain/permissions.ts';
import { reconcileStep } from '../domain/reconciliation.ts';
import { holdsAny } from '../domain/roles.ts';
import { ruleInWords } from '../domain/rule-words.ts';
import type { Database } from '../store/database.ts';
import type { Identity } from '../store/identities.ts';
import { unmaskedLooks } from '../store/inspections.ts';
import { findStanding } from '../store/read-model.ts';
import { lastReconciliation } from '../store/reconciliations.ts';
import * as messages from '../workflows/messages.ts';
import { actorAt, requireActor, requireReader } from './access.ts';
import type { Place } from './access.ts';
import type { DifferencesView } from './difference-views.ts';
import { differencesView } from './differences.ts';
import type { DifferencesQuery, UnmaskedReconciliation } from './differences.ts';
import type { Answered } from './inspections.ts';
import { inspect } from './inspections.ts';
import type {
  ImportedView,
  LoadHistoryView,
  LooksView,
  ProvenanceView,
  QuarantineView,
} from './quarantine-views.ts';
import { translateError } from './translate-error.ts';

/** Which rows of the quarantine. */
export interface QuarantineQuery {
  readonly dataset?: string | undefined;
  readonly rule?: string | undefined;
  readonly status?: 'open' | 'accepted' | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
  /** Raw values instead of what they look like. Needs a role, and is written down. */
  readonly unmasked?: boolean | undefined;
}

const PAGE = 50;
/** The last looks that are shown. */
const LOOKS = 100;
/** What was done in a look, where it was not to look at rows of the quarantine. */
const LOOKED: Readonly<Record<string, string>> = {
  'quarantine-export': 'exported',
  differences: 'looked at differing rows',
};

/** What a worker answers about the quarantine. */
interface KeptQuarantine {
  readonly load: string;
  readonly rules: Omit<QuarantineView['rules'][number], 'inWords'>[];
  readonly rows: QuarantineView['rows'];
}

interface FoundProblems {
  readonly problems: readonly {
    readonly sheet: string;
    readonly row?: number;
    readonly column?: string;
    readonly message: string;
  }[];
  readonly total: number;
}

/**
 * Looks at what was loaded and what was not. A worker of the data plane does the looking; each function throws what it
 * refused, `access/not-permitted`, `onboarding/not-found`, `request/not-found` before the first load, or
 * `service/unreachable`.
 */
export class Quarantine {
  readonly #database: Database;
  readonly #client: Client;
  readonly #controlQueue: string;

  constructor(options: { database: Database; client: Client; controlQueue?: string }) {
    this.#database = options.database;
    this.#client = options.client;
    this.#controlQueue = options.controlQueue ?? messages.CONTROL_QUEUE;
  }

  /** The quarantine by rule, and a page of its rows. */
  async look(identity: Identity, place: Place, query: QuarantineQuery): Promise<QuarantineView> {
    const { dataset, rule, status = 'open', after, limit = PAGE, unmasked = false } = query;
    if (unmasked) requireUnmask(identity, place);
    const { answer } = await this.#inspect(identity, place, {
      kind: 'quarantine',
      dataset,
      rule,
      status,
      after,
      limit,
      unmasked,
    });
    const { load, rules, rows } = answer as unknown as KeptQuarantine;
    return {
      load,
      rules: rules.map((each) => ({ ...each, inWords: ruleInWords(each.rule, each.field) })),
      rows,
      next: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
      unmasked,
    };
  }

  /** The open rows as an Excel workbook to correct them in. Holds raw values. */
  async export(
    identity: Identity,
    place: Place,
    { dataset, rule }: Pick<QuarantineQuery, 'dataset' | 'rule'>,
  ): Promise<Buffer> {
    requireUnmask(identity, place);
    const { file } = await this.#inspect(identity, place, {
      kind: 'quarantine-export',
      dataset,
      rule,
    });
    if (file === null) throw new TypeError('the export has no file');
    return file;
  }

  /**
   * Takes a corrected workbook in, to re-drive with. Changes nothing on the platform.
   * @throws SlipwayError `quarantine/correction-invalid` with every problem in its details
   */
  async import(
    identity: Identity,
    place: Place,
    dataset: string,
    document: Buffer,
  ): Promise<ImportedView> {
    requireActor(identity, place, 'redriveQuarantine');
    const request = { kind: 'corrections', dataset } as const;
    const { answer } = await this.#inspect(identity, place, request, document);
    const found = answer as unknown as ImportedView | FoundProblems;
    if (!('problems' in found)) return found;
    const problems = found.problems.map((each) => ({
      ...each,
      detail: `${each.sheet}, ${each.column ?? ''}${each.row ?? ''}: ${each.message}`,
    }));
    const [first] = problems;
    const more = found.total > 1 ? `; and ${found.total - 1} more` : '';
    throw new SlipwayError('quarantine/correction-invalid', `${first?.detail ?? ''}${more}`, {
      details: { problems },
    });
  }

  /** Where a row of the platform comes from. @param key without the department, its parts joined by `|` */
  async provenance(
    identity: Identity,
    place: Place,
    { table, key }: { table: string; key: string },
  ): Promise<ProvenanceView> {
    const { answer } = await this.#inspect(identity, place, { kind: 'provenance', table, key });
    return answer as unknown as ProvenanceView;
  }

  /** Every load with its figures, those that were superseded included. */
  async loads(identity: Identity, place: Place): Promise<LoadHistoryView> {
    const { answer } = await this.#inspect(identity, place, { kind: 'load-history' });
    const { loads } = answer as unknown as LoadHistoryView;
    return {
      loads: loads.map((load) => ({
        ...load,
        rejectRate: load.read === 0 ? 0 : load.quarantined / load.read,
      })),
    };
  }

  /**
   * In what both sides differ, as the last reconciliation of a dataset has found it. Masked values are those of its
   * evidence; as they are, a worker reads them now.
   */
  async differences(
    identity: Identity,
    place: Place,
    { dataset, stage = 'migration', unmasked = false }: DifferencesQuery,
  ): Promise<DifferencesView> {
    if (unmasked) {
      requireUnmask(identity, place);
      const request = { kind: 'differences', dataset, stage } as const;
      const { answer } = await this.#inspect(identity, place, request);
      const found = answer as unknown as UnmaskedReconciliation;
      return differencesView({ dataset, stage }, found, found.values);
    }
    const onboarding = await this.#existing(identity, place);
    const step = reconcileStep(stage, dataset);
    const found = await lastReconciliation(this.#database, onboarding, step).catch(
      (error: unknown) => {
        throw translateError(error);
      },
    );
    if (found === undefined)
      throw new SlipwayError('request/not-found', `${step} has compared nothing yet`);
    return differencesView({ dataset, stage }, found);
  }

  /** Who has seen raw values, the last ones first. */
  async looks(identity: Identity, place: Place): Promise<LooksView> {
    requireReader(identity, place);
    const id = messages.onboardingId(place.programme, place.department);
    const rows = await unmaskedLooks(this.#database, id, LOOKS).catch((error: unknown) => {
      throw translateError(error);
    });
    return {
      looks: rows.map(({ askedBy, askedAt, kind, request }) => ({
        by: askedBy,
        at: askedAt.toISOString(),
        what: LOOKED[kind] ?? 'looked at rows',
        dataset: ('dataset' in request ? request.dataset : undefined) ?? null,
        rule: ('rule' in request ? request.rule : undefined) ?? null,
      })),
    };
  }

  async #inspect(
    identity: Identity,
    place: Place,
    request: InspectionRequest,
    document?: Buffer,
  ): Promise<Answered> {
    const onboarding = await this.#existing(identity, place);
    const services = {
      database: this.#database,
      client: this.#client,
      controlQueue: this.#controlQueue,
    };
    return inspect(services, { onboarding, request, document, by: identity.id });
  }

  /** Id of an onboarding that is there, and that the identity may look at. */
  async #existing(identity: Identity, place: Place): Promise<string> {
    requireReader(identity, place);
    const onboarding = messages.onboardingId(place.programme, place.department);
    const standing = await findStanding(this.#database, onboarding).catch((error: unknown) => {
      throw translateError(error);
    });
    if (standing === undefined)
      throw new SlipwayError('onboarding/not-found', `there is no onboarding ${onboarding}`);
    return onboarding;
  }
}

/** @throws SlipwayError `access/not-permitted` for whoever may not see raw values */
function requireUnmask(identity: Identity, place: Place): void {
  requireReader(identity, place);
  const actor = actorAt(identity, place);
  if (holdsAny(actor, UNMASK_ROLES)) return;
  throw new SlipwayError(
    'access/not-permitted',
    `seeing raw values needs the role ${UNMASK_ROLES.join(' or ')}; ${actor.id} does not hold it`,
  );
}
