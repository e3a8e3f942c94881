// The customer is on the line as a person: greeted, waiting for the agent, joined, or sent off with
// an apology. Part of the callback machine (see machine.ts for the diagram). PURE.
import { closeAttempt, cpdOf, liveAttempt, noteAttempt } from './attempt.ts';
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
import type { AgentEvent, CallEvent, CpdFinding } from './ports.ts';
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

/** Longest apology; after it the customer is released in any case. */
const apologyLimitMs = 30_000;
/** Longest that an answered agent waits for the greeting to end; then they are joined anyway. */
const greetingLimitMs = 15_000;

/** Joins customer and answered agent. */
function joinEffect(state: CallbackMachineState, agent: HeldAgent): CallbackEffect {
  const { record } = state.promise;
  return { type: 'join', reservationId: agent.reservationId, record };
}

/** A person (or a doubt in favour of one) answered: greet, and get the agent. */
export function personAnswered(
  state: CallbackMachineState,
  atMs: number,
  seat: Seat,
  finding: CpdFinding,
): Move {
  const { greeting, maxWaitOnLineMs } = state.promise;
  const attempts = noteAttempt(state.attempts, { cpd: cpdOf(finding) });
  const phase: OnLinePhase = {
    name: 'on-line',
    seat,
    hears: 'greeting',
    waitUntilMs: atMs + maxWaitOnLineMs,
  };
  const greet: CallbackEffect = { type: 'play-to-customer', treatment: greeting, loop: false };
  const present: CallbackEffect = { type: 'customer-present' };
  switch (seat.kind) {
    case 'none':
      return go(state, phase, [greet, present], attempts);
    case 'held': {
      const ringing = { ...phase, seat: ringingSeat(seat.agent, atMs) };
      const effects = [greet, present, ringAgent(state, seat.agent)];
      return go(state, ringing, effects, attempts);
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
      return go(state, { ...phase, seat: joining, hears: 'waiting' }, effects, attempts);
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
      return event.command === 'join' ? interrupted(state, event.atMs, seat) : stay(state);
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
  const { greeting, waiting } = state.promise;
  if (phase.hears !== 'greeting' || treatment !== greeting) return stay(state);
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
      if (seat.kind !== 'ringing' || seat.agent.reservationId !== notice.reservationId) {
        return stay(state);
      }
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

function apologize(
  state: CallbackMachineState,
  atMs: number,
  before: readonly CallbackEffect[],
): Move {
  return go(state, { name: 'apologizing', giveUpAtMs: atMs + apologyLimitMs }, [
    ...before,
    { type: 'customer-not-reached' },
    { type: 'play-to-customer', treatment: state.promise.apology, loop: false },
  ]);
}

/** Who was recognised as a person and leaves has decided; a doubtful answer is a failed attempt. */
function customerLeft(state: CallbackMachineState, seat: Seat, atMs: number): Move {
  const heard = liveAttempt(state.attempts)?.cpd?.kind ?? null;
  if (heard !== 'person') {
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

/** Nobody came to the telephone in time: tried again while attempts remain, at the same place. */
export function stepApologizing(
  state: CallbackMachineState,
  giveUpAtMs: number,
  event: PhaseEvent,
): Move {
  const { atMs } = event;
  const over = (lost = false): Move =>
    attemptOver(state, { atMs, result: 'PERSON', seat: null, lost });
  switch (event.type) {
    case 'call-reported':
      return endsApology(state, event.event) ? over(event.event.type === 'call-lost') : stay(state);
    case 'time-passed':
      return atMs >= giveUpAtMs ? over() : stay(state);
    case 'command-failed':
      return event.command === 'play-to-customer' ? over() : stay(state);
    case 'process-restarted':
      return over(true);
    case 'cancel-requested':
      return cancelLive(state, atMs, noSeat);
    case 'agent-noticed':
      return stay(state);
  }
}

function endsApology(state: CallbackMachineState, event: CallEvent): boolean {
  switch (event.type) {
    case 'treatment-ended':
      return event.treatment === state.promise.apology;
    case 'customer-hung-up':
    case 'customer-failed':
    case 'call-lost':
      return true;
    case 'customer-ringing':
    case 'customer-answered':
    case 'customer-classified':
    case 'machine-beeped':
    case 'digit':
    case 'transfer-asked':
    case 'transferred':
    case 'transfer-failed':
    case 'transferred-to-queue':
    case 'agent-answered':
    case 'agent-failed':
    case 'agent-hung-up':
    case 'joined':
      return false;
  }
}
