import type { Manifest } from '../../domain/manifest.ts';
import { manifestSchema } from '../../domain/manifest.ts';

/** A small valid manifest: two sources, two datasets, two pay periods. */
export function sampleManifest(change: Record<string, unknown> = {}): Manifest {
  const results = {
    source: 'hr',
    from: 'pay.results',
    period: 'period',
    person: 'person',
    element: 'element',
    amount: 'amount',
  };
  return manifestSchema.parse({
    slipway: 1,
    programme: 'harbour',
    department: { id: 'prisons', name: 'Prisons', headcount: 100 },
    people: [
      { id: 'owner', name: 'Data Owner', roles: ['data-owner'] },
      { id: 'finance', name: 'Finance Lead', roles: ['finance-lead'] },
      { id: 'payroll', name: 'Payroll Lead', roles: ['payroll-lead'] },
      { id: 'payroll-2', name: 'Payroll Lead', roles: ['payroll-lead'] },
      { id: 'sro', name: 'Senior Owner', roles: ['sro'] },
      { id: 'assurance', name: 'Assurance', roles: ['assurance'] },
    ],
    sources: {
      hr: { kind: 'postgres', connection: { env: 'LEGACY_HR_URL' } },
      papers: { kind: 'files', files: { posts: { paths: ['posts.csv'] } } },
    },
    datasets: [
      {
        id: 'units',
        target: 'hr.unit',
        source: 'hr',
        from: 'org.unit',
        key: ['id'],
        fields: { unit_code: 'id' },
      },
      {
        id: 'posts',
        target: 'hr.post',
        source: 'papers',
        from: 'posts',
        fields: { post_code: 'Ref' },
      },
    ],
    payCalendar: {
      periods: ['2027-01', '2027-02', '2027-03'].map((id) => ({
        id,
        start: `${id}-01`,
        end: `${id}-28`,
        cutOff: `${id}-10`,
        payDay: `${id}-26`,
      })),
    },
    parallelRun: {
      legacy: results,
      platform: { ...results, source: 'platform' },
      periods: ['2027-01', '2027-02', '2027-03'],
    },
    cutover: { window: { from: '2027-04-10T18:00:00Z', to: '2027-04-11T18:00:00Z' } },
    baseline: { annualServiceCost: 1_000_000 },
    ...change,
  });
}
