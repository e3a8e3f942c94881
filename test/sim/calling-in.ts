// Customers of the stories who call in by themselves: what they ask for, and how they behave once
// they are told. Some call early, some never, some key a wrong code first.
import type { Clock, Ids, Rng } from '../../core/ports.ts';
import type {
  CallbackAccess,
  CallbackEventRecord,
  CallInRequest,
  CallInSettings,
  RunningCallbacks,
} from '../../callback/index.ts';
import type { SimulatedCalls } from './calls.ts';
import { between } from './faults.ts';

export const callIn: CallInSettings = {
  ...{ accessNumbers: ['+12025559001', '+12025559002'], codeDigits: 6, withCode: true },
  ...{ knowsByNumber: false, callWithinSeconds: 90 },
  ...{ whenNotCalled: 'dial', whenUnknown: 'refuse' },
};

/** What a customer asks for who wants to call. */
export function wishOf(rng: Rng): CallInRequest {
  return {
    opens: rng.next() < 0.3 ? 'now' : 'turn',
    whenNotCalled: rng.next() < 0.5 ? 'expire' : null,
    ...{ callWithinSeconds: null, withCode: null, codeDigits: null },
  };
}

export interface Caller {
  readonly callbacks: RunningCallbacks;
  readonly calls: SimulatedCalls;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly rng: Rng;
}

/** Whoever is told calls, most of them in time, as long as this process lives. */
export function customersCall(caller: Caller): void {
  const { callbacks, clock, rng } = caller;
  callbacks.onEvent(({ callbackId, type }: CallbackEventRecord) => {
    const isOpen = type === 'created' && callbacks.get(callbackId)?.access?.isAwaited === true;
    const isEarly = type === 'created' && rng.next() < 0.1;
    if (type !== 'call-in-asked' && !isOpen && !isEarly) return;
    if (rng.next() < 0.2) return;
    const given = callbacks.get(callbackId)?.access;
    if (given === undefined || given === null) return;
    clock.after(between(rng, 1_000, 110_000), () => call(caller, given));
  });
}

function call(
  { callbacks, calls, ids, rng }: Caller,
  { accessNumber, accessCode }: CallbackAccess,
): void {
  const said = { accessNumber, callerNumber: null };
  if (rng.next() < 0.1) callbacks.callIns.find({ ...said, accessCode: 'wrong' });
  const finding = callbacks.callIns.find({ ...said, accessCode });
  if (finding.kind !== 'found') return;
  const callerId = ids.next();
  calls.adopt(callerId);
  callbacks.callIn(finding.record.id, callerId).catch(() => calls.hangUpCustomer(callerId));
}
