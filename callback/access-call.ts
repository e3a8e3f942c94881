// A call to an access number, until it is known whose it is: known by the number shown, or by a
// code that is keyed; then it is a callback's, or waits as any, or is sent away. PURE, total.
//
//  looking up --by the number--> claiming --the callback has it--> over
//     | not known                   ^  | too late, or not possible now
//     v                             |  v
//   asking for the code --right-----+  farewell (taken, unknown) --> over
//     | wrong: three times; no code, or too many wrong ones of all: unknown
//     v
//   unknown: into the queue as any caller, or farewell
import type { Step } from '../core/step.ts';
import type { AccessFinding } from './access.ts';
import type { CallEvent } from './ports.ts';
import type { CallbackEffect } from './state.ts';
import { hearTreatment, playTreatment } from './treating.ts';
import { codeScript, promptScript } from './treatments/index.ts';
import type { Outcome, TreatmentState } from './treatments/index.ts';

/** Codes that one call may key. */
const maxCodes = 3;
/** Longest wait for a callback to take the call. */
const claimLimitMs = 10_000;

/** A call to an access number; the adapter has answered it and owns its leg. */
export interface AccessArrival {
  readonly interactionId: string;
  readonly accessNumber: string;
  /** E.164; null when withheld or not understood. */
  readonly callerNumber: string | null;
  readonly arrivedAtMs: number;
}

/** What an access number does with those whom it does not know. */
export interface AccessNumber {
  readonly accessNumber: string;
  /** Of those who call in there and are not known. */
  readonly queueId: string;
  /** Digits of the codes; null: nobody has one. */
  readonly codeDigits: number | null;
  readonly whenUnknown: 'queue' | 'refuse';
}

type AccessPhase =
  | { readonly name: 'looking-up' }
  | { readonly name: 'asking'; readonly treatment: TreatmentState }
  | { readonly name: 'claiming' }
  | { readonly name: 'farewell'; readonly treatment: TreatmentState }
  | { readonly name: 'over' };

export interface AccessCallState {
  readonly arrival: AccessArrival;
  readonly number: AccessNumber;
  readonly phase: AccessPhase;
  readonly codesLeft: number;
  /** When `time-passed` is due; null: never. */
  readonly wakeAtMs: number | null;
}

export type AccessCallEvent =
  | { readonly type: 'looked-up'; readonly atMs: number; readonly finding: AccessFinding }
  | {
      readonly type: 'claim-answered';
      readonly atMs: number;
      readonly answer: 'taken-over' | 'too-late' | 'failed';
    }
  | { readonly type: 'call-reported'; readonly atMs: number; readonly event: CallEvent }
  | { readonly type: 'command-failed'; readonly atMs: number; readonly command: string }
  | { readonly type: 'time-passed'; readonly atMs: number };

export type AccessCallEffect =
  | Extract<CallbackEffect, { type: 'play-to-customer' | 'end-contact' }>
  /** Null: by the number shown. */
  | { readonly type: 'look-up'; readonly accessCode: string | null }
  | { readonly type: 'claim'; readonly callbackId: string }
  | { readonly type: 'enter-queue' };

export type AccessMove = readonly [AccessCallState, readonly AccessCallEffect[]];

export function beginAccessCall(arrival: AccessArrival, number: AccessNumber): AccessMove {
  const phase = { name: 'looking-up' } as const;
  const state = { arrival, number, phase, codesLeft: maxCodes, wakeAtMs: null };
  return [state, [{ type: 'look-up', accessCode: null }]];
}

export const stepAccessCall: Step<AccessCallState, AccessCallEvent, AccessCallEffect> = (
  state,
  event,
) => {
  const { phase } = state;
  if (phase.name === 'over') return [state, []];
  if (event.type === 'call-reported' && isGone(event.event)) return hangUp(state, 'caller gone');
  switch (phase.name) {
    case 'looking-up':
      return event.type === 'looked-up' ? lookedUp(state, event) : [state, []];
    case 'claiming':
      return claiming(state, event);
    case 'asking':
    case 'farewell':
      return hearing(state, phase, event);
  }
};

function isGone({ type }: CallEvent): boolean {
  return type === 'customer-hung-up' || type === 'customer-failed' || type === 'call-lost';
}

function hangUp(state: AccessCallState, reason: string): AccessMove {
  return over(state, [{ type: 'end-contact', reason }]);
}

function over(state: AccessCallState, effects: readonly AccessCallEffect[] = []): AccessMove {
  return [{ ...state, phase: { name: 'over' }, wakeAtMs: null }, effects];
}

function lookedUp(
  state: AccessCallState,
  { finding, atMs }: Extract<AccessCallEvent, { type: 'looked-up' }>,
): AccessMove {
  const hasKeyed = state.codesLeft < maxCodes;
  switch (finding.kind) {
    case 'found': {
      const claim = { type: 'claim', callbackId: finding.record.id } as const;
      const wakeAtMs = atMs + claimLimitMs;
      return [{ ...state, phase: { name: 'claiming' }, wakeAtMs }, [claim]];
    }
    case 'taken':
      return say(state, 'access-taken', atMs);
    case 'several':
    case 'unknown':
      if (state.codesLeft === 0) return unknown(state, atMs);
      return ask(state, hasKeyed ? 'access-code-wrong' : 'access-code', atMs);
    case 'closed':
      return unknown(state, atMs);
  }
}

function ask(
  state: AccessCallState,
  prompt: 'access-code' | 'access-code-wrong',
  atMs: number,
): AccessMove {
  const { codeDigits } = state.number;
  if (codeDigits === null) return unknown(state, atMs);
  const { treatment, effects } = playTreatment(codeScript(prompt, codeDigits), atMs);
  const phase = { name: 'asking', treatment } as const;
  return [{ ...state, phase, wakeAtMs: treatment.wakeAtMs }, effects];
}

/** Last words before the call is ended. */
function say(state: AccessCallState, prompt: string, atMs: number): AccessMove {
  const { treatment, effects } = playTreatment(promptScript({ prompt }), atMs);
  const phase = { name: 'farewell', treatment } as const;
  return [{ ...state, phase, wakeAtMs: treatment.wakeAtMs }, effects];
}

/** Nobody who is expected here. */
function unknown(state: AccessCallState, atMs: number): AccessMove {
  if (state.number.whenUnknown === 'refuse') return say(state, 'access-unknown', atMs);
  return over(state, [{ type: 'enter-queue' }]);
}

function claiming(state: AccessCallState, event: AccessCallEvent): AccessMove {
  const { atMs } = event;
  if (event.type === 'time-passed') {
    return atMs >= (state.wakeAtMs ?? Infinity) ? unknown(state, atMs) : [state, []];
  }
  if (event.type !== 'claim-answered') return [state, []];
  switch (event.answer) {
    case 'taken-over': // the call is the callback's, under another name
      return over(state);
    case 'too-late':
      return say(state, 'access-taken', atMs);
    case 'failed':
      return unknown(state, atMs);
  }
}

function hearing(
  state: AccessCallState,
  phase: Extract<AccessPhase, { treatment: TreatmentState }>,
  event: AccessCallEvent,
): AccessMove {
  if (event.type === 'looked-up' || event.type === 'claim-answered') return [state, []];
  const heard = hearTreatment(phase.treatment, event);
  if (heard === null) return [state, []];
  const { treatment, effects, outcome } = heard;
  if (outcome !== null) return answered(state, phase.name, outcome, event.atMs);
  return [{ ...state, phase: { ...phase, treatment }, wakeAtMs: treatment.wakeAtMs }, effects];
}

function answered(
  state: AccessCallState,
  asked: 'asking' | 'farewell',
  outcome: Outcome,
  atMs: number,
): AccessMove {
  if (asked === 'farewell') return hangUp(state, 'sent away');
  if (outcome.type !== 'entered') return unknown(state, atMs);
  const phase = { name: 'looking-up' } as const;
  const looking = { ...state, phase, codesLeft: state.codesLeft - 1, wakeAtMs: null };
  return [looking, [{ type: 'look-up', accessCode: outcome.digits }]];
}
