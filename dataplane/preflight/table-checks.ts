import type pg from 'pg';
import type { PreflightProblem } from './problem.ts';

/**
 * What would surprise a load in the platform's tables: triggers and rules that fire, constraints that are not enforced,
 * policies that hide or refuse rows.
 * @param tables `schema.table`
 * @param allowed triggers that may fire, as `schema.table.trigger`
 */
export async function tableProblems(
  target: pg.Client,
  tables: readonly string[],
  allowed: readonly string[],
): Promise<PreflightProblem[]> {
  const { rows } = await target.query<{ kind: Kind; subject: string; name: string }>(FOUND, [
    tables,
  ]);
  return rows
    .filter(
      ({ kind, subject, name }) => kind !== 'trigger' || !allowed.includes(`${subject}.${name}`),
    )
    .map(({ kind, subject, name }) => ({ subject, ...SAID[kind](name, subject) }));
}

type Kind = 'trigger' | 'rule' | 'unvalidated' | 'unenforced' | 'invalid-index' | 'row-security';

const SAID: Readonly<
  Record<Kind, (name: string, table: string) => Omit<PreflightProblem, 'subject'>>
> = {
  trigger: (name, table) => ({
    check: 'trigger',
    message: `its trigger ${name} would fire for the rows that are loaded`,
    advice: `disable it for the load, or name ${table}.${name} in policy.triggers when it has to fire`,
  }),
  rule: (name) => ({
    check: 'trigger',
    message: `its rule ${name} rewrites what is written to it`,
    advice: 'drop the rule for the load: COPY does not obey it',
  }),
  unvalidated: (name) => ({
    check: 'constraint',
    message: `its constraint ${name} is not valid: rows that are there may break it`,
    advice: `validate it (alter table ... validate constraint ${name})`,
  }),
  unenforced: (name) => ({
    check: 'constraint',
    message: `its foreign key ${name} is not enforced: its triggers are disabled`,
    advice: 'enable all triggers of the table, or rows without their parents are loaded',
  }),
  'invalid-index': (name) => ({
    check: 'constraint',
    message: `its index ${name} is not valid: what it should keep unique may not be`,
    advice: `build it again (reindex index ${name})`,
  }),
  'row-security': (name) => ({
    check: 'privilege',
    message: `row security applies to ${name}: rows would be hidden or refused`,
    advice: 'load with an account that bypasses row security',
  }),
};

const FOUND = `
  with t as (
    select name, to_regclass(name) as oid from unnest($1::text[]) name where to_regclass(name) is not null
  )
  select 'trigger' as kind, t.name as subject, g.tgname::text as name from t join pg_trigger g on g.tgrelid = t.oid
    where not g.tgisinternal and g.tgenabled not in ('D', 'R') and g.tgtype & (4 + 16) <> 0
  union all
  select 'rule', t.name, r.rulename from t join pg_rewrite r on r.ev_class = t.oid where r.ev_enabled not in ('D', 'R')
  union all
  select 'unvalidated', t.name, c.conname from t join pg_constraint c on c.conrelid = t.oid where not c.convalidated
  union all
  select distinct 'unenforced', t.name, c.conname from t join pg_constraint c on c.conrelid = t.oid and c.contype = 'f'
    join pg_trigger g on g.tgconstraint = c.oid and g.tgrelid = t.oid where g.tgenabled in ('D', 'R')
  union all
  select 'invalid-index', t.name, i.indexrelid::regclass::text from t join pg_index i on i.indrelid = t.oid
    where i.indisunique and not i.indisvalid
  union all
  select 'row-security', t.name, current_user from t where row_security_active(t.oid)
  order by subject, kind, name`;
