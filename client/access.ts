import { SlipwayError } from '../domain/errors.ts';
import { PERMISSIONS, RECORD_PERMISSIONS } from '../domain/permissions.ts';
import type { CommandName, RecordCommand } from '../domain/permissions.ts';
import { holdsAny } from '../domain/roles.ts';
import type { Actor } from '../domain/roles.ts';
import { rolesFor } from '../store/identities.ts';
import type { Identity } from '../store/identities.ts';

/** Which department of which programme. */
export interface Place {
  readonly programme: string;
  readonly department: string;
}

/** The identity with the roles it holds in a department: what the workflow is told. */
export function actorAt(identity: Identity, { programme, department }: Place): Actor {
  return { id: identity.id, roles: rolesFor(identity, programme, department) };
}

/** May the identity look at a department? Any role will do. */
export function mayRead(identity: Identity, place: Place): boolean {
  return actorAt(identity, place).roles.length > 0;
}

/** @throws SlipwayError `access/not-permitted` when the identity holds no role there */
export function requireReader(identity: Identity, place: Place): void {
  if (mayRead(identity, place)) return;
  throw new SlipwayError(
    'access/not-permitted',
    `${identity.id} holds no role for ${place.programme}/${place.department}`,
  );
}

/**
 * The actor of a command, checked against the permission table. Where the step's quorum decides, `roles` says which.
 * @throws SlipwayError `access/not-permitted`
 */
export function requireActor(identity: Identity, place: Place, command: CommandName): Actor {
  requireReader(identity, place);
  const actor = actorAt(identity, place);
  const allowed = PERMISSIONS[command];
  if (allowed === 'by-quorum' || holdsAny(actor, allowed)) return actor;
  throw new SlipwayError(
    'access/not-permitted',
    `${command} needs the role ${allowed.join(' or ')}; ${actor.id} does not hold it`,
  );
}

/** Stands for all departments of a programme, as in the grants of people. */
const ALL = '*';

/**
 * Who writes something into the record of a department, or of a programme as a whole where no department is named.
 * @throws SlipwayError `access/not-permitted`
 */
export function requireRecorder(
  identity: Identity,
  { programme, department = ALL }: { readonly programme: string; readonly department?: string },
  command: RecordCommand,
): Actor {
  const actor = actorAt(identity, { programme, department });
  const allowed = RECORD_PERMISSIONS[command];
  if (holdsAny(actor, allowed)) return actor;
  const where = department === ALL ? `all of ${programme}` : `${programme}/${department}`;
  throw new SlipwayError(
    'access/not-permitted',
    `${command} needs the role ${allowed.join(' or ')} for ${where}; ${identity.id} does not hold it`,
  );
}

/** @throws SlipwayError `access/not-permitted` when the identity holds no role anywhere in the programme */
export function requireProgrammeReader(identity: Identity, programme: string): void {
  if (identity.grants.some((grant) => grant.programme === ALL || grant.programme === programme))
    return;
  throw new SlipwayError('access/not-permitted', `${identity.id} holds no role in ${programme}`);
}
