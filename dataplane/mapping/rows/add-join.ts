import type { Join } from '../../../domain/row-shape.ts';
import { quoteIdentifier } from '../../quote.ts';
import type { Relation } from '../../relation.ts';
import {
  type CompileContext,
  type CompiledExpression,
  compileCondition,
  compileExpression,
} from '../compile-expression.ts';
import { either } from '../failing.ts';
import type { Rule } from '../operators.ts';
import type { DerivedColumn } from '../scope.ts';
import { columnType, commonType, type SqlType, TEXT, typeInWords, typeName } from '../sql-type.ts';
import { figuresOf } from './figures.ts';
import {
  contextOf,
  guarded,
  harmless,
  isTooLong,
  type Making,
  type RowShape,
} from './row-shape.ts';

/** The table that a join takes values from. */
export interface JoinedPlace {
  readonly relation: Relation;
  readonly columns: ReadonlyMap<string, string>;
}

/** What a join yields: its SELECT of one row per key, and the columns it adds to the row. */
interface Joined {
  /** SQL of the values over the grouped rows, and what they are called in the row. */
  readonly values: readonly { readonly name: string; readonly sql: string }[];
  /** Columns of the inner SELECT, over the other table `t` and what is judged of its row, `g`. */
  readonly inner: readonly string[];
  readonly judged: readonly string[];
  readonly types: ReadonlyMap<string, SqlType>;
  readonly rules: readonly (readonly [value: string, rule: Rule])[];
  /** SQL over the grouped rows `j` that is true when their values cannot be read. */
  readonly bad: string;
  /** What stands for a value when there are no rows. */
  readonly none: Readonly<Record<string, string>>;
}

/**
 * Adds the columns `NAME.COLUMN` of another table, and `NAME.match`, which says how many of its rows fit: `one`, `none`,
 * `several`, `empty` (the row refers to nothing) or `unreadable`. The other table is grouped by its key first, so a row never
 * becomes two and no index is needed.
 * @param used names of the columns that expressions read; others are not fetched
 */
export function addJoin(
  shape: RowShape,
  name: string,
  join: Join,
  place: JoinedPlace,
  used: ReadonlySet<string>,
  making: Making,
): RowShape {
  const theirs: CompileContext = {
    columns: place.columns,
    codeLists: making.codeLists,
    department: making.department,
    alias: 't',
  };
  const at = (...rest: (string | number)[]) => [...making.path, 'joins', name, ...rest];
  const keys = join.on.map((pair, index) => keyPair(pair, index, { shape, theirs, making, at }));
  const joined =
    join.values === undefined
      ? oneRow(name, join, place, used, theirs, making, at)
      : figuresOf(name, join.values, theirs, making, at);
  for (const column of joined.types.keys()) {
    if (isTooLong(column)) {
      making.problems.push({
        path: at(),
        message: `the name ${column} is too long: use a shorter one for the join`,
      });
    }
  }
  const where = whereSql(join, theirs, making, at('where'));
  const judgedSql =
    joined.judged.length === 0
      ? ''
      : ` cross join lateral (select ${joined.judged.join(', ')} offset 0) g`;
  const keyNames = keys.map((_, index) => `k${index}`);
  const inner = [...keys.map((key, index) => `${key.theirs} as k${index}`), ...joined.inner];
  const grouped = `(select ${[...keyNames, 'count(*) as n', ...joined.values.map(({ sql }, index) => `${sql} as v${index}`), `${joined.bad} as bad`].join(', ')}
    from (select ${inner.join(', ')} from ${place.relation.sql} t${judgedSql} where ${where}) t where ${keyNames.map((each) => `${each} is not null`).join(' and ')} group by ${keyNames.join(', ')})`;
  const ours = keys.map((key) => key.ours);
  const several =
    join.values === undefined && join.take === 'only' ? "when j.n > 1 then 'several' " : '';
  const match = `case when ${either(keys)} then 'unreadable' when ${ours.map((each) => `${each} is null`).join(' or ')} then 'empty' when j.n is null then 'none' when j.bad then 'unreadable' ${several}else 'one' end`;
  const values = joined.values.map(({ name: column }, index) => {
    const none = joined.none[column];
    const value = none === undefined ? `j.v${index}` : `coalesce(j.v${index}, ${none})`;
    return `${value} as ${quoteIdentifier(column)}`;
  });
  const state = `${name}.match`;
  const on = keys.map((key, index) => `j.k${index} = ${key.ours}`);
  const fetched = joined.values.map(({ name: column }) => column);
  const types = (column: string): SqlType => joined.types.get(column) ?? TEXT;
  const added: [string, DerivedColumn][] = [...joined.types].map(([column, type]) => [
    column,
    guarded(column, type, state, joined.rules),
  ]);
  return {
    sql: `(select ${[`s.*`, `${match} as ${quoteIdentifier(state)}`, ...values].join(', ')} from ${shape.sql} s left join ${grouped} j on ${on.join(' and ')})`,
    columns: new Map([
      ...shape.columns,
      [state, 'text'],
      ...fetched.map((column) => [column, typeName(types(column))] as const),
    ]),
    derived: new Map([
      ...shape.derived,
      [state, { sql: `s.${quoteIdentifier(state)}`, type: TEXT, fails: 'false' }],
      ...added,
    ]),
  };
}

function keyPair(
  { theirs, ours }: Join['on'][number],
  index: number,
  {
    shape,
    theirs: context,
    making,
    at,
  }: {
    shape: RowShape;
    theirs: CompileContext;
    making: Making;
    at: (...rest: (string | number)[]) => (string | number)[];
  },
): { theirs: string; ours: string; fails: string } {
  const one = compileExpression(theirs, { ...context, path: at('on', index, 'theirs') });
  const other = compileExpression(ours, {
    ...contextOf(shape, making),
    path: at('on', index, 'ours'),
  });
  making.problems.push(...one.problems, ...other.problems);
  if (commonType([one.type, other.type]) === undefined) {
    making.problems.push({
      path: at('on', index),
      message: `${typeInWords(one.type)} and ${typeInWords(other.type)} are never the same: make one of them the other`,
    });
  }
  return { theirs: harmless(one), ours: harmless(other), fails: `(${other.fails}) is true` };
}

function whereSql(
  { where }: Join,
  theirs: CompileContext,
  making: Making,
  path: (string | number)[],
): string {
  if (where === undefined) return 'true';
  const { sql, fails, problems } = compileCondition(where, { ...theirs, path });
  making.problems.push(...problems);
  return harmless({ sql, fails }, 'false');
}

/** The columns of the one row that fits, or of the first or last of them. */
function oneRow(
  name: string,
  join: Join,
  place: JoinedPlace,
  used: ReadonlySet<string>,
  theirs: CompileContext,
  making: Making,
  at: (...rest: (string | number)[]) => (string | number)[],
): Joined {
  const all = [...place.columns].map(
    ([column, declared]) => [column, columnType(declared)] as const,
  );
  const fetched = all.filter(([column]) => used.has(`${name}.${column}`));
  const order = join.order.map((expression, index) =>
    compileExpression(expression, { ...theirs, path: at('order', index) }),
  );
  making.problems.push(...orderProblems(join, order, at));
  const direction = join.take === 'last' ? 'desc nulls last' : 'asc nulls last';
  const by =
    join.take === 'only'
      ? ''
      : ` order by ${[...order.map((_, index) => `o${index} ${direction}`), 'tie'].join(', ')}`;
  // Rows that the order does not tell apart are told apart by all they hold: the same one wins every time.
  const tie = join.take === 'only' ? [] : ['t::text collate "C" as tie'];
  const rules: [string, Rule][] = [
    ['several', `ambiguous:${name}`],
    ['unreadable', `unreadable:${name}`],
  ];
  if ((join.missing ?? 'quarantine') === 'quarantine') rules.unshift(['none', `not-found:${name}`]);
  return {
    values: fetched.map(([column], index) => ({
      name: `${name}.${column}`,
      sql: `(array_agg(c${index}${by}))[1]`,
    })),
    inner: [
      ...fetched.map(
        ([column, { cast }], index) => `t.${quoteIdentifier(column)}${cast} as c${index}`,
      ),
      ...order.map((each, index) => `${harmless(each)} as o${index}`),
      ...tie,
    ],
    judged: [],
    types: new Map(all.map(([column, { type }]) => [`${name}.${column}`, type])),
    rules,
    bad: 'false',
    none: {},
  };
}

function orderProblems(
  join: Join,
  order: readonly CompiledExpression[],
  at: (...rest: (string | number)[]) => (string | number)[],
): Making['problems'] {
  const problems = order.flatMap((each) => each.problems);
  if (join.take !== 'only' && order.length === 0) {
    problems.push({ path: at('order'), message: `${join.take} needs an order` });
  }
  if (join.take === 'only' && order.length > 0) {
    problems.push({ path: at('order'), message: 'the only row has no order: say first or last' });
  }
  if (join.values !== undefined && (join.missing !== undefined || join.take !== 'only')) {
    problems.push({
      path: at('values'),
      message: 'figures are over all rows that fit: take and missing say nothing',
    });
  }
  const texts = order.findIndex(({ type }) => ['text', 'boolean'].includes(type.kind));
  if (texts >= 0) {
    const found = typeInWords(order[texts]?.type ?? TEXT);
    problems.push({
      path: at('order', texts),
      message: `expected a number, a date or a time, found ${found}`,
    });
  }
  return problems;
}
