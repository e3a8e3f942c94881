// The session timer: one side refreshes, the other watches that it does. PURE. RFC 4028.
//
//   Off --negotiated--> Refresher or Watcher      any --negotiated without interval--> Off
//   Refresher --half the interval--> Refreshing [refresh]
//   Refreshing --491--> Refresher (soon again)    --other failure--> Off [hang up]
//   Watcher --the interval--> Off [hang up]
import type { Step } from '../../core/step.ts';

/** RFC 4028 s.4: the shortest interval that is taken. */
export const MIN_SESSION_SECONDS = 90;

/** s.14.1 of RFC 3261: when the peer is in the middle of its own INVITE. */
const GLARE_MS = 3_000;

export type SessionState =
  | { readonly name: 'off' }
  | { readonly name: 'refresher'; readonly intervalMs: number }
  | { readonly name: 'refreshing'; readonly intervalMs: number }
  | { readonly name: 'watcher'; readonly intervalMs: number };

export type SessionEvent =
  /** A 2xx to INVITE or UPDATE was sent or received; null when it sets no interval. */
  | {
      readonly kind: 'negotiated';
      readonly intervalSeconds: number | null;
      readonly weRefresh: boolean;
    }
  | { readonly kind: 'refresh-failed'; readonly status: number }
  | { readonly kind: 'timer-fired' };

export type SessionEffect =
  | { readonly kind: 'start-timer'; readonly afterMs: number }
  | { readonly kind: 'stop-timer' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'hang-up' };

type Answer = readonly [SessionState, readonly SessionEffect[]];

const stop: SessionEffect = { kind: 'stop-timer' };
const none: readonly SessionEffect[] = [];

/** The start: no timer was agreed on. */
export const startSession: SessionState = { name: 'off' };

export const stepSession: Step<SessionState, SessionEvent, SessionEffect> = (state, event) => {
  switch (event.kind) {
    case 'negotiated':
      return negotiated(event.intervalSeconds, event.weRefresh);
    case 'timer-fired':
      return fired(state);
    case 'refresh-failed':
      if (state.name !== 'refreshing') return [state, none];
      if (event.status !== 491) return [{ name: 'off' }, [stop, { kind: 'hang-up' }]];
      return [{ ...state, name: 'refresher' }, [{ kind: 'start-timer', afterMs: GLARE_MS }]];
  }
};

function negotiated(intervalSeconds: number | null, weRefresh: boolean): Answer {
  if (intervalSeconds === null) return [{ name: 'off' }, [stop]];
  const intervalMs = intervalSeconds * 1_000;
  const afterMs = weRefresh ? intervalMs / 2 : intervalMs;
  const name = weRefresh ? 'refresher' : 'watcher';
  return [{ name, intervalMs }, [stop, { kind: 'start-timer', afterMs }]];
}

function fired(state: SessionState): Answer {
  switch (state.name) {
    case 'off':
    case 'refreshing':
      return [state, none];
    case 'refresher':
      return [{ ...state, name: 'refreshing' }, [{ kind: 'refresh' }]];
    case 'watcher':
      return [{ name: 'off' }, [{ kind: 'hang-up' }]];
  }
}

/** `1800;refresher=uas`, read; null when it is absent, malformed or too short. */
export function parseSessionExpires(
  value: string | null,
): { readonly seconds: number; readonly refresher: 'uac' | 'uas' | null } | null {
  const match = /^(\d{1,9})\s*(?:;|$)/.exec(value ?? '');
  if (match === null || Number(match[1]) < MIN_SESSION_SECONDS) return null;
  const refresher = /;\s*refresher\s*=\s*(uac|uas)\b/i.exec(value ?? '')?.[1]?.toLowerCase();
  return {
    seconds: Number(match[1]),
    refresher: refresher === 'uac' || refresher === 'uas' ? refresher : null,
  };
}
