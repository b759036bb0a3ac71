import { randomBytes } from 'node:crypto';
import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import { quoteColumns } from '../quote.ts';
import type { TargetPlaces } from '../target-places.ts';
import { ROW_ERRORS } from './evaluate.ts';
import { isGood, MAPPED_ROWS, N, VERDICT } from './temporary-tables.ts';

/** Ends the trial; the variables of the block outlive what it undoes. */
const UNDO = 'SWUND';

/**
 * Finds the rows that the platform refuses by inserting each good mapped row by itself, and takes all of it back: for
 * what cannot be found in sets (triggers, exclusion constraints). A row that lacks another one is tried again after
 * the others.
 */
export function tryRows(dataset: CompiledDataset, places: TargetPlaces): string {
  const tag = `$slipway_${randomBytes(8).toString('hex')}$`;
  const names = quoteColumns(dataset.fields.map(({ name }) => name));
  return `do ${tag}
    #variable_conflict use_column
    declare
      waiting bigint[]; later bigint[]; one bigint; number_ bigint[] := '{}'; rule_ text[] := '{}'; field_ text[] := '{}';
      state text; constraint_ text; column_ text; is_last boolean := false;
    begin
      begin
        select array_agg(m.${N} order by m.${N}) into waiting from ${MAPPED_ROWS} m where ${isGood('m')};
        loop
          later := '{}';
          foreach one in array coalesce(waiting, '{}') loop
            begin
              insert into ${places.table(dataset.target)} (${names}) select ${names} from ${MAPPED_ROWS} m where m.${N} = one;
            exception when ${ROW_ERRORS} then
              get stacked diagnostics state = returned_sqlstate, constraint_ = constraint_name, column_ = column_name;
              if state = '23503' and not is_last then
                later := later || one;
              else
                number_ := number_ || one;
                rule_ := rule_ || case state
                  when '23502' then 'not-null:' || column_ when '23503' then 'foreign-key:' || constraint_
                  when '23505' then 'unique:' || constraint_ when '23514' then 'check:' || constraint_
                  when '23P01' then 'exclusion:' || constraint_ else 'rejected:' || state end;
                field_ := field_ || nullif(column_, '');
              end if;
            end;
          end loop;
          exit when later = '{}' or is_last;
          is_last := later = waiting;
          waiting := later;
        end loop;
        raise exception using errcode = '${UNDO}';
      exception when sqlstate '${UNDO}' then null;
      end;
      insert into ${VERDICT} (n, rule, field) select * from unnest(number_, rule_, field_);
    end ${tag}`;
}
