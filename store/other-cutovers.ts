import type { Progress } from '../domain/progress.ts';
import { viewStep } from '../domain/step-view.ts';
import type { Queryable } from './database.ts';

interface Row {
  readonly department: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly history: Progress['steps'][string] | null;
}

/**
 * The cutover windows of the other departments of a programme that the same team moves, as they were rescheduled last.
 * Those that were aborted or are closed no longer count.
 * @param except id of the onboarding that asks
 */
export async function otherCutovers(
  database: Queryable,
  programme: string,
  team: string,
  except: string,
): Promise<{ department: string; from: string; to: string }[]> {
  const { rows } = await database.query<Row>(
    `select o.department, m.content -> 'cutover' -> 'window' as window, s.history
     from onboarding o
     join manifest m on m.hash = o.manifest
     left join step s on s.onboarding = o.id and s.key = 'cutover/window'
     where o.programme = $1 and o.id <> $3 and o.status not in ('aborted', 'closed')
       and coalesce(m.content -> 'cutover' ->> 'team', 'programme') = $2
     order by o.department`,
    [programme, team, except],
  );
  return rows.map(({ department, window, history }) => {
    const { input } = viewStep('cutover/window', history ?? []);
    const moved = (name: 'from' | 'to'): string => {
      const value = input?.[name];
      return typeof value === 'string' ? value : window[name];
    };
    return { department, from: moved('from'), to: moved('to') };
  });
}

/** When the newest event of an onboarding happened, ISO; undefined when there is none. */
export async function latestEventAt(
  database: Queryable,
  onboarding: string,
): Promise<string | undefined> {
  const { rows } = await database.query<{ at: string | null }>(
    `select max((body ->> 'at')::timestamptz)::text as at from event where onboarding = $1`,
    [onboarding],
  );
  const at = rows[0]?.at;
  return at === null || at === undefined ? undefined : new Date(at).toISOString();
}
