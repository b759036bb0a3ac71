import type { Expression, OperatorExpression } from '../../domain/mapping/expression.ts';
import { quoteLiteral } from '../quote.ts';
import { hasShortYear, readingProblem } from './date-format.ts';
import * as dates from './date-sql.ts';
import { after } from './failing.ts';
import { decimalSql, inTurn } from './number-sql.ts';
import type { Strict } from './operators.ts';
import {
  BROKEN,
  type Compiler,
  parenthesised,
  type Path,
  problem,
  type Scope,
  strictly,
  textOf,
  type Typed,
} from './scope.ts';
import { DATE, isNumber, type SqlType, typeInWords } from './sql-type.ts';

type Dates = 'date' | 'timestamp' | 'inZone' | 'day' | 'shift' | 'monthEnd';

const TIME: SqlType = { kind: 'timestamp' };
const MOMENT: SqlType = { kind: 'timestamptz' };

/** Digits after the point that a serial number of a time may have. */
const SERIAL_SCALE = 10;

/** Compilers of the operators on dates and times. */
export const DATE_COMPILERS: {
  readonly [Name in Dates]: Compiler<Exclude<OperatorExpression[Name], undefined>>;
} = {
  date({ of, format, pivot }, scope, path) {
    if (dates.isSerial(format)) {
      const operand = serial(of, scope, [...path, 'of']);
      return strictly(operand, DATE, dates.serialDateSql(operand.sql, format));
    }
    const operand = textOf(of, scope, [...path, 'of']);
    const wrong = readingProblem(format, 'date');
    if (wrong !== undefined) return problem(scope, [...path, 'format'], wrong);
    if (!pivotFits(format, pivot, scope, path)) return BROKEN;
    return strictly(operand, DATE, dates.dateSql(operand.sql, format, pivot));
  },
  timestamp({ of, format, pivot, zone, repeated }, scope, path) {
    const local = localTime({ of, format, pivot }, scope, path);
    if (zone === undefined) {
      return repeated === undefined
        ? local
        : problem(scope, [...path, 'repeated'], 'only in a zone can a time be repeated');
    }
    if (local.type.kind === 'timestamptz') {
      return problem(scope, [...path, 'zone'], 'the zone is in the value already');
    }
    if (!zoneExists(zone, scope, [...path, 'zone'])) return BROKEN;
    return strictly(local, MOMENT, dates.zonedSql(local.sql, zone, repeated));
  },
  inZone({ of, zone }, scope, path) {
    const operand = scope.compile(of, [...path, 'of']);
    if (!zoneExists(zone, scope, [...path, 'zone'])) return BROKEN;
    if (operand.type.kind === 'null') return BROKEN;
    if (operand.type.kind !== 'timestamptz') {
      const found = typeInWords(operand.type);
      return problem(scope, [...path, 'of'], `expected a time with its zone, found ${found}`);
    }
    const sql = `(${operand.sql} at time zone ${quoteLiteral(zone)})`;
    return { sql, type: TIME, fails: operand.fails };
  },
  day: (of, scope, path) =>
    onTime(of, scope, path, ['timestamp'], (sql) => ({ sql: `${sql}::date`, type: DATE })),
  shift({ of, years = 0, months = 0, days = 0 }, scope, path) {
    const moved = years * 12 + months;
    return onTime(of, scope, [...path, 'of'], ['date', 'timestamp'], (sql, type) => {
      const later = `(${sql} + interval '${moved} months' + interval '${days} days')`;
      return { sql: type.kind === 'date' ? `${later}::date` : later, type };
    });
  },
  monthEnd: (of, scope, path) =>
    onTime(of, scope, path, ['date'], (sql) => ({
      sql: `(date_trunc('month', ${sql}) + interval '1 month - 1 day')::date`,
      type: DATE,
    })),
};

function localTime(
  {
    of,
    format,
    pivot,
  }: { of: Expression; format?: string | undefined; pivot?: number | undefined },
  scope: Scope,
  path: Path,
): Typed {
  const operand = scope.compile(of, [...path, 'of']);
  if (operand.type.kind === 'timestamp') {
    return format === undefined
      ? operand
      : problem(scope, [...path, 'format'], 'a time has no format');
  }
  if (format === undefined) {
    return operand.type.kind === 'null'
      ? BROKEN
      : problem(scope, path, `${typeInWords(operand.type)} needs a format`);
  }
  if (dates.isSerial(format)) {
    const number = serial(of, scope, [...path, 'of']);
    return strictly(number, TIME, dates.serialTimeSql(number.sql, format));
  }
  const text = textOf(of, scope, [...path, 'of']);
  const wrong = readingProblem(format, 'timestamp');
  if (wrong !== undefined) return problem(scope, [...path, 'format'], wrong);
  if (!pivotFits(format, pivot, scope, path)) return BROKEN;
  const type = /TZ/i.test(format) ? MOMENT : TIME;
  return strictly(text, type, dates.timestampSql(text.sql, format, pivot));
}

/** The operand as a numeric: a serial number is a number, or a text of one. */
function serial(operand: Expression, scope: Scope, path: Path): Strict {
  const { sql, type, fails } = scope.compile(operand, path);
  if (type.kind === 'null') return { sql: '(null::numeric)', fails };
  if (isNumber(type)) return { sql: `${parenthesised(sql)}::numeric`, fails };
  if (type.kind !== 'text') {
    return problem(scope, path, `expected a text or a number, found ${typeInWords(type)}`);
  }
  const read = inTurn({ sql: parenthesised(sql), fails }, (text) => decimalSql(text, SERIAL_SCALE));
  return { sql: `(${read.sql})`, fails: read.fails };
}

function onTime(
  operand: Expression,
  scope: Scope,
  path: Path,
  kinds: readonly SqlType['kind'][],
  outcome: (sql: string, type: SqlType) => { sql: string; type: SqlType },
): Typed {
  const compiled = scope.compile(operand, path);
  if (compiled.type.kind === 'null') return BROKEN;
  if (!kinds.includes(compiled.type.kind)) {
    const wanted = kinds.map((kind) => typeInWords({ kind })).join(' or ');
    return problem(scope, path, `expected ${wanted}, found ${typeInWords(compiled.type)}`);
  }
  const { sql, type } = outcome(parenthesised(compiled.sql), compiled.type);
  return { sql, type, fails: after(compiled.fails, 'false') };
}

function pivotFits(format: string, pivot: number | undefined, scope: Scope, path: Path): boolean {
  const isShort = hasShortYear(format);
  if (isShort === (pivot !== undefined)) return true;
  const message = isShort
    ? 'years of two digits need a pivot: from which on are they of the last century?'
    : 'only years of two digits have a pivot';
  problem(scope, [...path, isShort ? 'format' : 'pivot'], message);
  return false;
}

/** The names of zones are the same for PostgreSQL and JavaScript: those of the IANA database. */
function zoneExists(zone: string, scope: Scope, path: Path): boolean {
  try {
    if (!/^[A-Z][A-Za-z]*(\/|$)/.test(zone)) throw new RangeError(zone);
    return new Intl.DateTimeFormat('en', { timeZone: zone }) instanceof Intl.DateTimeFormat;
  } catch {
    problem(scope, path, `there is no time zone "${zone}": expected a name such as Europe/London`);
    return false;
  }
}
