import type pg from 'pg';
import { SlipwayError } from '../../domain/errors.ts';
import type { Manifest, ResultsSource } from '../../domain/manifest.ts';
import type { Condition, Expression, OperatorExpression } from '../../domain/mapping/expression.ts';
import { compileCondition, compileExpression } from '../mapping/compile-expression.ts';
import { exactSql } from '../mapping/number-sql.ts';
import { isNumber, typeInWords } from '../mapping/sql-type.ts';
import { columnTypes } from '../profile/table-columns.ts';
import { quoteIdentifier, quoteLiteral } from '../quote.ts';
import { placeOf, type Relation } from '../relation.ts';
import type { DataPlaneUrls } from '../urls.ts';

/** Which of the two results. */
export type ResultsSide = 'legacy' | 'platform';

/** What is compared of a manifest: whose results, of which period. */
export interface ResultsRequest {
  readonly manifest: Manifest;
  readonly urls: DataPlaneUrls;
  readonly period: string;
}

/**
 * The description of one side's results.
 * @throws SlipwayError `mapping/invalid` when the manifest compares no pay
 */
export function describedSide(manifest: Manifest, side: ResultsSide): ResultsSource {
  const { parallelRun } = manifest;
  if ('notApplicable' in parallelRun) {
    throw new SlipwayError('mapping/invalid', `no pay is compared: ${parallelRun.notApplicable}`);
  }
  return parallelRun[side];
}

/** Where a side's results, or its control records, are. */
function relationOfResults(
  { manifest, urls }: ResultsRequest,
  described: ResultsSource,
  from: string,
): Relation {
  return placeOf(manifest, { source: described.source, from }, urls);
}

/** The results of a period as SQL over alias `r`. */
export interface CompiledResults {
  readonly relation: Relation;
  readonly person: string;
  readonly element: string;
  /** Whole pence; a fraction of a penny fails the row. */
  readonly pence: string;
  /** Holds for the rows of the period. */
  readonly where: string;
  /** What the element's code lists are asked for, to name what they lack. */
  readonly lookups: readonly { readonly list: string; readonly of: string }[];
}

/**
 * Compiles the description of one side's results.
 * @throws SlipwayError `mapping/invalid` naming every problem with its place in the manifest
 */
export async function compileResults(
  client: pg.Client,
  request: ResultsRequest,
  side: ResultsSide,
): Promise<CompiledResults> {
  const described = describedSide(request.manifest, side);
  const relation = relationOfResults(request, described, described.from);
  const compiler = await compilerFor(client, request, relation, ['parallelRun', side]);
  const person = compiler.text(described.person, 'person');
  const element = compiler.text(described.element, 'element');
  const pence = compiler.pence(described.amount, 'amount');
  const where = compiler.ofPeriod(described.period, described.where);
  const lookups = lookupsIn(described.element).map(({ list, of }) => ({
    list,
    of: compiler.text(of, 'element'),
  }));
  compiler.check();
  return { relation, person, element, pence, where, lookups };
}

function lookupsIn(expression: unknown): { of: Expression; list: string }[] {
  if (typeof expression !== 'object' || expression === null) return [];
  const { lookup } = expression as OperatorExpression;
  const inner = Object.values(expression).flatMap(lookupsIn);
  return lookup === undefined ? inner : [lookup, ...inner];
}

/** The control records of a period as SQL over alias `r`. */
export interface CompiledControl {
  readonly relation: Relation;
  readonly people: string;
  readonly where: string;
}

/**
 * Compiles the description of a side's control records; undefined when none are declared.
 * @throws as `compileResults`
 */
export async function compileControl(
  client: pg.Client,
  request: ResultsRequest,
  side: ResultsSide,
): Promise<CompiledControl | undefined> {
  const described = describedSide(request.manifest, side);
  const { control } = described;
  if (control === undefined) return undefined;
  const relation = relationOfResults(request, described, control.from);
  const path = ['parallelRun', side, 'control'];
  const compiler = await compilerFor(client, request, relation, path);
  const people = compiler.whole(control.people, 'people');
  const where = compiler.ofPeriod(control.period, control.where);
  compiler.check();
  return { relation, people, where };
}

type Path = readonly (string | number)[];

async function compilerFor(
  client: pg.Client,
  { manifest, period }: ResultsRequest,
  relation: Relation,
  path: Path,
) {
  const columns = await columnTypes(client, relation);
  const problems: string[] = [];
  const complain = (at: Path, message: string): void => {
    problems.push(`${at.join('.')}: ${message}`);
  };
  const compile = (expression: Expression, name: string) => {
    const at = [...path, name];
    const context = { columns, codeLists: manifest.codeLists, alias: 'r', path: at };
    const compiled = compileExpression(expression, context);
    for (const problem of compiled.problems) complain(problem.path, problem.message);
    return compiled;
  };
  const number = (expression: Expression, name: string) => {
    const { sql, type } = compile(expression, name);
    if (!isNumber(type) && type.kind !== 'null') {
      complain([...path, name], `expected a number, found ${typeInWords(type)}`);
    }
    return { sql, type };
  };
  return {
    text: (expression: Expression, name: string) => `(${compile(expression, name).sql})::text`,
    pence(expression: Expression, name: string): string {
      const { sql, type } = number(expression, name);
      const isExact = type.kind === 'integer' || (type.scale ?? 3) <= 2;
      const numeric = `(${sql})::numeric`;
      const pounds = isExact ? numeric : exactSql(numeric, 2).sql;
      return `(((${pounds}) * 100)::bigint)`;
    },
    whole: (expression: Expression, name: string) => `(${number(expression, name).sql})::bigint`,
    ofPeriod(expression: Expression, where: Condition | undefined): string {
      const parts = [`(${compile(expression, 'period').sql})::text = ${quoteLiteral(period)}`];
      if (where !== undefined) {
        const context = {
          columns,
          codeLists: manifest.codeLists,
          alias: 'r',
          path: [...path, 'where'],
        };
        const compiled = compileCondition(where, context);
        for (const problem of compiled.problems) complain(problem.path, problem.message);
        parts.push(compiled.sql);
      }
      // The platform is shared: every one of its tables says whose a row is.
      if (relation.side === 'target' && columns.has('department')) {
        const ours = quoteLiteral(manifest.department.id);
        parts.push(`r.${quoteIdentifier('department')} = ${ours}`);
      }
      return parts.join(' and ');
    },
    check(): void {
      if (problems.length > 0) throw new SlipwayError('mapping/invalid', problems.join('; '));
    },
  };
}
