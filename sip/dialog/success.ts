// The callee's 200 to INVITE, sent again until its ACK comes. PURE. RFC 3261 s.13.3.1.4, s.15.
//
//   Waiting --resend--> Waiting [200 again]      Waiting --ACK--> Acknowledged [held BYE goes]
//   Waiting --give-up--> Ended [no ACK]
//   Waiting, Acknowledged --dialog ended--> Ended [held BYE dropped]
//
// It runs over TCP too: a proxy on the way may lose it on a UDP hop.
import type { Step } from '../../core/step.ts';
import type { SipTimers } from '../types.ts';

export type SuccessState =
  | {
      readonly name: 'waiting';
      readonly timers: SipTimers;
      readonly resendAfterMs: number;
      /** s.15: the callee may not send BYE before the ACK, so a wish for it waits here. */
      readonly byeHeld: boolean;
    }
  | { readonly name: 'acknowledged' }
  | { readonly name: 'ended' };

export type SuccessEvent =
  | { readonly kind: 'ack-received' }
  | { readonly kind: 'bye-wanted' }
  | { readonly kind: 'dialog-ended' }
  | { readonly kind: 'timer-fired'; readonly timer: 'resend' | 'give-up' };

export type SuccessEffect =
  | { readonly kind: 'resend' }
  | { readonly kind: 'start-timer'; readonly timer: 'resend' | 'give-up'; readonly afterMs: number }
  | { readonly kind: 'stop-timers' }
  | { readonly kind: 'deliver-ack' }
  | { readonly kind: 'send-bye' }
  | { readonly kind: 'drop-bye' }
  | { readonly kind: 'give-up' };

type Answer = readonly [SuccessState, readonly SuccessEffect[]];

const stop: SuccessEffect = { kind: 'stop-timers' };
const sendBye: SuccessEffect = { kind: 'send-bye' };
const none: readonly SuccessEffect[] = [];

/** The start: the 200 has just been sent. */
export function startSuccess(timers: SipTimers): Answer {
  const resendAfterMs = timers.t1Ms;
  return [
    { name: 'waiting', timers, resendAfterMs, byeHeld: false },
    [
      { kind: 'start-timer', timer: 'resend', afterMs: resendAfterMs },
      { kind: 'start-timer', timer: 'give-up', afterMs: 64 * timers.t1Ms },
    ],
  ];
}

export const stepSuccess: Step<SuccessState, SuccessEvent, SuccessEffect> = (state, event) => {
  switch (state.name) {
    case 'waiting':
      return waiting(state, event);
    case 'acknowledged':
      return acknowledged(state, event);
    case 'ended':
      return [state, none];
  }
};

function waiting(state: SuccessState & { name: 'waiting' }, event: SuccessEvent): Answer {
  switch (event.kind) {
    case 'ack-received': {
      const heard: SuccessEffect[] = [stop, { kind: 'deliver-ack' }];
      if (state.byeHeld) heard.push(sendBye);
      return [{ name: 'acknowledged' }, heard];
    }
    case 'bye-wanted':
      return [{ ...state, byeHeld: true }, none];
    case 'dialog-ended':
      return [{ name: 'ended' }, state.byeHeld ? [stop, { kind: 'drop-bye' }] : [stop]];
    case 'timer-fired': {
      if (event.timer === 'give-up') {
        return [{ name: 'ended' }, [stop, state.byeHeld ? sendBye : { kind: 'give-up' }]];
      }
      const resendAfterMs = Math.min(state.resendAfterMs * 2, state.timers.t2Ms);
      const again: SuccessEffect = { kind: 'start-timer', timer: 'resend', afterMs: resendAfterMs };
      return [{ ...state, resendAfterMs }, [{ kind: 'resend' }, again]];
    }
  }
}

function acknowledged(state: SuccessState & { name: 'acknowledged' }, event: SuccessEvent): Answer {
  switch (event.kind) {
    case 'bye-wanted':
      return [state, [sendBye]];
    case 'dialog-ended':
      return [{ name: 'ended' }, none];
    case 'ack-received':
    case 'timer-fired':
      return [state, none];
  }
}
