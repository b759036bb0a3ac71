import type { Dataset, Manifest } from '../../../domain/manifest.ts';
import { columnsUsed, columnsUsedIn } from '../../../domain/mapping/columns-used.ts';
import { quoteIdentifier } from '../../quote.ts';
import type { Relation } from '../../relation.ts';
import type { Exclusion } from '../compiled-dataset.ts';
import type { Rule } from '../operators.ts';
import type { MappingProblem } from '../scope.ts';
import { addHistory, isOfHistory } from './add-history.ts';
import { addJoin, type JoinedPlace } from './add-join.ts';
import { addParts, PART } from './add-parts.ts';
import type { Making, RowShape } from './row-shape.ts';

/** What the rows of a dataset are made from. */
export interface RowSources {
  readonly relation: Relation;
  readonly sourceColumns: ReadonlyMap<string, string>;
  /** The tables of its joins, by their names in the dataset. */
  readonly joined: ReadonlyMap<string, JoinedPlace>;
}

/** The rows of a dataset: those of its source, or what its parts, joins and history make of them. */
export interface MadeRows {
  /** Where rows are read: a table, or a SELECT that adds columns to it. */
  readonly relation: Relation;
  readonly shape: RowShape;
  /** Rows of these states of `history.state` break a rule. */
  readonly rules: readonly (readonly [state: string, rule: Rule])[];
  readonly exclusions: readonly Exclusion[];
  /** What becomes of a row depends on others: they are only right together. */
  readonly together: boolean;
  /** Source columns that decide what a row is made of. */
  readonly decisive: ReadonlySet<string>;
}

/**
 * Makes the rows of a dataset: cuts source rows into parts, joins other tables, puts them in their places in time. What
 * comes of it stands where a table stood; loading, comparing and correcting know no difference.
 * @param problems gets what does not fit
 */
export function makeRows(
  manifest: Manifest,
  dataset: Dataset,
  { relation, sourceColumns, joined }: RowSources,
  problems: MappingProblem[],
): MadeRows {
  const making: Making = {
    codeLists: manifest.codeLists,
    department: manifest.department.id,
    path: ['datasets', manifest.datasets.indexOf(dataset)],
    problems,
  };
  let shape: RowShape = { sql: relation.sql, columns: sourceColumns, derived: new Map() };
  let made = relation;
  if (dataset.parts !== undefined) {
    shape = addParts(shape, dataset.parts, making);
    made = ofParts(relation);
  }
  const used = columnsUsedBy(dataset);
  for (const [name, join] of Object.entries(dataset.joins ?? {})) {
    const place = joined.get(name);
    if (place !== undefined) shape = addJoin(shape, name, join, place, used, making);
  }
  hidingProblems(sourceColumns, shape, making);
  const { history } = dataset;
  const scope = dataset.exclude.map(({ when }) => when).filter((when) => !isOfHistory(when));
  const placed =
    history === undefined
      ? { shape, rules: [], exclusions: [] }
      : addHistory(shape, history, scope, made.keyText('s'), making);
  const { sql } = placed.shape;
  return {
    ...placed,
    relation: sql === relation.sql ? relation : { ...made, sql, base: relation },
    together: history !== undefined,
    decisive: new Set([
      ...makingColumns(dataset),
      ...(history === undefined ? [] : scope.flatMap((when) => columnsUsedIn(when))),
    ]),
  };
}

/** A part is told from the others of its source row by its name. */
function ofParts(relation: Relation): Relation {
  return {
    ...relation,
    keyColumns: [...relation.keyColumns, PART],
    keyText: (alias) => {
      const prefix = alias === undefined ? '' : `${quoteIdentifier(alias)}.`;
      return `(${relation.keyText(alias)} || '#' || ${prefix}${quoteIdentifier(PART)})`;
    },
  };
}

/** Every column that an expression of a dataset reads, those of joined tables as `JOIN.COLUMN`. */
export function columnsUsedBy(dataset: Dataset): ReadonlySet<string> {
  return new Set([
    ...Object.values(dataset.fields).flatMap((expression) => columnsUsed(expression)),
    ...makingColumns(dataset),
    ...dataset.exclude.flatMap(({ when }) => columnsUsedIn(when)),
    ...(dataset.key ?? []),
    ...(dataset.onePer ?? []),
  ]);
}

/** The columns that joins, parts and history read. */
function makingColumns({ history, joins = {}, parts = [] }: Dataset): string[] {
  const expressions = [
    ...Object.values(joins).flatMap(({ on }) => on.map(({ ours }) => ours)),
    ...parts.flatMap(({ values }) => Object.values(values)),
    ...[history?.start, history?.end, history?.sequence].filter((each) => each !== undefined),
  ];
  return [...expressions.flatMap((expression) => columnsUsed(expression)), ...(history?.per ?? [])];
}

/** A header may hold a point: what it names must stay what it is. */
function hidingProblems(
  sourceColumns: ReadonlyMap<string, string>,
  shape: RowShape,
  making: Making,
): void {
  const hidden = [...shape.derived.keys()].filter((name) => sourceColumns.has(name));
  for (const name of hidden) {
    making.problems.push({
      path: making.path,
      message: `"${name}" is a column of the source already: give the join another name`,
    });
  }
}
