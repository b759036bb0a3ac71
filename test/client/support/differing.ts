import type { QuarantineWorld } from './quarantine-world.ts';
import { startQuarantineWorld } from './quarantine-world.ts';

/** Enough rows of a grade for its totals to be named. */
const MORE = [10, 11, 12, 13, 14, 15].map((number) => `${number},Kim,A,100.00\n`).join('');

/** A world whose platform somebody changes behind the back of the load. */
export interface DifferingWorld extends QuarantineWorld {
  /** Brings an onboarding to where both sides do not hold the same: row 1 differs, 6 is missing, 99 is extra. */
  differing(): Promise<{ programme: string; department: string }>;
  /** Changes a name and the pay of row 1, takes row 6 away and adds row 99. */
  plant(department: string): Promise<void>;
  /** Takes it back. */
  mend(department: string): Promise<void>;
}

export async function startDifferingWorld(): Promise<DifferingWorld> {
  const own = await startQuarantineWorld(MORE);
  const { world, scene, people } = own;
  const ofRow = (department: string): string => `department = '${department}' and number`;
  const plant = async (department: string): Promise<void> => {
    await scene.sql(
      'platform',
      `update app.person set name = 'Anne', pay = 1000.01 where ${ofRow(department)} = 1;
       delete from app.person where ${ofRow(department)} = 6;
       insert into app.person values ('${department}', 99, 'Zed', 'a', 50)`,
    );
  };
  return {
    ...own,
    plant,
    async mend(department) {
      await scene.sql(
        'platform',
        `update app.person set name = 'Ann', pay = 1000 where ${ofRow(department)} = 1;
         insert into app.person values ('${department}', 6, 'Fay', 'b', 1500.25);
         delete from app.person where ${ofRow(department)} = 99`,
      );
    },
    async differing() {
      const place = await own.waiting();
      await plant(place.department);
      const by = { ...place, identity: people.dora.identity, reason: 'they have left' };
      await world.services.commands.accept(by, { dataset: 'people', count: 4 });
      await world.reaches(people.vic.identity, place, 'migration/reconcile/people', 'parked');
      return place;
    },
  };
}
