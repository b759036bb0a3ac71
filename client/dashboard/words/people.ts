import type { Manifest } from '../../../domain/manifest.ts';
import type { Role } from '../../../domain/roles.ts';
import type { Identity } from '../../../store/identities.ts';

type Named = Pick<Manifest['people'][number], 'id' | 'name' | 'roles'>;

/** Who the references in events and decisions are. */
export class People {
  readonly #names: ReadonlyMap<string, string>;
  readonly #named: readonly Named[];

  /**
   * @param known everybody the store knows and the reader may see
   * @param named the people of the manifest: only they decide
   */
  constructor(known: readonly Pick<Identity, 'id' | 'name'>[], named: readonly Named[]) {
    this.#named = named;
    this.#names = new Map([...named, ...known].map(({ id, name }) => [id, name]));
  }

  /** The name, or the reference where nobody is known by it. */
  name(id: string): string {
    return this.#names.get(id) ?? id;
  }

  /** References of the people whom the manifest names for a role. */
  inRole(role: Role): string[] {
    return this.#named.filter((person) => person.roles.includes(role)).map((person) => person.id);
  }

  /** Is the person named for one of the roles? */
  isNamed(id: string, roles: readonly Role[]): boolean {
    return roles.some((role) => this.inRole(role).includes(id));
  }
}
