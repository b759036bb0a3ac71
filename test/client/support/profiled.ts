import { assessTheQuality } from '../../../activities/assess.ts';
import { findKeysOfSource } from '../../../activities/keys.ts';
import { profileSource } from '../../../activities/profile.ts';
import type { StepBody } from '../../../activities/step-activity.ts';
import type { Place } from '../../../client/access.ts';
import type { Identity } from '../../../store/identities.ts';
import { until } from '../../support/until.ts';
import { freshDatabase, withClient } from '../../support/database.ts';
import type { World } from './world.ts';

/** A department whose discovery really looks at a table of staff. */
export interface Profiled {
  readonly lead: Identity;
  readonly place: Place;
  /** Runs a statement on the source and discovery once more, up to its gate. */
  again(sql: string): Promise<void>;
}

const STAFF = `
  create table staff (staff_no text primary key, surname text, ni_number text, born date, unit_code text, unit_name text,
    grade text, salary numeric(10,2), hired date, note text);
  insert into staff select lpad(n::text, 6, '0'), (array['Smith','Jones','Taylor','Patel','Murphy'])[1 + n % 5] ,
    'AB' || lpad((n * 37 % 1000000)::text, 6, '0') || chr(65 + n % 4), date '1960-01-01' + n * 29 % 14000,
    'U' || n % 12, 'Unit number ' || n % 12, 'G' || n % 4, 21000 + n * 137 % 40000, date '2001-01-01' + n * 13 % 8000,
    case when n % 40 = 0 then 'Back in ' || n end
  from generate_series(1, 600) n;
  update staff set unit_name = 'Unit of old' where staff_no in ('000013', '000025');
  update staff set salary = 9900000 where staff_no = '000077';
  update staff set hired = '0201-05-01' where staff_no = '000101';
  update staff set note = 'someone@example.gov.uk' where staff_no = '000080'`;

/** Starts the department and waits for the gate of discovery. */
export async function profiledDepartment(world: World): Promise<Profiled> {
  const url = await freshDatabase('profiled');
  await withClient(url, (client) => client.query(STAFF));
  const places = { sources: { hr: url }, staging: url, target: url };
  const on =
    (body: StepBody): StepBody =>
    (context) =>
      body({ ...context, urls: () => Promise.resolve(places) });
  world.bodies['discovery/profile'] = on(profileSource);
  world.bodies['discovery/keys'] = on(findKeysOfSource);
  world.bodies['discovery/assess'] = on(assessTheQuality);
  const { manifest, text, place } = world.manifest((given) =>
    given
      .replace(/ {2}files: \{kind: files.*/, '  hr: {kind: postgres, connection: {env: HR_URL}}')
      .replace('source: files', 'source: hr')
      .replace('from: staff', 'from: public.staff\n    key: [staff_no]'),
  );
  const { identity: lead } = await world.person('lee', 'programme-lead', 'migration-engineer');
  const { commands, reads } = world.services;
  await commands.start(lead, { manifest, source: text, baseFolder: '/' });
  const atGate = (after: number) =>
    until('discovery waits for its gate', async () => {
      const { onboarding, steps } = await reads.journey(lead, place);
      const gate = steps.find(({ key }) => key === 'discovery/gate');
      return gate?.status === 'waiting' && onboarding.position > after ? true : undefined;
    });
  await atGate(0);
  return {
    lead,
    place,
    async again(sql) {
      await withClient(url, (client) => client.query(sql));
      const { position } = await reads.onboarding(lead, place);
      const by = { ...place, identity: lead, reason: 'The source was corrected' };
      await commands.rewind(by, { to: 'discovery/profile/hr' });
      await atGate(position);
    },
  };
}
