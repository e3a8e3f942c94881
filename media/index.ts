// The public face of media/: sound on legs. Other folders import this file only.
export { createMedia } from './engine.ts';
export * from './types.ts';
export { mixPlan } from './mix-plan.ts';
export type { MixKind } from './mix-plan.ts';
export { PROMPT_NAMES, promptPath } from './prompts/index.ts';
