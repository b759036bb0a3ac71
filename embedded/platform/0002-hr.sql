create table hr.grade (
  grade_code text primary key check (grade_code ~ '^[A-Z0-9-]{1,12}$'),
  name text not null unique check (btrim(name) <> ''),
  family text not null check (family in ('civil-service', 'senior-civil-service', 'band', 'prison', 'specialist', 'other'))
);
comment on table hr.grade is
  'Reference, the same for every department. A code that is not here does not exist: a mapping names each legacy grade.';

insert into hr.grade (grade_code, name, family) values
  ('AA', 'Administrative Assistant', 'civil-service'),
  ('AO', 'Administrative Officer', 'civil-service'),
  ('EO', 'Executive Officer', 'civil-service'),
  ('HEO', 'Higher Executive Officer', 'civil-service'),
  ('SEO', 'Senior Executive Officer', 'civil-service'),
  ('FS', 'Fast Stream', 'civil-service'),
  ('G7', 'Grade 7', 'civil-service'),
  ('G6', 'Grade 6', 'civil-service'),
  ('SCS1', 'Senior Civil Service pay band 1', 'senior-civil-service'),
  ('SCS2', 'Senior Civil Service pay band 2', 'senior-civil-service'),
  ('SCS3', 'Senior Civil Service pay band 3', 'senior-civil-service'),
  ('SCS4', 'Permanent Secretary', 'senior-civil-service'),
  ('BAND-A', 'Band A', 'band'),
  ('BAND-B', 'Band B', 'band'),
  ('BAND-C', 'Band C', 'band'),
  ('BAND-D', 'Band D', 'band'),
  ('BAND-E', 'Band E', 'band'),
  ('BAND-F', 'Band F', 'band'),
  ('PB-1', 'Pay Band 1', 'band'),
  ('PB-2', 'Pay Band 2', 'band'),
  ('PB-3', 'Pay Band 3', 'band'),
  ('PB-4', 'Pay Band 4', 'band'),
  ('PB-5', 'Pay Band 5', 'band'),
  ('PB-6', 'Pay Band 6', 'band'),
  ('PB-A', 'Pay Band A', 'band'),
  ('PB-B', 'Pay Band B', 'band'),
  ('PB-C', 'Pay Band C', 'band'),
  ('PB-D', 'Pay Band D', 'band'),
  ('PS-OSG', 'Prison service operational support', 'prison'),
  ('PS-OFF', 'Prison officer', 'prison'),
  ('PS-SO', 'Prison senior officer', 'prison'),
  ('PS-PO', 'Prison principal officer', 'prison'),
  ('PS-OM', 'Prison operational manager', 'prison'),
  ('PS-SOM', 'Prison senior operational manager', 'prison'),
  ('NURSE', 'Nursing', 'specialist'),
  ('NURSE-SEN', 'Senior nursing', 'specialist'),
  ('PHARM', 'Pharmacy', 'specialist'),
  ('PHARM-SEN', 'Senior pharmacy', 'specialist'),
  ('MTO', 'Medical technical', 'specialist'),
  ('MTO-SEN', 'Senior medical technical', 'specialist'),
  ('INDUSTRIAL', 'Industrial', 'specialist'),
  ('OTHER', 'Other', 'other');

create table hr.unit (
  department text not null,
  unit_code text not null check (unit_code = btrim(unit_code) and char_length(unit_code) between 1 and 80),
  name text not null check (btrim(name) <> '' and char_length(name) <= 200),
  parent_unit_code text,
  primary key (department, unit_code),
  constraint unit_parent_fk foreign key (department, parent_unit_code) references hr.unit deferrable,
  constraint unit_not_its_own_parent check (parent_unit_code <> unit_code)
);
comment on table hr.unit is 'An organisational unit; a tree. A unit without a parent is a top of the department.';

create table hr.post (
  department text not null,
  post_code text not null check (post_code = btrim(post_code) and char_length(post_code) between 1 and 40),
  unit_code text not null,
  title text not null check (btrim(title) <> '' and char_length(title) <= 200),
  grade_code text not null references hr.grade,
  fte numeric(8,2) not null check (fte >= 0),
  pay_floor numeric(14,2) check (pay_floor >= 0),
  pay_ceiling numeric(14,2),
  salary_cost numeric(14,2) check (salary_cost >= 0),
  profession text check (btrim(profession) <> ''),
  primary key (department, post_code),
  constraint post_unit_fk foreign key (department, unit_code) references hr.unit,
  constraint post_pay_range check (pay_ceiling >= pay_floor)
);
comment on table hr.post is 'A post, or a group of equal posts, of a unit: full-time equivalents, grade and pay range in pounds a year.';
comment on column hr.post.salary_cost is 'Pounds a year of the posts that report to this one, where the department publishes it.';

create table hr.reporting_line (
  department text not null,
  post_code text not null,
  reports_to text not null,
  primary key (department, post_code),
  constraint reporting_line_post_fk foreign key (department, post_code) references hr.post,
  constraint reporting_line_reports_to_fk foreign key (department, reports_to) references hr.post,
  constraint reporting_line_not_to_itself check (reports_to <> post_code)
);
comment on table hr.reporting_line is
  'Which post a post reports to; the top of a tree has no row. A table of its own: posts report to posts that are loaded later, and one wrong line must not cost the post, and with it everybody below.';

create table hr.person (
  department text not null,
  person_number text not null check (person_number ~ '^[A-Z0-9]{1,20}$'),
  legacy_payroll_id text not null check (btrim(legacy_payroll_id) <> ''),
  surname text not null check (btrim(surname) <> '' and char_length(surname) <= 100),
  forename text not null check (btrim(forename) <> '' and char_length(forename) <= 100),
  birth_date date not null check (birth_date >= date '1900-01-01'),
  ni_number text check (
    ni_number ~ '^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]$'
    and left(ni_number, 2) not in ('BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ')
  ),
  hired_on date not null,
  left_on date,
  primary key (department, person_number),
  constraint person_legacy_payroll_id_key unique (department, legacy_payroll_id),
  constraint person_ni_number_key unique (department, ni_number),
  constraint person_left_after_hired check (left_on >= hired_on),
  constraint person_hired_after_birth check (hired_on > birth_date)
);
comment on table hr.person is 'A person who is or was employed by the department.';
comment on column hr.person.legacy_payroll_id is
  'The payroll id of the legacy system. Without it the tax authority creates a second employment (control C14).';
comment on column hr.person.ni_number is 'National Insurance number without blanks; not every person has one yet.';

create table hr.assignment (
  department text not null,
  person_number text not null,
  assignment_no smallint not null default 1 check (assignment_no >= 1),
  effective_from date not null,
  effective_to date,
  unit_code text,
  post_code text,
  job_title text not null check (btrim(job_title) <> '' and char_length(job_title) <= 200),
  grade_code text references hr.grade,
  primary key (department, person_number, assignment_no, effective_from),
  constraint assignment_person_fk foreign key (department, person_number) references hr.person,
  constraint assignment_unit_fk foreign key (department, unit_code) references hr.unit,
  constraint assignment_post_fk foreign key (department, post_code) references hr.post,
  constraint assignment_period check (effective_to >= effective_from)
);
comment on table hr.assignment is
  'What a person does or did: unit, post, title and grade from one day to another. `assignment_no` tells jobs held at the same time apart. No end: current. Unit, post and grade are empty where the legacy system never knew them.';

create table hr.salary (
  department text not null,
  person_number text not null,
  effective_from date not null,
  effective_to date,
  amount numeric(14,2) not null check (amount >= 0),
  primary key (department, person_number, effective_from),
  constraint salary_person_fk foreign key (department, person_number) references hr.person,
  constraint salary_period check (effective_to >= effective_from)
);
comment on table hr.salary is
  'Annual full-time salary in pounds that the contract says, from one day to another. No end: current. What is paid is computed by the payroll.';
