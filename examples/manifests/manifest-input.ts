import type { z } from 'zod';
import type { manifestSchema } from '../../domain/manifest.ts';

/** A manifest as it is written, defaults left out. */
export type ManifestInput = z.input<typeof manifestSchema>;
/** A dataset as it is written. */
export type DatasetInput = ManifestInput['datasets'][number];
/** A source as it is written. */
export type SourceInput = ManifestInput['sources'][string];
/** Where the pay results of one side are, as it is written. */
export type ResultsInput = Extract<ManifestInput['parallelRun'], { legacy: unknown }>['legacy'];
