// What the four transaction machines share: their events, effects and timer names. PURE.
// RFC 3261 s.17, table 4; RFC 6026.
import type { SipTimers } from '../types.ts';

/** RFC 3261 table 4, and L and M of RFC 6026. */
export type TimerName = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M';

/** What a machine is made for: its intervals, and whether the transport retransmits by itself. */
export interface Setting {
  readonly timers: SipTimers;
  /** True over TCP: nothing is retransmitted and the waiting timers are zero. */
  readonly reliable: boolean;
}

export type ClientEvent =
  | { readonly kind: 'response-received'; readonly status: number }
  | { readonly kind: 'timer-fired'; readonly timer: TimerName }
  | { readonly kind: 'transport-failed' };

export type ServerEvent =
  | { readonly kind: 'request-received' }
  | { readonly kind: 'ack-received' }
  | { readonly kind: 'response-given'; readonly status: number }
  | { readonly kind: 'timer-fired'; readonly timer: TimerName }
  | { readonly kind: 'transport-failed' };

/**
 * `send`: the request, or the latest response; `resend`: the same once more. `deliver`: what was
 * received goes to the user. `acknowledge`: ACK for a failure. `report`: the user is told why.
 */
export type Effect =
  | { readonly kind: 'send' }
  | { readonly kind: 'resend' }
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'deliver' }
  | { readonly kind: 'start-timer'; readonly timer: TimerName; readonly afterMs: number }
  | { readonly kind: 'stop-timer'; readonly timer: TimerName }
  | { readonly kind: 'report'; readonly failure: 'timed-out' | 'transport-failed' }
  | { readonly kind: 'terminate' };

export const send: Effect = { kind: 'send' };
export const resend: Effect = { kind: 'resend' };
export const acknowledge: Effect = { kind: 'acknowledge' };
export const deliver: Effect = { kind: 'deliver' };
export const terminate: Effect = { kind: 'terminate' };
export const reportTimeout: Effect = { kind: 'report', failure: 'timed-out' };
export const reportTransport: Effect = { kind: 'report', failure: 'transport-failed' };
export const nothing: readonly Effect[] = [];

export function startTimer(timer: TimerName, afterMs: number): Effect {
  return { kind: 'start-timer', timer, afterMs };
}

export function stopTimer(timer: TimerName): Effect {
  return { kind: 'stop-timer', timer };
}

/** 64*T1: how long a transaction is tried, and how long it lingers. */
export function lifetimeMs(setting: Setting): number {
  return 64 * setting.timers.t1Ms;
}
