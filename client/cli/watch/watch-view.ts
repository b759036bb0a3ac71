import type { OnboardingPage, ProgressView } from '../../views.ts';

/** How far a running step is. */
export type RunningStep = ProgressView & { readonly key: string };

/** Shows an onboarding while it goes on. */
export interface WatchView {
  /** Something happened. */
  line(text: string): void;
  /** The onboarding as it stands now. */
  page(page: OnboardingPage): void;
  /** How far the running steps are. */
  progress(steps: readonly RunningStep[]): void;
  end(): void;
}
