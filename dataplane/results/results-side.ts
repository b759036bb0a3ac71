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
  /** What the lines are selected from: the relation, of wide results once per element. */
  readonly from: string;
  /** Undefined where control records are not told apart by it. */
  readonly payGroup: string | undefined;
  /** What can fail, each over the rows of the relation: `amount of NET` and its SQL. */
  readonly parts: readonly (readonly [name: string, sql: string])[];
  /** Holds for the rows of the relation that are of the period. */
  readonly rows: string;
  readonly person: string;
  readonly element: string;
  /** Whole pence; a fraction of a penny fails the row. */
  readonly pence: string;
  /** Holds for the lines of the period. */
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
  const payGroup =
    described.payGroup === undefined ? undefined : compiler.text(described.payGroup, 'payGroup');
  const rows = compiler.ofPeriod(described.period, described.where);
  const lines =
    described.columns === undefined ? longLines(described) : wideLines(described.columns);
  compiler.check();
  const parts = [['person', person] as const, ...lines.parts];
  return { relation, person, payGroup, rows, ...lines, parts };

  function longLines({ element: code = { value: null }, amount = { value: null } }: ResultsSource) {
    const element = compiler.text(code, 'element');
    const pence = compiler.pence(amount, 'amount');
    const lookups = lookupsIn(code).map(({ list, of }) => ({
      list,
      of: compiler.text(of, 'element'),
    }));
    return {
      from: `${relation.sql} r`,
      element,
      pence,
      where: rows,
      lookups,
      parts: [['element', element] as const, ['amount', pence] as const],
    };
  }

  function wideLines(columns: NonNullable<ResultsSource['columns']>) {
    const amounts = Object.entries(columns).map(
      ([name, amount]) => [name, compiler.pence(amount, `columns.${name}`)] as const,
    );
    const values = amounts.map(([name, pence]) => `(${quoteLiteral(name)}::text, ${pence})`);
    return {
      from: `${relation.sql} r cross join lateral (values ${values.join(', ')}) w(element, pence)`,
      element: 'w.element',
      pence: 'w.pence',
      where: `${rows} and w.pence is not null`,
      lookups: [],
      parts: amounts.map(([name, pence]) => [`amount of ${name}`, pence] as const),
    };
  }
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
  /** Whole pence; undefined for what the record does not say. */
  readonly gross: string | undefined;
  readonly net: string | undefined;
  readonly payGroup: string | undefined;
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
  const pence = (name: 'gross' | 'net'): string | undefined => {
    const amount = control[name];
    return amount === undefined ? undefined : compiler.pence(amount, name);
  };
  const [gross, net] = [pence('gross'), pence('net')];
  const payGroup =
    control.payGroup === undefined ? undefined : compiler.text(control.payGroup, 'payGroup');
  const where = compiler.ofPeriod(control.period, control.where);
  compiler.check();
  return { relation, people, gross, net, payGroup, where };
}

/** The identifiers of people as SQL over alias `r`: each row says who is who. */
export interface CompiledIdentifiers {
  readonly relation: Relation;
  readonly legacy: string;
  readonly platform: string;
  readonly where: string;
}

/**
 * Compiles the description of the identifiers.
 * @throws as `compileResults`
 */
export async function compileIdentifiers(
  client: pg.Client,
  request: ResultsRequest,
  described: IdentifiersSource,
): Promise<CompiledIdentifiers> {
  const relation = placeOf(request.manifest, described, request.urls);
  const compiler = await compilerFor(client, request, relation, ['parallelRun', 'identifiers']);
  const legacy = compiler.text(described.legacy, 'legacy');
  const platform = compiler.text(described.platform, 'platform');
  compiler.check();
  const where = `${compiler.ours} and ${legacy} is not null and ${platform} is not null`;
  return { relation, legacy, platform, where };
}

/** Where it says which legacy payroll id is which person of the platform. */
export type IdentifiersSource = NonNullable<
  Extract<Manifest['parallelRun'], { legacy: unknown }>['identifiers']
>;

/** Undefined where both sides use the same ids. */
export function describedIdentifiers({ parallelRun }: Manifest): IdentifiersSource | undefined {
  return 'notApplicable' in parallelRun ? undefined : parallelRun.identifiers;
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
  // The platform is shared: every one of its tables says whose a row is.
  const ours =
    relation.side === 'target' && columns.has('department')
      ? `r.${quoteIdentifier('department')} = ${quoteLiteral(manifest.department.id)}`
      : 'true';
  return {
    ours,
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
      const parts = [
        `(${compile(expression, 'period').sql})::text = ${quoteLiteral(period)}`,
        ours,
      ];
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
      return parts.join(' and ');
    },
    check(): void {
      if (problems.length > 0) throw new SlipwayError('mapping/invalid', problems.join('; '));
    },
  };
}
