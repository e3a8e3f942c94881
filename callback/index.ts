// The face of callback/: the promise to call back, its store, and callers waiting on the line.
export * from './model.ts';
export * from './ports.ts';
export { createCallbacks } from './runner.ts';
export type { CallbackDeps, RunningCallbacks } from './runner.ts';
export { MemoryStore } from './store/memory.ts';
export { SqliteStore } from './store/sqlite.ts';
export type { SqliteStoreOptions } from './store/sqlite.ts';
export type { CallbackStore } from './store/store.ts';
export { createLiveCalls } from './live-runner.ts';
export type { LiveCallDeps, LiveCalls, LiveCallView } from './live-runner.ts';
export type { CallerArrival } from './live-call.ts';
export { createAgents } from './adapters/agents.ts';
export { createCalls } from './adapters/calls.ts';
export type { CallsOptions, TelephonyCalls } from './adapters/calls.ts';
export type { TransferGoal } from './adapters/transfer.ts';
export type { Control, ControlView, LegView, RecordingManner } from './adapters/control.ts';
