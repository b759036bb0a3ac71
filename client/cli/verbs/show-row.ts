import { SlipwayError } from '../../../domain/errors.ts';
import type { ProvenanceView } from '../../quarantine-views.ts';
import type { OnboardingRef } from '../onboarding-ref.ts';
import type { Context } from '../verb.ts';
import { moment } from '../words.ts';

const STATUS: Readonly<Record<ProvenanceView['status'], string>> = {
  loaded: 'on the platform',
  quarantined: 'in quarantine: not on the platform',
  accepted: 'in quarantine, accepted: not on the platform',
  excluded: 'out of scope: not on the platform',
  unknown: 'not on the platform, and not in the source',
};

const KINDS: Readonly<Record<string, string>> = {
  load: 'the load',
  delta: 'a delta',
  redrive: 'a re-drive',
};

/** Says where a row of the platform comes from. @param row its table and its key */
export async function showRow(
  { out, api }: Context,
  ref: OnboardingRef,
  row: readonly string[],
): Promise<void> {
  const [table, ...parts] = row;
  if (table === undefined || parts.length === 0)
    throw new SlipwayError(
      'request/invalid',
      '--row wants a table and a key: --row hr.person 4711',
    );
  const query = new URLSearchParams({ table, key: parts.join('|') });
  const found = await api().get<ProvenanceView>(`${ref.path}/provenance?${query.toString()}`);
  out.result(found, () => rowText(found));
}

function rowText({ table, key, status, load, source, because }: ProvenanceView): string {
  const line = (name: string, value: string | null | undefined): string[] =>
    value === null || value === undefined || value === ''
      ? []
      : [`${`${name}:`.padEnd(12)} ${value}`];
  const place =
    source === null || source.line === null
      ? source?.sourceKey
      : `${source.file ?? ''}, line ${source.line}`;
  return [
    `${table} ${key}`,
    ...line('status', STATUS[status]),
    ...line('because', because),
    ...line('dataset', load?.dataset ?? source?.dataset),
    ...line('source', place),
    ...line('corrected', source?.correctedColumns.join(', ')),
    ...(load === null
      ? line('load', status === 'loaded' ? 'the platform has changed the row since' : undefined)
      : [
          ...line('load', load.loadId),
          ...line('chunk', String(load.chunk)),
          ...line('came by', KINDS[load.kind] ?? load.kind),
          ...line('mapping', load.mapping),
          ...line('committed', moment(new Date(load.at).toISOString())),
          ...line('asked by', load.by === null ? null : `${load.by}: ${load.reason ?? ''}`),
        ]),
  ].join('\n');
}
