import type { Command } from 'commander';
import { fieldInWords } from '../../../domain/mapping/diff.ts';
import type {
  ChangedField,
  CodeListFindings,
  MappingChanges,
} from '../../../domain/mapping/evidence.ts';
import { ruleInWords } from '../../../domain/rule-words.ts';
import type { EvidenceView, StepItem } from '../../views.ts';
import type { ApiClient } from '../api-client.ts';
import { findRef, type OnboardingRef } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { addVerb } from '../verb.ts';
import { count } from '../words.ts';

/** What is shown of the documents `coverage` and `simulation`. */
interface Coverage {
  readonly target: Share;
  readonly source: Share;
}
interface Share {
  readonly total: number;
  readonly covered: number;
  readonly missing: readonly string[];
}
interface Simulation {
  readonly datasets: readonly {
    readonly dataset: string;
    readonly read: number;
    readonly loaded: number;
    readonly quarantined: number;
    readonly excluded: number;
    readonly quarantinedBy: readonly {
      readonly rule: string;
      readonly field: string | null;
      readonly rows: number;
      readonly examples: readonly string[];
    }[];
  }[];
}

interface MappingView {
  readonly codeLists: CodeListFindings | null;
  readonly coverage: Coverage | null;
  readonly changes: MappingChanges | null;
  readonly simulation: Simulation | null;
}

/** `mapping`. */
export function mappingVerb(program: Command): void {
  addVerb(
    program,
    'mapping <onboarding>',
    'what the mapping covers, what it does to the rows, and what it does differently from before',
    async ({ out, api }, [given]) => {
      const ref = await findRef(api(), given);
      const { steps } = await api().get<{ steps: StepItem[] }>(`${ref.path}/steps`);
      const document = <T>(step: string, kind: string): Promise<T | null> =>
        documentOf<T>(api(), ref, steps, step, kind);
      const view: MappingView = {
        codeLists: await document('mapping/check', 'code-lists'),
        coverage: await document('mapping/coverage', 'coverage'),
        changes: await document('mapping/compile', 'mapping-changes'),
        simulation: await document('mapping/simulate', 'simulation'),
      };
      out.result({ onboarding: ref.name, ...view }, () => text(view, out));
    },
  );
}

async function documentOf<T>(
  api: ApiClient,
  ref: OnboardingRef,
  steps: readonly StepItem[],
  step: string,
  kind: string,
): Promise<T | null> {
  const found = steps.find(({ key }) => key === step)?.evidence.find((each) => each.kind === kind);
  if (found === undefined) return null;
  const { content } = await api.get<EvidenceView>(`${ref.path}/evidence/${found.hash}`);
  return content as T;
}

function text({ codeLists, coverage, changes, simulation }: MappingView, out: Output): string {
  const parts = [
    ...(coverage === null ? [] : [coverageText(coverage)]),
    ...(codeLists === null ? [] : [codesText(codeLists, out)]),
    ...(changes === null ? [] : [changesText(changes)]),
    ...(simulation === null ? [] : [simulationText(simulation, out)]),
  ];
  return parts.length === 0 ? 'The mapping was not looked at yet.' : parts.join('\n\n');
}

function coverageText({ target, source }: Coverage): string {
  const line = (what: string, { covered, total, missing }: Share): string =>
    `${count(covered)} of ${count(total)} ${what}${missing.length === 0 ? '' : `; not ${missing.join(', ')}`}`;
  return [
    line('mandatory fields of the platform are mapped', target),
    line('fields of the source are mapped or dropped', source),
  ].join('\n');
}

/** Values that code lists do not have, and codes that no row has. */
export function codesText({ uses, unused }: CodeListFindings, out: Output): string {
  const rows = uses.flatMap(({ list, dataset, of, hasOtherwise, unmapped }) =>
    unmapped.map(({ value, rows: found, examples }) => [
      list,
      JSON.stringify(value),
      count(found),
      `${dataset}: ${of}`,
      hasOtherwise ? 'as the mapping says' : 'quarantine',
      examples.join(', '),
    ]),
  );
  const table =
    rows.length === 0
      ? 'Every value that is looked up is in its code list.'
      : out.table(['CODE LIST', 'HAS NO', 'ROWS', 'IN', 'BECOMES', 'FOR EXAMPLE'], rows);
  const notes = Object.entries(unused).map(
    ([list, codes]) => `No row has ${codes.join(', ')} of code list ${list}.`,
  );
  return [table, ...notes].join('\n');
}

/** What a mapping does differently from the one before, with the rows it concerns. */
export function changesText({ datasets, codeLists, uncounted }: MappingChanges): string {
  const lines = datasets.flatMap(({ dataset, change, fields, others, rows }) => {
    if (change === 'added' || change === 'removed') {
      return [`${dataset} is ${change === 'added' ? 'new' : 'gone'}`];
    }
    const counts =
      rows === null
        ? 'rows not counted'
        : `${count(rows.changed)} rows have other values, ${count(rows.more)} more and ${count(rows.fewer)} fewer are mapped`;
    return [
      `${dataset}: ${counts}`,
      ...fields.map((field) => `  ${changedText(field)}`),
      ...others.map((other) => `  ${other}`),
    ];
  });
  const all = [...lines, ...codeLists, ...uncounted];
  return all.length === 0
    ? 'The mapping does what it did before.'
    : ['Since the mapping before:', ...all].join('\n');
}

function changedText(field: ChangedField): string {
  const { change, rows, examples } = field;
  const said =
    change === 'same'
      ? `${field.field} is mapped as it was, from what has changed`
      : fieldInWords({ ...field, change });
  if (rows === null) return said;
  const keys = examples.length === 0 ? '' : `, such as ${examples.join(', ')}`;
  return `${said} (${count(rows)} ${rows === 1 ? 'row' : 'rows'}${keys})`;
}

function simulationText({ datasets }: Simulation, out: Output): string {
  const table = out.table(
    ['DATASET', 'READ', 'WOULD LOAD', 'WOULD QUARANTINE', 'EXCLUDED'],
    datasets.map((each) => [
      each.dataset,
      ...[each.read, each.loaded, each.quarantined, each.excluded].map(count),
    ]),
  );
  const rules = datasets.flatMap(({ dataset, quarantinedBy }) =>
    quarantinedBy.map(
      ({ rule, field, rows, examples }) =>
        `${dataset}: ${count(rows)} because ${ruleInWords(rule, field)} (${rule}), such as ${examples.join(', ')}`,
    ),
  );
  return [table, ...rules].join('\n');
}
