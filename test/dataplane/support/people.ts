import type { Manifest } from '../../../domain/manifest.ts';
import { manifestWith } from './scene.ts';

/** A small platform with every kind of constraint. */
export const PLATFORM = `
  create schema app;
  create type app.level as enum ('junior', 'senior');
  create domain app.code as text check (value ~ '^[A-Z0-9]+$');
  create table app.grade (grade text primary key);
  insert into app.grade values ('G6'), ('G7');
  create table app.unit (
    department text not null, code app.code not null, name varchar(20) not null, parent text,
    primary key (department, code),
    constraint unit_parent_fk foreign key (department, parent) references app.unit,
    constraint unit_not_own_parent check (parent <> code)
  );
  create table app.person (
    department text not null, number integer not null, name text not null, unit text not null, grade text references app.grade,
    born date, pay numeric(10,2) check (pay >= 0), level app.level not null default 'junior', ni text, note char(5), extra jsonb, id uuid,
    loaded_at timestamptz not null default now(),
    primary key (department, number),
    constraint person_ni_key unique (department, ni),
    constraint person_unit_fk foreign key (department, unit) references app.unit
  );
  create unique index person_name_born on app.person (department, lower(name), born) where born is not null;
`;

/** A legacy system of units and people, empty. */
export const LEGACY = `
  create type kind as enum ('JR', 'SR');
  create table unit (code text primary key, name text, parent text);
  create table person (
    id integer primary key, name varchar(50), unit text, grade text, born text, pay double precision, kind kind,
    ni text, note text, extra text, uid text, status text default 'live'
  );
`;

const UNITS = {
  id: 'units',
  target: 'app.unit',
  source: 'legacy',
  from: 'public.unit',
  key: ['code'],
  fields: { code: 'code', name: { trim: 'name' }, parent: 'parent' },
};
const PEOPLE = {
  id: 'people',
  target: 'app.person',
  source: 'legacy',
  from: 'public.person',
  key: ['id'],
  exclude: [{ when: { equals: ['status', { value: 'test' }] }, reason: 'a test record' }],
  fields: {
    number: 'id',
    name: { trim: 'name' },
    unit: 'unit',
    grade: { lookup: { of: 'grade', list: 'grades' } },
    born: { date: { of: 'born', format: 'DD/MM/YYYY' } },
    pay: 'pay',
    level: { lookup: { of: 'kind', list: 'levels' } },
    ni: 'ni',
    note: 'note',
    extra: 'extra',
    id: 'uid',
  },
  totals: ['pay'],
  chunkRows: 100,
};

/** The mapping of the two tables: people first, though they depend on units. */
export function peopleManifest(): Manifest {
  return manifestWith({
    datasets: [PEOPLE, UNITS],
    codeLists: {
      grades: { values: { six: 'G6', seven: 'G7', lost: 'G9' } },
      levels: { values: { JR: 'junior', SR: 'senior' } },
    },
  });
}

/** 250 people without a fault, all of unit U1. */
export const GOOD_PEOPLE = `insert into person select i, 'Name ' || i, 'U1', 'six', '01/02/1980', i + 0.5, 'SR', 'NI' || i, 'ab', '{"a": 1}',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' from generate_series(1, 250) i;`;

/** Units and faults for GOOD_PEOPLE: one of every kind. */
export const BAD_ROWS = `
       insert into unit values ('A', 'First', 'B'), ('B', 'Second', 'A'), ('C', 'Own', 'C'), ('D', 'Lost', 'X'), ('E', 'Child of lost', 'D'),
         ('F', 'Grandchild of lost', 'E'), ('U1', 'One', null), ('G', 'A name longer than twenty', null), ('h', 'Small', null);
       update person set grade = 'nine' where id = 1;
       update person set grade = 'lost' where id = 2;
       update person set born = '31/02/1980' where id = 3;
       update person set name = '  ' where id = 4;
       update person set unit = 'D' where id = 5;
       update person set pay = -1 where id = 6;
       update person set ni = 'NI8' where id = 7;
       update person set name = 'name 10' where id = 9;
       update person set pay = 1.005 where id = 11;
       update person set note = 'too long' where id = 12;
       update person set uid = 'no uuid' where id = 13;
       update person set born = 'x', grade = 'x' where id = 14;
       update person set ni = 'NI1' where id = 201;
       update person set ni = 'NI16' where id = 202;
       update person set status = 'test', born = 'x' where id = 15;`;
