import type { Intake } from '../intake/stage.ts';
import type { Work } from '../work.ts';
export interface DatabaseIntakeRequest {
  readonly url: string;
  readonly stagingUrl: string;
  readonly department: string;
  readonly sourceId: string;
  readonly tables: readonly {
    readonly from: string;
    readonly key: readonly string[] | undefined;
  }[];
}
export function takeInDatabase(
  _request: DatabaseIntakeRequest,
  _work: Work,
): Promise<Readonly<Record<string, Intake>>> {
  return Promise.reject(new Error('not yet'));
}
