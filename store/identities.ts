import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '../domain/roles.ts';
import type { Queryable } from './database.ts';

/** Somebody who may sign in or give commands with a token. */
export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** A role held in a programme and department; `*` stands for all of them. */
export interface Grant {
  readonly role: Role;
  readonly programme: string;
  readonly department: string;
}

/** The roles an identity holds for one department. */
export function rolesFor(identity: Identity, programme: string, department: string): Role[] {
  const roles = identity.grants
    .filter((grant) => grant.programme === '*' || grant.programme === programme)
    .filter((grant) => grant.department === '*' || grant.department === department)
    .map((grant) => grant.role);
  return [...new Set(roles)];
}

/** Adds a person or brings the name up to date, and grants the roles. Roles held before stay. */
export async function savePerson(
  database: Queryable,
  person: { id: string; name: string; email?: string | undefined },
  grants: readonly Grant[],
): Promise<void> {
  await database.query(
    `insert into person (id, name, email) values ($1, $2, $3)
     on conflict (id) do update set name = excluded.name, email = coalesce(excluded.email, person.email)`,
    [person.id, person.name, person.email ?? null],
  );
  await database.query(
    `insert into role_grant (person, role, programme, department)
     select $1, role, programme, department
     from unnest($2::text[], $3::text[], $4::text[]) as g (role, programme, department) on conflict do nothing`,
    [
      person.id,
      grants.map((grant) => grant.role),
      grants.map((grant) => grant.programme),
      grants.map((grant) => grant.department),
    ],
  );
}

/**
 * Makes the people of a manifest known, with the roles it gives them. Who is known already keeps name and address: a
 * manifest does not rename anybody.
 */
export async function introducePeople(
  database: Queryable,
  people: readonly { id: string; name: string; email?: string | undefined }[],
  grants: readonly (Grant & { readonly person: string })[],
): Promise<void> {
  await database.query(
    `insert into person (id, name, email)
     select id, name, email from jsonb_to_recordset($1::jsonb) as p (id text, name text, email text)
     on conflict (id) do nothing`,
    [JSON.stringify(people)],
  );
  await database.query(
    `insert into role_grant (person, role, programme, department)
     select person, role, programme, department
     from jsonb_to_recordset($1::jsonb) as g (person text, role text, programme text, department text)
     on conflict do nothing`,
    [JSON.stringify(grants)],
  );
}

/** Everybody known, by id. */
export async function listPeople(database: Queryable): Promise<Identity[]> {
  const { rows } = await database.query<Identity>(
    `${IDENTITY} group by p.id, p.name order by p.id`,
  );
  return rows;
}

const IDENTITY = `select p.id, p.name,
    coalesce(jsonb_agg(jsonb_build_object('role', g.role, 'programme', g.programme, 'department', g.department))
             filter (where g.role is not null), '[]') as grants
  from person p left join role_grant g on g.person = p.id`;

/** A person by reference, or undefined. */
export async function findPerson(database: Queryable, id: string): Promise<Identity | undefined> {
  const { rows } = await database.query<Identity>(
    `${IDENTITY} where p.id = $1 group by p.id, p.name`,
    [id],
  );
  return rows[0];
}

/**
 * Makes a token for a person. Only its SHA-256 is stored.
 * @returns its id, and the secret, which is shown once
 */
export async function createToken(
  database: Queryable,
  person: string,
  label: string,
  expiresAt?: Date,
): Promise<{ id: string; secret: string }> {
  const secret = `slipway_${randomBytes(32).toString('base64url')}`;
  const id = randomBytes(8).toString('hex');
  await database.query(
    'insert into token (id, hash, person, label, expires_at) values ($1, $2, $3, $4, $5)',
    [id, tokenHash(secret), person, label, expiresAt ?? null],
  );
  return { id, secret };
}

/** The person a token belongs to; undefined when it is unknown, expired or revoked. */
export function findTokenHolder(
  database: Queryable,
  secret: string,
): Promise<Identity | undefined> {
  return findHolderOfReference(database, tokenReference(secret));
}

/** What stands for a token where it is not to be kept: it finds the holder, and cannot be used in its place. */
export function tokenReference(secret: string): string {
  return tokenHash(secret);
}

/** The person of a token by its reference, as {@link findTokenHolder}. */
export async function findHolderOfReference(
  database: Queryable,
  reference: string,
): Promise<Identity | undefined> {
  const { rows } = await database.query<Identity>(
    `${IDENTITY} join token t on t.person = p.id
     where t.hash = $1 and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())
     group by p.id, p.name`,
    [reference],
  );
  return rows[0];
}

/** A token as its holder sees it: never the secret. */
export interface TokenSummary {
  readonly id: string;
  readonly label: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** The tokens of a person, the newest first. */
export async function listTokens(database: Queryable, person: string): Promise<TokenSummary[]> {
  const { rows } = await database.query<TokenSummary>(
    `select id, label, created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt"
     from token where person = $1 order by created_at desc, id`,
    [person],
  );
  return rows;
}

/** Revokes a token of a person, at once and for good. @returns whether the person has such a token */
export async function revokeToken(
  database: Queryable,
  person: string,
  id: string,
): Promise<boolean> {
  const { rowCount } = await database.query(
    'update token set revoked_at = coalesce(revoked_at, now()) where person = $1 and id = $2',
    [person, id],
  );
  return rowCount === 1;
}

/** A fast hash is right here: the secret has 256 random bits, so it cannot be guessed from its hash. */
function tokenHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
