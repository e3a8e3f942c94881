// Stories told to the callback machine: what happened, in order, and what the machine said last.
import { begin, step } from '../../callback/machine.ts';
import { toRecord } from '../../callback/record.ts';
import { makePromise, wakeAtMs } from '../../callback/schedule.ts';
import type {
  CallbackEffect,
  CallbackMachineEvent,
  CallbackMachineState,
} from '../../callback/state.ts';
import type {
  AgentEvent,
  Answer,
  CallEvent,
  CallbackSettings,
  CallInPromise,
} from '../../callback/index.ts';
import { agentOf, findingOf, requestOf, settingsOf, startMs } from './support.ts';

export type Occurrence =
  | { readonly after?: number; readonly call: CallEvent; readonly key?: string }
  | { readonly after?: number; readonly agent: AgentEvent; readonly numberInUse?: boolean }
  | { readonly after?: number; readonly event: 'cancel-requested' | 'process-restarted' }
  | { readonly after?: number; readonly failed: CallbackEffect['type'] }
  | { readonly after?: number; readonly answer: Answer }
  /** The customer's own call is up, under this interaction. */
  | { readonly after?: number; readonly landed: string }
  /** Moves to the moment the state asks for. */
  | { readonly wake: true };

export const reserved: Occurrence = { agent: { type: 'agent-reserved', ...agentOf() } };
export const notified: Occurrence = { agent: { type: 'dial-notified' } };
export const assigned = (id = 'r1'): Occurrence => ({
  agent: { type: 'agent-assigned', ...agentOf(id) },
});
export const answered: Occurrence = { call: { type: 'customer-answered' } };
export const heard = (kind: string): Occurrence => ({
  call: { type: 'customer-classified', finding: findingOf(kind) },
});
export const ended = (treatment: string): Occurrence => ({
  call: { type: 'treatment-ended', treatment },
});
export const hungUp: Occurrence = { call: { type: 'customer-hung-up' } };
export const lost: Occurrence = { call: { type: 'call-lost', reason: 'worker died' } };
export const agentSays = (
  type: 'agent-answered' | 'agent-hung-up',
  reservationId = 'r1',
): Occurrence => ({
  call: { type, reservationId },
});
export const rona = (reservationId = 'r1'): Occurrence => ({
  call: { type: 'agent-failed', reservationId, why: 'no-answer' },
});
export const joined: Occurrence = {
  call: { type: 'joined', reservationId: 'r1', recording: null },
};
export const restarted: Occurrence = { event: 'process-restarted' };
export const cancel: Occurrence = { event: 'cancel-requested' };
export const landed: Occurrence = { landed: 'access-1' };
export const wake: Occurrence = { wake: true };

/** Tells a story; answers the last state and the effects of the last event. */
export function tell(
  changes: Partial<CallbackSettings>,
  story: readonly Occurrence[],
  request: Parameters<typeof requestOf>[0] = {},
  callIn?: CallInPromise,
) {
  const wish = requestOf(request);
  const promise = makePromise(wish, settingsOf(changes), 'c1', startMs, startMs, callIn);
  let [state, effects] = begin(promise);
  let nowMs = startMs;
  for (const occurrence of story) {
    if ('wake' in occurrence) nowMs = wakeAtMs(state) ?? nowMs;
    else nowMs += occurrence.after ?? 1_000;
    [state, effects] = step(state, eventOf(occurrence, state, nowMs));
  }
  const said = effects.map((effect) =>
    'treatment' in effect ? `${effect.type} ${effect.treatment}` : effect.type,
  );
  return { state, said, record: toRecord(state), nowMs };
}

export function eventOf(
  occurrence: Occurrence,
  state: CallbackMachineState,
  atMs: number,
): CallbackMachineEvent {
  if ('wake' in occurrence) return { type: 'time-passed', atMs, numberInUse: false };
  if ('answer' in occurrence) return { type: 'answer-given', atMs, answer: occurrence.answer };
  if ('landed' in occurrence) return { type: 'call-landed', atMs, callerId: occurrence.landed };
  if ('event' in occurrence) return { type: occurrence.event, atMs };
  if ('failed' in occurrence) {
    return { type: 'command-failed', atMs, command: occurrence.failed, reason: 'test' };
  }
  if ('agent' in occurrence) {
    const { agent: notice, numberInUse = false } = occurrence;
    return { type: 'agent-noticed', atMs, notice, numberInUse };
  }
  const attemptKey = occurrence.key ?? state.attempts.at(-1)?.attemptKey ?? '';
  return { type: 'call-reported', atMs, attemptKey, event: occurrence.call };
}

export const online = [reserved, answered, heard('person')];
export const waitingOnLine = [notified, answered, heard('person')];
