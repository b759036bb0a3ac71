import { createHash } from 'node:crypto';
import type { Dataset, Manifest } from '../../domain/manifest.ts';
import { DEPARTMENT, rowKeyOf, type TargetTable, tableName } from '../target-table.ts';
import { assign } from './assign.ts';
import {
  type CompileContext,
  type CompiledExpression,
  compileCondition,
  compileExpression,
  type MappingProblem,
} from './compile-expression.ts';
import type { CompiledDataset, CompiledField } from './compiled-dataset.ts';
import { heldTo } from './rows/held-to.ts';
import { type MadeRows, makeRows, type RowSources } from './rows/make-rows.ts';
import { mappedSql, summarySql } from './source-rows.ts';
import { didYouMean } from './suggest.ts';

/** What a dataset is compiled against. */
export interface DatasetPlace extends RowSources {
  readonly target: TargetTable;
}

/**
 * Compiles a dataset's mapping to SQL.
 * @returns the problems instead, all of them, when it does not fit source and platform
 */
export function compileDataset(
  manifest: Manifest,
  dataset: Dataset,
  place: DatasetPlace,
): { readonly compiled: CompiledDataset } | { readonly problems: readonly MappingProblem[] } {
  const { target } = place;
  const path = ['datasets', manifest.datasets.indexOf(dataset)];
  const problems: MappingProblem[] = [];
  const rows = makeRows(manifest, dataset, place, problems);
  const { relation } = rows;
  const { columns: sourceColumns, derived } = rows.shape;
  const context: Context = (...rest) => ({
    columns: sourceColumns,
    derived,
    codeLists: manifest.codeLists,
    department: manifest.department.id,
    alias: 's',
    path: [...path, ...rest],
  });
  const supplied = suppliedOf(manifest, dataset, context, rows);
  const assigned = fieldsOf(supplied, target, problems);
  const exclusions = dataset.exclude.map(({ when, reason }, index) => {
    const {
      sql,
      fails,
      problems: found,
    } = compileCondition(when, context('exclude', index, 'when'));
    problems.push(...found);
    return { reason, sql, fails };
  });
  problems.push(...listProblems(dataset, sourceColumns, path));
  problems.push(...targetProblems(dataset, target, path));
  if (problems.length > 0) return { problems };
  const compiled: Omit<CompiledDataset, 'hash'> = {
    id: dataset.id,
    department: manifest.department.id,
    relation,
    keyTypes: relation.keyColumns.map((column) => sourceColumns.get(column) ?? 'text'),
    sourceColumns,
    derivedColumns: derived,
    target,
    ...assigned,
    exclusions: [...exclusions, ...rows.exclusions],
    together: rows.together,
    decisive: rows.decisive,
    onePer: dataset.onePer,
    totals: dataset.totals,
    totalsBy: dataset.totalsBy,
    tolerances: Object.fromEntries(
      Object.entries(dataset.tolerances).map(([name, by]) => [name, String(by)]),
    ),
    chunkRows: dataset.chunkRows,
  };
  return { compiled: { ...compiled, hash: hashOf({ ...compiled, hash: '' }) } };
}

/** SHA-256 over the compiled SQL of all datasets: the identity of a mapping, which its gate freezes. */
export function mappingHash(datasets: readonly CompiledDataset[]): string {
  const sorted = datasets.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return sha256(sorted.map(({ id, hash }) => [id, hash]));
}

function hashOf(dataset: CompiledDataset): string {
  const { id, target, keyTypes, totalsBy, tolerances } = dataset;
  const { keyColumns } = dataset.relation;
  // A tolerance is a criterion: nobody widens it after it was approved (control C2).
  const compared = [...totalsBy, ...Object.entries(tolerances).map((each) => each.join('='))];
  return sha256([
    [id, tableName(target), ...keyColumns, ...keyTypes],
    [mappedSql(dataset), summarySql(dataset)],
    ...(compared.length === 0 ? [] : [compared]),
  ]);
}

function sha256(value: readonly (readonly string[])[]): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

type Context = (...rest: (string | number)[]) => CompileContext;

interface Supplied {
  readonly name: string;
  readonly expression: CompiledExpression;
  readonly path: MappingProblem['path'];
}

/** The department, which no manifest maps, and the fields of the manifest. */
function suppliedOf(
  manifest: Manifest,
  dataset: Dataset,
  context: Context,
  { rules }: MadeRows,
): Supplied[] {
  const department = { value: manifest.department.id };
  const held = heldTo(dataset);
  const fields = Object.entries(dataset.fields).map(([name, expression]) => {
    const compiled = compileExpression(expression, context('fields', name));
    return {
      name,
      expression: name === held?.field ? held.hold(compiled, rules) : compiled,
      path: context('fields', name).path ?? [],
    };
  });
  return [
    {
      name: DEPARTMENT,
      expression: compileExpression(department, context('target')),
      path: context('target').path ?? [],
    },
    ...fields,
  ];
}

function fieldsOf(
  supplied: readonly Supplied[],
  target: TargetTable,
  problems: MappingProblem[],
): { fields: CompiledField[]; binary: boolean } {
  const fields: CompiledField[] = [];
  let binary = true;
  for (const { name, expression, path } of supplied) {
    problems.push(...expression.problems);
    const column = target.columns.find((each) => each.name === name);
    if (column === undefined) {
      const names = target.columns.map((each) => each.name);
      const message = `${tableName(target)} has no column "${name}"${didYouMean(name, names)}`;
      problems.push({ path, message });
    } else if (column.generated) {
      problems.push({ path, message: `the platform computes ${name} by itself` });
    } else if (fields.some((field) => field.name === name)) {
      problems.push({ path, message: `Slipway supplies ${name} by itself` });
    } else if (expression.problems.length === 0) {
      const outcome = assign(expression, column);
      if ('problem' in outcome) {
        problems.push({ path, message: outcome.problem });
      } else {
        const { sql, fails, wireType } = outcome;
        fields.push({ name, column, sql, fails, wireType });
        binary = binary && outcome.binary;
      }
    }
  }
  return { fields, binary };
}

function listProblems(
  dataset: Dataset,
  columns: ReadonlyMap<string, string>,
  path: MappingProblem['path'],
): MappingProblem[] {
  const lists = { key: dataset.key ?? [], onePer: dataset.onePer ?? [] };
  return Object.entries(lists).flatMap(([list, names]) =>
    names.flatMap((name, index) => {
      if (columns.has(name)) return [];
      const message = `there is no source column "${name}"${didYouMean(name, columns.keys())}`;
      return [{ path: [...path, list, index], message }];
    }),
  );
}

function targetProblems(
  dataset: Dataset,
  target: TargetTable,
  path: MappingProblem['path'],
): MappingProblem[] {
  const missing = mandatoryColumns(target).filter((name) => dataset.fields[name] === undefined);
  const problems: MappingProblem[] = missing.map((name) => ({
    path: [...path, 'fields'],
    message: `${tableName(target)} needs ${name}: it has no default`,
  }));
  for (const [index, name] of dataset.totals.entries()) {
    const type = target.columns.find((column) => column.name === name)?.baseType;
    if (type === undefined || /^(smallint|integer|bigint|numeric)/.test(type)) continue;
    const message = `${name} is ${type}: only whole numbers and decimals have control totals`;
    problems.push({ path: [...path, 'totals', String(index)], message });
  }
  problems.push(...comparisonProblems(dataset, target, path));
  const key = rowKeyOf(target);
  if (!key.some((name) => dataset.fields[name] !== undefined)) {
    const found = key.length === 0 ? 'it has none' : `it is ${key.join(', ')}`;
    const message = `no column of the primary key of ${tableName(target)} is mapped (${found}): its rows could not be told apart`;
    problems.push({ path: [...path, 'fields'], message });
  }
  return problems;
}

const NUMBER = /^(smallint|integer|bigint|numeric|real|double precision)/;

/** What is wrong with the columns that a reconciliation groups by, or lets differ. */
function comparisonProblems(
  dataset: Dataset,
  target: TargetTable,
  path: MappingProblem['path'],
): MappingProblem[] {
  const problems: MappingProblem[] = [];
  const unmapped = (name: string): string =>
    `${name} is not mapped${didYouMean(name, Object.keys(dataset.fields))}`;
  for (const [index, name] of dataset.totalsBy.entries()) {
    if (dataset.fields[name] !== undefined) continue;
    problems.push({ path: [...path, 'totalsBy', index], message: unmapped(name) });
  }
  for (const name of Object.keys(dataset.tolerances)) {
    const at = [...path, 'tolerances', name];
    const type = target.columns.find((column) => column.name === name)?.baseType ?? '';
    if (dataset.fields[name] === undefined) problems.push({ path: at, message: unmapped(name) });
    else if (!NUMBER.test(type)) {
      problems.push({ path: at, message: `${name} is ${type}: only numbers have a tolerance` });
    } else if (dataset.totals.includes(name)) {
      const message = `${name} is a control total, which is equal to the penny: it has no tolerance`;
      problems.push({ path: at, message });
    } else if (rowKeyOf(target).includes(name)) {
      problems.push({ path: at, message: `${name} tells rows apart: it has no tolerance` });
    }
  }
  return problems;
}

/** The columns of a table that every row has to bring, but the department. */
export function mandatoryColumns(target: TargetTable): string[] {
  return target.columns
    .filter((column) => column.notNull && !column.hasDefault && !column.generated)
    .map(({ name }) => name)
    .filter((name) => name !== DEPARTMENT);
}
