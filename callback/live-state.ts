// A caller on the line, as its rules see it: state, events, effects, and moves they share. PURE.
import type { SkillRequirement } from '../routing/index.ts';
import type { OfferAnswer } from './facts.ts';
import type { CallbackSettings } from './model.ts';
import type { AgentEvent, CallEvent } from './ports.ts';
import type { CallbackEffect, HeldAgent } from './state.ts';
import type { TreatmentState } from './treatments/index.ts';

/** Nobody is kept on the line longer than this without an agent. */
const maxWaitMs = 3_600_000;
/** Longer than an agent's phone rings, for the Calls port to report it. */
const ringMarginMs = 10_000;
const joinLimitMs = 10_000;
const apologyLimitMs = 30_000;
/** Longest wait for a callback to be written down. */
const promiseLimitMs = 10_000;

/** A call to a queue's number; the adapter has answered it and owns its leg. */
export interface CallerArrival {
  readonly interactionId: string;
  readonly queueId: string;
  /** E.164; null when withheld or not understood. */
  readonly callerNumber: string | null;
  readonly arrivedAtMs: number;
}

export type LivePhase =
  | { readonly name: 'waiting'; readonly hears: 'welcome' | 'waiting' }
  | { readonly name: 'ringing'; readonly hears: 'welcome' | 'waiting'; readonly agent: HeldAgent }
  | { readonly name: 'joining' | 'connected'; readonly agent: HeldAgent }
  | { readonly name: 'apologizing' }
  /** The callback that was wished for is being written down; the place is given up meanwhile. */
  | { readonly name: 'promising' }
  | { readonly name: 'over'; readonly reason: string };

/** A treatment that a waiting caller hears. */
export interface Choice {
  /** `told`: only said; `goodbye`: said before the end. */
  readonly about: 'calls-in' | 'offer' | 'told' | 'goodbye';
  readonly treatment: TreatmentState;
}

export interface LiveCallState {
  readonly arrival: CallerArrival;
  readonly settings: CallbackSettings;
  readonly phase: LivePhase;
  readonly sinceMs: number;
  /** The hour on the line counts from here. */
  readonly waitsFromMs: number;
  readonly priority: number;
  readonly requiredSkills: readonly SkillRequirement[];
  /** The place is that of a callback, whose promise stands until an agent comes. */
  readonly tookPlace: boolean;
  /** What the caller hears instead of the music, and may answer; null: nothing. */
  readonly choice: Choice | null;
  /** A callback that waits for the caller, to be asked about after the welcome. */
  readonly askAbout: string | null;
  /** When a callback is offered next; null: not any more. */
  readonly nextOfferAtMs: number | null;
  /** Digits after a star, so far; null: none. */
  readonly typed: string | null;
  readonly codesLeft: number;
  /** When `time-passed` is due; null: never. */
  readonly wakeAtMs: number | null;
}

export type LiveCallEvent =
  | {
      readonly type: 'time-passed';
      readonly atMs: number;
      /** How long somebody who comes now would wait; null or left out: not known. */
      readonly predictedWaitMs?: number | null;
    }
  /** Whether a callback's place went over to this call, and which it is. */
  | { readonly type: 'place-answered'; readonly atMs: number; readonly place: Place | null }
  /** What was entered, as E.164; null: no number that can be called. */
  | { readonly type: 'number-checked'; readonly atMs: number; readonly number: string | null }
  /** Whether the callback that the caller wished for is written down. */
  | { readonly type: 'callback-answered'; readonly atMs: number; readonly isPromised: boolean }
  | { readonly type: 'agent-noticed'; readonly atMs: number; readonly notice: AgentEvent }
  | { readonly type: 'call-reported'; readonly atMs: number; readonly event: CallEvent }
  | {
      readonly type: 'command-failed';
      readonly atMs: number;
      readonly command: LiveCallEffect['type'];
    };

export type LiveCallEffect =
  | CallbackEffect
  /** Keep the place of a caller who is gone: a callback with the caller's arrival. */
  | { readonly type: 'promise-callback'; readonly arrival: CallerArrival }
  /** As wished for by the caller, who waits for the answer. */
  | { readonly type: 'offer-callback'; readonly arrival: CallerArrival }
  | { readonly type: 'take-place'; readonly callbackId: string }
  | { readonly type: 'take-place-by-code'; readonly code: string }
  | { readonly type: 'cancel-callback'; readonly callbackId: string }
  | { readonly type: 'check-number'; readonly digits: string }
  | { readonly type: 'count-offer'; readonly answer: OfferAnswer };

/** The place of a callback in line. */
export interface Place {
  readonly arrivedAtMs: number;
  readonly priority: number;
  readonly requiredSkills: readonly SkillRequirement[];
}

export type LiveMove = readonly [LiveCallState, readonly LiveCallEffect[]];

/** When the caller has waited too long. */
export function endOfWaitMs({ waitsFromMs }: LiveCallState): number {
  return waitsFromMs + maxWaitMs;
}

export function stay(state: LiveCallState): LiveMove {
  return [state, []];
}

export function go(
  state: LiveCallState,
  atMs: number,
  phase: LivePhase,
  effects: readonly LiveCallEffect[] = [],
): LiveMove {
  const wakeAtMs = wakeOf(state, phase, atMs);
  return [{ ...state, phase, wakeAtMs, sinceMs: atMs }, effects];
}

function wakeOf(state: LiveCallState, phase: LivePhase, atMs: number): number | null {
  switch (phase.name) {
    case 'waiting': {
      const { choice, nextOfferAtMs } = state;
      const nextMs = choice === null ? nextOfferAtMs : choice.treatment.wakeAtMs;
      if (choice?.about === 'goodbye') return choice.treatment.wakeAtMs;
      return Math.max(atMs, Math.min(endOfWaitMs(state), nextMs ?? Infinity));
    }
    case 'promising':
      return atMs + promiseLimitMs;
    case 'ringing':
      return atMs + phase.agent.ringTimeoutMs + ringMarginMs;
    case 'joining':
      return atMs + joinLimitMs;
    case 'apologizing':
      return atMs + apologyLimitMs;
    case 'connected':
    case 'over':
      return null;
  }
}

/** The call is at its end. */
export function over(
  state: LiveCallState,
  atMs: number,
  reason: string,
  toRouting: LiveCallEffect | null,
  then: readonly LiveCallEffect[] = [],
): LiveMove {
  const effects: LiveCallEffect[] = [{ type: 'end-contact', reason }];
  if (toRouting !== null) effects.push(toRouting);
  return go(state, atMs, { name: 'over', reason }, [...effects, ...then]);
}
