export { inspection } from './inspection.ts';
export { onboarding } from './onboarding.ts';
