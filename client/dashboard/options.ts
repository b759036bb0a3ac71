import type { ChangeFeed } from '../../store/changes.ts';
import type { Database } from '../../store/database.ts';
import type { Commands } from '../commands.ts';
import type { EvidencePacks } from '../evidence-packs.ts';
import type { Quarantine } from '../quarantine.ts';
import type { Reads } from '../reads.ts';

/** What the dashboard works with. */
export interface DashboardOptions {
  readonly reads: Reads;
  readonly commands: Commands;
  readonly quarantine: Quarantine;
  readonly packs: EvidencePacks;
  /** Slipway's own database: sessions and the steps that wait are looked up in it. */
  readonly database: Database;
  readonly changes: ChangeFeed;
  /** Anybody may sign in as any person known, and every page says so. Only for one machine. */
  readonly demoPeople: boolean;
  /** Signs cookies and the tokens of forms. The same in every process that serves the same people. */
  readonly secret: string;
}
