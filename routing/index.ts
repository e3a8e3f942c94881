// The face of routing: its words, its options, and the one way to make a router.
export * from './model.ts';
export { DEFAULT_PACING } from './options.ts';
export type { PacingOptions, RouterOptions } from './options.ts';
export { createRouter } from './router.ts';
export type { RouterDeps } from './router.ts';
export { parseExpression } from './expression.ts';
export type { ExpressionFault } from './expression.ts';
export { serversOf } from './targets.ts';
export { ENOUGH_DEPARTURES, estimateWait } from './ewt.ts';
export type { WaitInputs } from './ewt.ts';
