export * from './model.ts';
export { DEFAULT_PACING } from './options.ts';
export type { PacingOptions, RouterOptions } from './options.ts';
export { createRouter } from './router.ts';
export type { RouterDeps } from './router.ts';
