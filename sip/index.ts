// The face of sip/: everything another folder may import.
export * from './types.ts';
export { createSip } from './apps/sip.ts';
export type { EngineStarter } from './apps/sip.ts';
export { connectEngine } from './remote.ts';
export { memoryRegistrarStore, sqliteRegistrarStore } from './apps/registrar-store.ts';
