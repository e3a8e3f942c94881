// What older versions of this software stored, in today's form. A body is read with the version it
// was written under and taken up one version at a time. PURE.
//
// 1   the first
// 2   the caller's ID, the time zone and the execution buffer stand in every promise
import type { CallbackEffect, CallbackMachineState } from '../state.ts';

/** The form in which states are written. */
export const stateVersion = 2;
/** The form in which effects are written. */
export const effectVersion = 1;

type Body = Readonly<Record<string, unknown>>;
type Upcaster = (body: Body) => Body;

/** From version n (at index n - 1) to n + 1. */
const stateUpcasters: readonly Upcaster[] = [
  (body) => ({
    ...body,
    promise: {
      ...{ callerId: null, withholdCallerId: false, timeZone: null, executionBufferMs: 0 },
      ...(body['promise'] as Body),
    },
  }),
];

const effectUpcasters: readonly Upcaster[] = [];

/** @throws Error for a version that this software does not know yet */
export function upcastState(json: string, version: number): CallbackMachineState {
  return upcast(json, version, stateUpcasters) as unknown as CallbackMachineState;
}

/** @throws Error for a version that this software does not know yet */
export function upcastEffect(json: string, version: number): CallbackEffect {
  return upcast(json, version, effectUpcasters) as unknown as CallbackEffect;
}

function upcast(json: string, version: number, upcasters: readonly Upcaster[]): Body {
  if (version < 1 || version > upcasters.length + 1) {
    throw new Error(`stored in version ${version}, known are 1 to ${upcasters.length + 1}`);
  }
  const body = JSON.parse(json) as Body;
  return upcasters.slice(version - 1).reduce((older, next) => next(older), body);
}
