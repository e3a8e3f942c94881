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
import { placeOf, stepChoice, welcomeTreatment, withoutChoice } from './live-choices.ts';
import { endOfWaitMs, go, over, stay } from './live-state.ts';
import type {
  CallerArrival,
  LiveCallEffect,
  LiveCallEvent,
  LiveCallState,
  LiveMove,
  LivePhase,
} from './live-state.ts';
import type { CallbackSettings } from './model.ts';
import type { AgentEvent, CallEvent } from './ports.ts';
import type { HeldAgent } from './state.ts';

/** The longest a code may be guessed at. */
const maxCodes = 3;

/**
 * The caller takes a place and hears the welcome.
 * @param callbackId a callback that waits for this caller, where the queue cares; null: none
 */
export function beginLiveCall(
  arrival: CallerArrival,
  settings: CallbackSettings,
  atMs: number,
  callbackId: string | null = null,
): LiveMove {
  const { whenCallsIn = 'ignore', offer = null, returnCode = false } = settings;
  const phase: LivePhase = { name: 'waiting', hears: 'welcome' };
  const state: LiveCallState = {
    ...{ arrival, settings, phase, sinceMs: atMs, wakeAtMs: null },
    ...{ waitsFromMs: arrival.arrivedAtMs, priority: 0, choice: null, typed: null },
    ...{ requiredSkills: [], tookPlace: false },
    askAbout: whenCallsIn === 'ask' ? callbackId : null,
    nextOfferAtMs: offer === null ? null : atMs + offer.everySeconds * 1000,
    codesLeft: returnCode ? maxCodes : 0,
  };
  const effects: LiveCallEffect[] = [
    // The place first: the welcome may tell it.
    placeOf(state),
    { type: 'play-to-customer', treatment: welcomeTreatment, loop: false },
  ];
  if (callbackId !== null && whenCallsIn === 'merge') {
    effects.push({ type: 'take-place', callbackId });
  } else if (callbackId !== null && whenCallsIn === 'cancel') {
    effects.push({ type: 'cancel-callback', callbackId });
  }
  return go(state, atMs, phase, effects);
}

/** The rule of a live call. */
export const stepLiveCall: Step<LiveCallState, LiveCallEvent, LiveCallEffect> = (state, event) => {
  if (state.phase.name === 'over') return stay(state);
  const chosen = stepChoice(state, event);
  if (chosen !== null) return chosen;
  switch (event.type) {
    case 'call-reported':
      return callReported(state, event.event, event.atMs);
    case 'agent-noticed':
      return agentNoticed(state, event.notice, event.atMs);
    case 'time-passed':
      return timePassed(state, event.atMs);
    case 'command-failed':
      return commandFailed(state, event.command, event.atMs);
    case 'place-answered':
    case 'number-checked':
    case 'callback-answered':
      return stay(state);
  }
};

function callReported(state: LiveCallState, event: CallEvent, atMs: number): LiveMove {
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

function treatmentEnded(state: LiveCallState, treatment: string, atMs: number): LiveMove {
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
    case 'promising':
    case 'joining':
    case 'connected':
    case 'over':
      return stay(state);
  }
}

function agentNoticed(state: LiveCallState, notice: AgentEvent, atMs: number): LiveMove {
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
      const ringing: LivePhase = { name: 'ringing', hears: phase.hears, agent };
      const [undisturbed, music] = withoutChoice(state);
      return go(undisturbed, atMs, ringing, [...music, { type: 'ring-agent', command }]);
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

function agentAnswered(state: LiveCallState, reservationId: string, atMs: number): LiveMove {
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
): LiveMove {
  const { phase } = state;
  if (phase.name !== 'ringing' || phase.agent.reservationId !== reservationId) return stay(state);
  return go(state, atMs, { name: 'waiting', hears: phase.hears }, [
    { type: 'hang-up-agent', reason: why },
    { type: 'agent-not-answered', reservationId, why },
  ]);
}

function agentHungUp(state: LiveCallState, reservationId: string, atMs: number): LiveMove {
  const { phase } = state;
  switch (phase.name) {
    case 'ringing':
      return agentFailed(state, reservationId, 'rejected', atMs);
    case 'joining': {
      if (phase.agent.reservationId !== reservationId) return stay(state);
      const [begun, effects] = beginLiveCall(state.arrival, state.settings, atMs);
      const { waitsFromMs } = state;
      return [{ ...begun, waitsFromMs }, [{ type: 'interaction-ended' }, ...effects]];
    }
    case 'connected':
      return phase.agent.reservationId === reservationId
        ? over(state, atMs, 'conversation over', { type: 'interaction-ended' })
        : stay(state);
    case 'waiting':
    case 'promising':
    case 'apologizing':
    case 'over':
      return stay(state);
  }
}

function timePassed(state: LiveCallState, atMs: number): LiveMove {
  const { phase, settings, wakeAtMs } = state;
  if (wakeAtMs === null || atMs < wakeAtMs) return stay(state);
  switch (phase.name) {
    case 'waiting':
      if (atMs < endOfWaitMs(state)) return stay(state);
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
    case 'promising':
    case 'connected':
    case 'over':
      return stay(state);
  }
}

function commandFailed(
  state: LiveCallState,
  command: LiveCallEffect['type'],
  atMs: number,
): LiveMove {
  const { phase } = state;
  if (command === 'ring-agent' && phase.name === 'ringing') {
    return agentFailed(state, phase.agent.reservationId, 'unreachable', atMs);
  }
  const fatal = command === 'join' || command === 'submit-to-routing';
  return fatal ? callerGone(state, `${command} failed`, atMs) : stay(state);
}

function callerGone(state: LiveCallState, reason: string, atMs: number): LiveMove {
  switch (state.phase.name) {
    case 'connected':
      return over(state, atMs, 'conversation over', { type: 'interaction-ended' });
    case 'joining': // the agent took the call: wrap-up, but the caller was not served
      return over(state, atMs, reason, { type: 'interaction-ended' }, promised(state));
    case 'promising': // the place was given up already
      return over(state, atMs, reason, null, promised(state));
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

function waitedInVain(state: LiveCallState, atMs: number): LiveMove {
  return over(state, atMs, 'waited in vain', null, promised(state));
}

/** A caller not served is called back where the queue does so and the number is known. */
function promised(state: LiveCallState): readonly LiveCallEffect[] {
  const { arrival, settings, tookPlace } = state;
  const can = (settings.callbackOnAbandon || tookPlace) && arrival.callerNumber !== null;
  return can ? [{ type: 'promise-callback', arrival }] : [];
}
