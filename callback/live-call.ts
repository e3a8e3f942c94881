// A caller on the line in a virtual queue: the same order, agents and words as for callbacks, but
// nothing durable, for the call itself is not. PURE, total.
//
//  waiting (welcome, then music) --assigned--> waiting, an agent rings --answered--> joining
//     ^                                                |                                |
//     +------------- RONA: keeps the place ------------+                        joined  v
//     | waited too long             caller gone: over, perhaps a callback           connected
//     v                                                                                 |
//  apologizing ----------------------- over ---------------------------------------- over
import type { Step } from '../core/step.ts';
import type { CallbackSettings } from './model.ts';
import type { AgentEvent, CallEvent } from './ports.ts';
import type { CallbackEffect, HeldAgent } from './state.ts';

/** Played once to every caller who enters a queue. */
export const welcomeTreatment = 'queue-welcome';
/** Nobody is kept on the line longer than this without an agent. */
const maxWaitMs = 3_600_000;
/** Longer than an agent's phone rings, for the Calls port to report it. */
const ringMarginMs = 10_000;
const joinLimitMs = 10_000;
const apologyLimitMs = 30_000;

/** A call to a queue's number; the adapter has answered it and owns its leg. */
export interface CallerArrival {
  readonly interactionId: string;
  readonly queueId: string;
  /** E.164; null when withheld or not understood. */
  readonly callerNumber: string | null;
  readonly arrivedAtMs: number;
}

type Phase =
  | { readonly name: 'waiting'; readonly hears: 'welcome' | 'waiting' }
  | { readonly name: 'ringing'; readonly hears: 'welcome' | 'waiting'; readonly agent: HeldAgent }
  | { readonly name: 'joining' | 'connected'; readonly agent: HeldAgent }
  | { readonly name: 'apologizing' }
  | { readonly name: 'over'; readonly reason: string };

export interface LiveCallState {
  readonly arrival: CallerArrival;
  readonly settings: CallbackSettings;
  readonly phase: Phase;
  readonly sinceMs: number;
  /** When `time-passed` is due; null: never. */
  readonly wakeAtMs: number | null;
}

export type LiveCallEvent =
  | { readonly type: 'time-passed'; readonly atMs: number }
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
  | { readonly type: 'promise-callback'; readonly arrival: CallerArrival };

type Move = readonly [LiveCallState, readonly LiveCallEffect[]];

function stay(state: LiveCallState): Move {
  return [state, []];
}

function go(
  state: LiveCallState,
  atMs: number,
  phase: Phase,
  effects: readonly LiveCallEffect[] = [],
): Move {
  const wakeAtMs = wakeOf(state, phase, atMs);
  return [{ ...state, phase, wakeAtMs, sinceMs: atMs }, effects];
}

function wakeOf(state: LiveCallState, phase: Phase, atMs: number): number | null {
  switch (phase.name) {
    case 'waiting':
      return Math.max(atMs, state.arrival.arrivedAtMs + maxWaitMs);
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

/** The caller takes a place and hears the welcome. */
export function beginLiveCall(
  arrival: CallerArrival,
  settings: CallbackSettings,
  atMs: number,
): Move {
  const { interactionId, queueId, arrivedAtMs } = arrival;
  const phase: Phase = { name: 'waiting', hears: 'welcome' };
  const state: LiveCallState = { arrival, settings, phase, sinceMs: atMs, wakeAtMs: null };
  const place = { interactionId, queueId, arrivedAtMs, kind: 'live', priority: 0 } as const;
  const entry = { ...place, requiredSkills: [], dialMode: settings.dialMode };
  return go(state, atMs, phase, [
    // The place first: the welcome may tell it.
    { type: 'submit-to-routing', entry },
    { type: 'play-to-customer', treatment: welcomeTreatment, loop: false },
  ]);
}

/** The rule of a live call. */
export const stepLiveCall: Step<LiveCallState, LiveCallEvent, LiveCallEffect> = (state, event) => {
  if (state.phase.name === 'over') return stay(state);
  switch (event.type) {
    case 'call-reported':
      return callReported(state, event.event, event.atMs);
    case 'agent-noticed':
      return agentNoticed(state, event.notice, event.atMs);
    case 'time-passed':
      return timePassed(state, event.atMs);
    case 'command-failed':
      return commandFailed(state, event.command, event.atMs);
  }
};

function callReported(state: LiveCallState, event: CallEvent, atMs: number): Move {
  switch (event.type) {
    case 'treatment-ended':
      return treatmentEnded(state, event.treatment, atMs);
    case 'agent-answered':
      return agentAnswered(state, event.reservationId, atMs);
    case 'agent-failed':
      return agentFailed(state, event.reservationId, event.why, atMs);
    case 'agent-hung-up':
      return agentHungUp(state, event.reservationId, atMs);
    case 'joined': {
      const { phase } = state;
      return phase.name === 'joining' && phase.agent.reservationId === event.reservationId
        ? go(state, atMs, { name: 'connected', agent: phase.agent })
        : stay(state);
    }
    case 'transferred':
      return state.phase.name === 'connected'
        ? [{ ...state }, [{ type: 'interaction-ended' }]]
        : stay(state);
    case 'customer-hung-up':
    case 'customer-failed':
      return callerGone(state, 'caller hung up', atMs);
    case 'call-lost':
      return callerGone(state, event.reason, atMs);
    case 'customer-ringing':
    case 'customer-answered':
    case 'customer-classified':
    case 'machine-beeped':
    case 'digit':
    case 'transfer-asked':
    case 'transfer-failed':
    case 'transferred-to-queue': // the driver begins anew
      return stay(state);
  }
}

function treatmentEnded(state: LiveCallState, treatment: string, atMs: number): Move {
  const { phase, settings, wakeAtMs } = state;
  switch (phase.name) {
    case 'waiting':
    case 'ringing': {
      if (phase.hears !== 'welcome' || treatment !== welcomeTreatment) return stay(state);
      const music = { type: 'play-to-customer', treatment: settings.waiting, loop: true } as const;
      return [{ ...state, wakeAtMs, phase: { ...phase, hears: 'waiting' } }, [music]];
    }
    case 'apologizing':
      return treatment === settings.apology ? waitedInVain(state, atMs) : stay(state);
    case 'joining':
    case 'connected':
    case 'over':
      return stay(state);
  }
}

function agentNoticed(state: LiveCallState, notice: AgentEvent, atMs: number): Move {
  const { phase } = state;
  switch (notice.type) {
    case 'agent-assigned':
    case 'agent-reserved': {
      if (phase.name !== 'waiting') return stay(state);
      const { reservationId, agentId, username, ringTimeoutMs } = notice;
      const agent: HeldAgent = { reservationId, agentId, username, ringTimeoutMs };
      const { interactionId, callerNumber } = state.arrival;
      const customerNumber = callerNumber ?? 'anonymous';
      const command = { interactionId, reservationId, username, ringTimeoutMs, customerNumber };
      const ringing: Phase = { name: 'ringing', hears: phase.hears, agent };
      return go(state, atMs, ringing, [{ type: 'ring-agent', command }]);
    }
    case 'reservation-lost':
      return phase.name === 'ringing' && phase.agent.reservationId === notice.reservationId
        ? go(state, atMs, { name: 'waiting', hears: phase.hears }, [
            { type: 'hang-up-agent', reason: 'reservation lost' },
          ])
        : stay(state);
    case 'dial-notified':
      return stay(state);
  }
}

function agentAnswered(state: LiveCallState, reservationId: string, atMs: number): Move {
  const { phase, settings } = state;
  if (phase.name !== 'ringing' || phase.agent.reservationId !== reservationId) return stay(state);
  return go(state, atMs, { name: 'joining', agent: phase.agent }, [
    { type: 'agent-answered', reservationId },
    { type: 'join', reservationId, record: settings.record },
  ]);
}

/** RONA: the caller keeps the place. */
function agentFailed(
  state: LiveCallState,
  reservationId: string,
  why: 'no-answer' | 'rejected' | 'unreachable',
  atMs: number,
): Move {
  const { phase } = state;
  if (phase.name !== 'ringing' || phase.agent.reservationId !== reservationId) return stay(state);
  return go(state, atMs, { name: 'waiting', hears: phase.hears }, [
    { type: 'hang-up-agent', reason: why },
    { type: 'agent-not-answered', reservationId, why },
  ]);
}

function agentHungUp(state: LiveCallState, reservationId: string, atMs: number): Move {
  const { phase } = state;
  switch (phase.name) {
    case 'ringing':
      return agentFailed(state, reservationId, 'rejected', atMs);
    case 'joining': {
      if (phase.agent.reservationId !== reservationId) return stay(state);
      const [begun, effects] = beginLiveCall(state.arrival, state.settings, atMs);
      return [begun, [{ type: 'interaction-ended' }, ...effects]];
    }
    case 'connected':
      return phase.agent.reservationId === reservationId
        ? over(state, atMs, 'conversation over', { type: 'interaction-ended' })
        : stay(state);
    case 'waiting':
    case 'apologizing':
    case 'over':
      return stay(state);
  }
}

function timePassed(state: LiveCallState, atMs: number): Move {
  const { phase, settings, wakeAtMs } = state;
  if (wakeAtMs === null || atMs < wakeAtMs) return stay(state);
  switch (phase.name) {
    case 'waiting':
      return go(state, atMs, { name: 'apologizing' }, [
        { type: 'withdraw-from-routing', why: 'expired' },
        { type: 'play-to-customer', treatment: settings.apology, loop: false },
      ]);
    case 'ringing':
      return agentFailed(state, phase.agent.reservationId, 'no-answer', atMs);
    case 'joining':
      return callerGone(state, 'not joined in time', atMs);
    case 'apologizing':
      return waitedInVain(state, atMs);
    case 'connected':
    case 'over':
      return stay(state);
  }
}

function commandFailed(state: LiveCallState, command: LiveCallEffect['type'], atMs: number): Move {
  const { phase } = state;
  if (command === 'ring-agent' && phase.name === 'ringing') {
    return agentFailed(state, phase.agent.reservationId, 'unreachable', atMs);
  }
  const fatal = command === 'join' || command === 'submit-to-routing';
  return fatal ? callerGone(state, `${command} failed`, atMs) : stay(state);
}

function callerGone(state: LiveCallState, reason: string, atMs: number): Move {
  switch (state.phase.name) {
    case 'connected':
      return over(state, atMs, 'conversation over', { type: 'interaction-ended' });
    case 'joining': // the agent took the call: wrap-up, but the caller was not served
      return over(state, atMs, reason, { type: 'interaction-ended' }, promised(state));
    case 'waiting':
    case 'ringing': {
      const withdrawn = { type: 'withdraw-from-routing', why: 'abandoned' } as const;
      return over(state, atMs, reason, withdrawn, promised(state));
    }
    case 'apologizing':
      return waitedInVain(state, atMs);
    case 'over':
      return stay(state);
  }
}

function waitedInVain(state: LiveCallState, atMs: number): Move {
  return over(state, atMs, 'waited in vain', null, promised(state));
}

/** A caller not served is called back where the queue does so and the number is known. */
function promised(state: LiveCallState): readonly LiveCallEffect[] {
  const { arrival, settings } = state;
  const can = settings.callbackOnAbandon && arrival.callerNumber !== null;
  return can ? [{ type: 'promise-callback', arrival }] : [];
}

function over(
  state: LiveCallState,
  atMs: number,
  reason: string,
  toRouting: LiveCallEffect | null,
  then: readonly LiveCallEffect[] = [],
): Move {
  const effects: LiveCallEffect[] = [{ type: 'end-contact', reason }];
  if (toRouting !== null) effects.push(toRouting);
  return go(state, atMs, { name: 'over', reason }, [...effects, ...then]);
}
