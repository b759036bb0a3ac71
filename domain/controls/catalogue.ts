import { C01_CLEAN_RUNS } from './c01-clean-runs.ts';
import { C02_FROZEN_CRITERIA } from './c02-frozen-criteria.ts';
import { C03_WAIVERS } from './c03-waivers.ts';
import { C04_SCOPE_LEDGER } from './c04-scope-ledger.ts';
import { GENERATED_READINESS } from './c05-generated-readiness.ts';
import { COMPUTED_RAG } from './c06-computed-rag.ts';
import { C07_CAPACITY } from './c07-capacity.ts';
import { C08_WAVES } from './c08-waves.ts';
import { C09_ROLLBACK_REHEARSED } from './c09-rollback-rehearsed.ts';
import { CALENDAR } from './c10-calendar.ts';
import { C11_FORECAST } from './c11-forecast.ts';
import { ASSURANCE } from './c12-assurance.ts';
import { C13_TWO_SIDED } from './c13-two-sided.ts';
import { FIRST_LIVE_RUN } from './c14-first-live-run.ts';
import { HYPERCARE } from './c15-hypercare.ts';
import { C16_BASELINE } from './c16-baseline.ts';
import type { Control } from './control.ts';

/** Every control there is, in order. Each is decided in its own file; this is what is shown of them. */
export const CONTROLS: readonly Control[] = [
  C01_CLEAN_RUNS,
  C02_FROZEN_CRITERIA,
  C03_WAIVERS,
  C04_SCOPE_LEDGER,
  GENERATED_READINESS,
  COMPUTED_RAG,
  C07_CAPACITY,
  C08_WAVES,
  C09_ROLLBACK_REHEARSED,
  CALENDAR,
  C11_FORECAST,
  ASSURANCE,
  C13_TWO_SIDED,
  FIRST_LIVE_RUN,
  HYPERCARE,
  C16_BASELINE,
];
