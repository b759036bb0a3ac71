/** The five stages of an onboarding, in their order. Hypercare is the last part of `cutover`. */
export const STAGES = ['discovery', 'mapping', 'migration', 'parallel-run', 'cutover'] as const;

/** One of the five stages. */
export type Stage = (typeof STAGES)[number];

/** Is this text the name of a stage? */
export function isStage(text: string): text is Stage {
  return (STAGES as readonly string[]).includes(text);
}
