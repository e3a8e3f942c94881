// A reliable provisional response, sent again until its PRACK comes. PURE. RFC 3262 s.3.
//
//   Idle --given--> Waiting [send]     Waiting --given--> Waiting (queued: one at a time)
//   Waiting --resend--> Waiting [again]     Waiting --PRACK--> Idle, or Waiting [next one]
//   Waiting --give-up--> Ended [reject the INVITE]     any --final given--> Ended
import type { Step } from '../../core/step.ts';
import type { SipTimers } from '../types.ts';

/** Responses that may wait for the PRACK of an earlier one; more are refused. */
const MAX_QUEUED = 8;

export type ReliableState =
  | { readonly name: 'idle'; readonly timers: SipTimers }
  | {
      readonly name: 'waiting';
      readonly timers: SipTimers;
      readonly resendAfterMs: number;
      readonly rseq: number;
      readonly text: string;
      readonly queued: readonly Reliable[];
    }
  | { readonly name: 'ended' };

/** One reliable response, whole text, and its RSeq. */
export interface Reliable {
  readonly rseq: number;
  readonly text: string;
}

export type ReliableEvent =
  | { readonly kind: 'given'; readonly response: Reliable }
  | { readonly kind: 'prack-received'; readonly rseq: number }
  | { readonly kind: 'final-given' }
  | { readonly kind: 'timer-fired'; readonly timer: 'resend' | 'give-up' };

export type ReliableEffect =
  | { readonly kind: 'send'; readonly text: string }
  | { readonly kind: 'start-timer'; readonly timer: 'resend' | 'give-up'; readonly afterMs: number }
  | { readonly kind: 'stop-timers' }
  | { readonly kind: 'reject' };

type Answer = readonly [ReliableState, readonly ReliableEffect[]];

const none: readonly ReliableEffect[] = [];
const stop: ReliableEffect = { kind: 'stop-timers' };

/** The start: nothing sent reliably yet. */
export function startReliable(timers: SipTimers): ReliableState {
  return { name: 'idle', timers };
}

export const stepReliable: Step<ReliableState, ReliableEvent, ReliableEffect> = (state, event) => {
  switch (state.name) {
    case 'idle':
      return event.kind === 'given'
        ? sendNow(state.timers, event.response, [])
        : event.kind === 'final-given'
          ? [{ name: 'ended' }, none]
          : [state, none];
    case 'waiting':
      return waiting(state, event);
    case 'ended':
      return [state, none];
  }
};

function waiting(state: ReliableState & { name: 'waiting' }, event: ReliableEvent): Answer {
  switch (event.kind) {
    case 'given':
      if (state.queued.length >= MAX_QUEUED) return [state, none];
      return [{ ...state, queued: [...state.queued, event.response] }, none];
    case 'prack-received': {
      if (event.rseq !== state.rseq) return [state, none];
      const [next, ...rest] = state.queued;
      if (next === undefined) return [{ name: 'idle', timers: state.timers }, [stop]];
      const [after, effects] = sendNow(state.timers, next, rest);
      return [after, [stop, ...effects]];
    }
    case 'final-given':
      return [{ name: 'ended' }, [stop]];
    case 'timer-fired': {
      if (event.timer === 'give-up') return [{ name: 'ended' }, [stop, { kind: 'reject' }]];
      // s.3: unlike other retransmissions this one doubles without the bound T2.
      const resendAfterMs = state.resendAfterMs * 2;
      const again: ReliableEffect = {
        kind: 'start-timer',
        timer: 'resend',
        afterMs: resendAfterMs,
      };
      return [{ ...state, resendAfterMs }, [{ kind: 'send', text: state.text }, again]];
    }
  }
}

function sendNow(timers: SipTimers, response: Reliable, queued: readonly Reliable[]): Answer {
  const resendAfterMs = timers.t1Ms;
  return [
    { name: 'waiting', timers, resendAfterMs, ...response, queued },
    [
      { kind: 'send', text: response.text },
      { kind: 'start-timer', timer: 'resend', afterMs: resendAfterMs },
      { kind: 'start-timer', timer: 'give-up', afterMs: 64 * timers.t1Ms },
    ],
  ];
}
