import { checkManifest } from './manifest-checks.ts';
import { manifestShape } from './manifest-shape.ts';

export type {
  Dataset,
  Limits,
  Manifest,
  Policy,
  ResultsSource,
  SecretReference,
} from './manifest-shape.ts';

/** The manifest: one department's sources, datasets, mappings, pay calendar, policy and baseline. */
export const manifestSchema = manifestShape.superRefine((manifest, context) => {
  for (const { path, message, known } of checkManifest(manifest)) {
    context.addIssue({ code: 'custom', path: [...path], message, params: { known } });
  }
});
