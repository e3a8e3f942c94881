// The customer is on the line as a person: greeted, waiting for the agent, joined, or sent off with
// an apology. Part of the callback machine (see machine.ts for the diagram). PURE.
import { closeAttempt, liveAttempt, noteAttempt } from './attempt.ts';
import { machineAnswered } from './message.ts';
import {
  attemptOver,
  cancelLive,
  complete,
  go,
  interrupted,
  joinLimitMs,
  leaveRouting,
  noSeat,
  ringAgent,
  ringingSeat,
  stay,
} from './moves.ts';
import type { Move } from './moves.ts';
import { answererOf } from './outcome.ts';
import { apologize } from './apologizing.ts';
import type { AgentEvent, CallEvent } from './ports.ts';
import { queueEntry, wakeAtMs } from './schedule.ts';
import { seatedAgent } from './state.ts';
import type {
  CallbackEffect,
  PhaseEvent,
  CallbackMachineState,
  HeldAgent,
  OnLinePhase,
  Seat,
} from './state.ts';

/** Longest that an answered agent waits for the greeting to end; then they are joined anyway. */
const greetingLimitMs = 15_000;

/** What a customer hears who called in and has the place in line. */
export const calledInTreatment = 'access-welcome';

/** Joins customer and answered agent. */
function joinEffect(state: CallbackMachineState, agent: HeldAgent): CallbackEffect {
  const { record } = state.promise;
  return { type: 'join', reservationId: agent.reservationId, record };
}

/** Heard first by who was called, or by who called in. */
function greetingOf({ attempts, promise }: CallbackMachineState): string {
  return liveAttempt(attempts)?.calledIn === true ? calledInTreatment : promise.greeting;
}

/** Greets who answered, and gets the agent. */
export function greet(state: CallbackMachineState, atMs: number, seat: Seat): Move {
  const { maxWaitOnLineMs } = state.promise;
  const phase: OnLinePhase = {
    name: 'on-line',
    seat,
    hears: 'greeting',
    waitUntilMs: atMs + maxWaitOnLineMs,
  };
  const hello: CallbackEffect = {
    type: 'play-to-customer',
    treatment: greetingOf(state),
    loop: false,
  };
  const present: CallbackEffect = { type: 'customer-present' };
  switch (seat.kind) {
    case 'none':
      return go(state, phase, [hello, present]);
    case 'held': {
      const ringing = { ...phase, seat: ringingSeat(seat.agent, atMs) };
      return go(state, ringing, [hello, present, ringAgent(state, seat.agent)]);
    }
    case 'ringing':
    case 'answered': {
      // Agent first: the agent greets.
      const joining: Seat = {
        kind: 'answered',
        agent: seat.agent,
        giveUpAtMs: atMs + joinLimitMs,
      };
      const effects = [present, joinEffect(state, seat.agent)];
      return go(state, { ...phase, seat: joining, hears: 'waiting' }, effects);
    }
  }
}

export function stepOnLine(
  state: CallbackMachineState,
  phase: OnLinePhase,
  event: PhaseEvent,
): Move {
  const { seat } = phase;
  switch (event.type) {
    case 'call-reported':
      return callOnLine(state, phase, event.event, event.atMs);
    case 'agent-noticed':
      return noticeOnLine(state, phase, event.notice, event.atMs);
    case 'time-passed':
      return timeOnLine(state, phase, event.atMs);
    case 'cancel-requested':
      return cancelLive(state, event.atMs, seat);
    case 'process-restarted':
      return interrupted(state, event.atMs, seat);
    case 'command-failed':
      if (event.command === 'ring-agent' && seat.kind === 'ringing') {
        return agentFailed(state, phase, seat.agent, 'unreachable', event.atMs);
      }
      return event.command === 'join' || event.command === 'take-call'
        ? interrupted(state, event.atMs, seat)
        : stay(state);
  }
}

function callOnLine(
  state: CallbackMachineState,
  phase: OnLinePhase,
  event: CallEvent,
  atMs: number,
): Move {
  const { seat } = phase;
  const agent = seatedAgent(seat);
  switch (event.type) {
    case 'treatment-ended':
      return greetingOver(state, phase, event.treatment, atMs);
    case 'agent-answered':
      if (seat.kind !== 'ringing' || seat.agent.reservationId !== event.reservationId) break;
      return agentAnswered(state, phase, seat.agent, atMs);
    case 'agent-failed':
      if (seat.kind !== 'ringing' || seat.agent.reservationId !== event.reservationId) break;
      return agentFailed(state, phase, seat.agent, event.why, atMs);
    case 'agent-hung-up':
      if (agent?.reservationId !== event.reservationId) break;
      return seat.kind === 'ringing'
        ? agentFailed(state, phase, seat.agent, 'rejected', atMs)
        : answeredAgentLeft(state, phase);
    case 'joined': {
      if (agent?.reservationId !== event.reservationId) break;
      const { agentId } = agent;
      const known = { result: 'CONNECTED', agentId, recording: event.recording } as const;
      const attempts = noteAttempt(state.attempts, known);
      return go(state, { name: 'connected', agent }, [], attempts);
    }
    case 'customer-hung-up':
    case 'customer-failed':
      return customerLeft(state, seat, atMs);
    case 'call-lost':
      return interrupted(state, atMs, seat);
    case 'customer-classified':
      // Detection listens on, and may take back that it heard a person.
      if (answererOf(event.finding).kind !== 'machine') break;
      return machineAnswered(state, seat, atMs, event.finding);
    case 'customer-ringing':
    case 'customer-answered':
    case 'machine-beeped':
    case 'digit':
    case 'transfer-asked':
    case 'transferred':
    case 'transfer-failed':
    case 'transferred-to-queue':
      break;
  }
  return stay(state);
}

/** Nobody is interrupted by the agent in the middle of the greeting: they are joined after it. */
function agentAnswered(
  state: CallbackMachineState,
  phase: OnLinePhase,
  agent: HeldAgent,
  atMs: number,
): Move {
  const told: CallbackEffect = { type: 'agent-answered', reservationId: agent.reservationId };
  if (phase.hears === 'waiting') return join(state, phase, agent, atMs, [told]);
  const seat: Seat = { kind: 'answered', agent, giveUpAtMs: atMs + greetingLimitMs };
  return go(state, { ...phase, seat }, [told]);
}

function join(
  state: CallbackMachineState,
  phase: OnLinePhase,
  agent: HeldAgent,
  atMs: number,
  before: readonly CallbackEffect[] = [],
): Move {
  const seat: Seat = { kind: 'answered', agent, giveUpAtMs: atMs + joinLimitMs };
  const effects = [...before, joinEffect(state, agent)];
  return go(state, { ...phase, seat, hears: 'waiting' }, effects);
}

function greetingOver(
  state: CallbackMachineState,
  phase: OnLinePhase,
  treatment: string,
  atMs: number,
): Move {
  const { waiting } = state.promise;
  if (phase.hears !== 'greeting' || treatment !== greetingOf(state)) return stay(state);
  if (phase.seat.kind === 'answered') return join(state, phase, phase.seat.agent, atMs);
  return go(state, { ...phase, hears: 'waiting' }, [
    { type: 'play-to-customer', treatment: waiting, loop: true },
  ]);
}

function noticeOnLine(
  state: CallbackMachineState,
  phase: OnLinePhase,
  notice: AgentEvent,
  atMs: number,
): Move {
  const { seat } = phase;
  switch (notice.type) {
    case 'agent-assigned':
    case 'agent-reserved': {
      if (seat.kind !== 'none') return stay(state);
      const { reservationId, agentId, username, ringTimeoutMs } = notice;
      const agent: HeldAgent = { reservationId, agentId, username, ringTimeoutMs };
      const attempts = noteAttempt(state.attempts, { agentId });
      const ringing = { ...phase, seat: ringingSeat(agent, atMs) };
      return go(state, ringing, [ringAgent(state, agent)], attempts);
    }
    case 'reservation-lost': {
      // Also of an agent who answered: too late for routing, while the store refused.
      if (seat.kind !== 'ringing' && seat.kind !== 'answered') return stay(state);
      if (seat.agent.reservationId !== notice.reservationId) return stay(state);
      return withoutAgent(state, phase, atMs, [
        { type: 'hang-up-agent', reason: 'reservation lost' },
      ]);
    }
    case 'dial-notified':
      return stay(state);
  }
}

function timeOnLine(state: CallbackMachineState, phase: OnLinePhase, atMs: number): Move {
  const dueMs = wakeAtMs(state);
  if (dueMs === null || atMs < dueMs) return stay(state);
  switch (phase.seat.kind) {
    case 'none':
    case 'held':
      return apologize(state, atMs, []);
    case 'ringing':
      return agentFailed(state, phase, phase.seat.agent, 'no-answer', atMs);
    case 'answered':
      // A greeting whose end is not told must not keep them apart.
      return phase.hears === 'greeting'
        ? join(state, phase, phase.seat.agent, atMs)
        : interrupted(state, atMs, phase.seat);
  }
}

/** RONA: the customer keeps the place and waits for the next agent. */
function agentFailed(
  state: CallbackMachineState,
  phase: OnLinePhase,
  agent: HeldAgent,
  why: 'no-answer' | 'rejected' | 'unreachable',
  atMs: number,
): Move {
  return withoutAgent(state, phase, atMs, [
    { type: 'hang-up-agent', reason: why },
    { type: 'agent-not-answered', reservationId: agent.reservationId, why },
  ]);
}

/** The agent took the call but was gone before the join: the place is taken again at once. */
function answeredAgentLeft(state: CallbackMachineState, phase: OnLinePhase): Move {
  const { waiting } = state.promise;
  return go(state, { ...phase, seat: noSeat, hears: 'waiting' }, [
    { type: 'interaction-ended' },
    { type: 'submit-to-routing', entry: queueEntry(state.promise) },
    { type: 'customer-present' },
    { type: 'play-to-customer', treatment: waiting, loop: true },
  ]);
}

function withoutAgent(
  state: CallbackMachineState,
  phase: OnLinePhase,
  atMs: number,
  effects: readonly CallbackEffect[],
): Move {
  if (atMs >= phase.waitUntilMs) return apologize(state, atMs, effects);
  return go(state, { ...phase, seat: noSeat }, effects);
}

/** Who was recognised as a person and leaves has decided; a doubtful answer is a failed attempt. */
export function customerLeft(state: CallbackMachineState, seat: Seat, atMs: number): Move {
  const heard = liveAttempt(state.attempts)?.cpd?.kind ?? null;
  // Who called us is a person for sure.
  if (heard !== 'person' && liveAttempt(state.attempts)?.calledIn !== true) {
    const result = heard === 'silence' ? 'SILENCE' : 'UNKNOWN';
    return attemptOver(state, { atMs, result, seat });
  }
  const effects: readonly CallbackEffect[] = [
    { type: 'end-contact', reason: 'customer hung up' },
    leaveRouting(state, seat, { type: 'withdraw-from-routing', why: 'abandoned' }),
  ];
  const attempts = closeAttempt(state.attempts, atMs, 'PERSON');
  return complete(state, atMs, 'FAIL_INTERACTION_DELETED', effects, attempts);
}
