import type { PackContents, PackIndex } from '../../domain/evidence-pack.ts';
import { isDecision, isWaiver } from '../../domain/evidence-pack.ts';
import type { SlipwayEvent } from '../../domain/events.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { StoredManifest } from '../../store/manifests.ts';
import type { RecordDocument } from '../../store/pack/read-record.ts';
import type { PageWriter, PeriodVariances } from '../../store/pack/write-pack.ts';
import type { LoggedEvent } from '../../store/read-model.ts';
import { criterionRows } from '../dashboard/words/criteria.ts';
import { eventLine } from '../dashboard/words/event-words.ts';
import { People } from '../dashboard/words/people.ts';
import { page } from './sections.ts';
import type { Outcome, Statement, Told, VersionInForce } from './sections.ts';

/** The most lines of one table: the page stays one that a browser can open, and the parts have everything. */
const MOST_LINES = 2000;

/**
 * The page of an evidence pack, in words that need no tool: what was moved, who decided what on which evidence, what was waived,
 * and the totals. It keeps one line per step and decision, not the record.
 */
export class PackPage implements PageWriter {
  readonly #manifests: StoredManifest[] = [];
  readonly #versions: VersionInForce[] = [];
  readonly #statements = new Map<string, Statement>();
  readonly #decisions: LoggedEvent[] = [];
  readonly #outcomes = new Map<string, Outcome>();
  readonly #periods: PeriodVariances[] = [];
  #index: PackIndex = [];
  #decided = 0;

  manifest(manifest: StoredManifest): void {
    this.#manifests.push(manifest);
  }

  index(index: PackIndex): void {
    this.#index = index;
  }

  document({ kind, hash, content }: RecordDocument): void {
    const rows = criterionRows(content, { programme: '', department: '' }, this.#people());
    if (rows === undefined) return;
    const steps = this.#index.filter((each) => each.hash === hash && each.kind === kind);
    for (const { step, at } of steps) {
      const known = this.#statements.get(`${kind} ${step}`);
      if (known === undefined || known.at < at)
        this.#statements.set(`${kind} ${step}`, { step, at, kind, hash, rows });
    }
  }

  event(logged: LoggedEvent): void {
    const { event } = logged;
    if (event.type === 'onboarding.started' || event.type === 'onboarding.amended')
      this.#versions.push({ manifest: event.manifest, at: event.at, by: this.#name(event) });
    if (event.type === 'step.succeeded') this.#succeeded(event.step, event.at, event.output);
    if (event.type === 'step.rewound') this.#outcomes.delete(event.step);
    if (!isDecision(event)) return;
    this.#decided += 1;
    if (this.#decisions.length < MOST_LINES || isWaiver(event)) this.#decisions.push(logged);
  }

  variances(period: PeriodVariances): void {
    this.#periods.push(period);
  }

  page(contents: Omit<PackContents, 'parts'>): string {
    const told = (logged: LoggedEvent): Told => ({
      ...eventLine({ ...logged, event: { ...logged.event } }, this.#people()),
      role: 'role' in logged.event ? logged.event.role : undefined,
      evidence:
        'evidence' in logged.event && typeof logged.event.evidence === 'string'
          ? logged.event.evidence
          : undefined,
      impact: 'impact' in logged.event ? logged.event.impact : inputText(logged.event, 'impact'),
      expires:
        'expires' in logged.event ? logged.event.expires : inputText(logged.event, 'expires'),
    });
    return page({
      contents,
      people: this.#manifests.at(-1)?.manifest.people ?? [],
      versions: this.#versions,
      // Of each gate the statement that was measured last; the earlier ones are among the documents.
      statements: [...this.#statements.values()].toSorted((a, b) => (a.at < b.at ? -1 : 1)),
      decisions: this.#decisions.filter(({ event }) => !isWaiver(event)).map(told),
      more: this.#decided - this.#decisions.length,
      waivers: this.#decisions.filter(({ event }) => isWaiver(event)).map(told),
      outcomes: [...this.#outcomes.values()],
      periods: this.#periods,
      index: this.#index,
    });
  }

  #succeeded(step: string, at: string, output: JsonObject): void {
    // A step that is done again moves to where it was done last.
    this.#outcomes.delete(step);
    this.#outcomes.set(step, { step, at, output });
  }

  #name(event: SlipwayEvent & { readonly by: string }): string {
    return this.#people().name(event.by);
  }

  #people(): People {
    return new People(
      [],
      this.#manifests.flatMap(({ manifest }) => manifest.people),
    );
  }
}

function inputText(event: SlipwayEvent, name: string): string | undefined {
  const value = 'input' in event ? event.input?.[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
