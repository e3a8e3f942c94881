// Reaching the customer: the agent first if so promised, the dialled call, the verdict after the
// answer. Part of the callback machine (diagram in machine.ts). PURE.
import { cpdOf, noteAttempt, noteTrunk } from './attempt.ts';
import {
  attemptOver,
  cancelLive,
  complete,
  dial,
  enqueue,
  go,
  interrupted,
  portMarginMs,
  ringAgent,
  stay,
} from './moves.ts';
import type { Move } from './moves.ts';
import { machineAnswered } from './message.ts';
import { personAnswered } from './confirming.ts';
import { answererOf, resultOfFailure } from './outcome.ts';
import type { CallEvent, CpdFinding, DialFailure } from './ports.ts';
import { dialClosesAtMs } from './schedule.ts';
import { agentLeft, noticeWhileReaching } from './seats.ts';
import type {
  CallbackEffect,
  PhaseEvent,
  CallbackMachineState,
  ClassifyingPhase,
  DialingPhase,
  HeldAgent,
  RingingAgentPhase,
  Seat,
} from './state.ts';

/** Longest wait for a verdict after the answer; call progress detection decides long before. */
const verdictLimitMs = 30_000;
/** What an agent hears who answered before the customer was dialled. */
export const connectingTreatment = 'connecting';

/** Agent first begins by ringing the reserved agent. */
export function ringFirst(state: CallbackMachineState, agent: HeldAgent, atMs: number): Move {
  const giveUpAtMs = atMs + agent.ringTimeoutMs + portMarginMs;
  return go(state, { name: 'ringing-agent', agent, giveUpAtMs }, [ringAgent(state, agent)]);
}

/** Agent first: the reserved agent's phone rings, the customer is not dialled yet. */
export function stepRingingAgent(
  state: CallbackMachineState,
  phase: RingingAgentPhase,
  event: PhaseEvent,
): Move {
  const { atMs } = event;
  switch (event.type) {
    case 'call-reported':
      return callRingingAgent(state, phase, event.event, atMs);
    case 'agent-noticed':
      return event.notice.type === 'reservation-lost' &&
        event.notice.reservationId === phase.agent.reservationId
        ? queueAnew(state, 'reservation lost')
        : stay(state);
    case 'time-passed':
      return atMs >= phase.giveUpAtMs ? firstAgentFailed(state, phase, 'no-answer') : stay(state);
    case 'command-failed':
      return event.command === 'ring-agent'
        ? firstAgentFailed(state, phase, 'unreachable')
        : stay(state);
    case 'cancel-requested':
      return cancelLive(state, atMs, { kind: 'held', agent: phase.agent });
    case 'process-restarted':
      return queueAnew(state, 'restarted');
  }
}

function callRingingAgent(
  state: CallbackMachineState,
  phase: RingingAgentPhase,
  event: CallEvent,
  atMs: number,
): Move {
  const { agent } = phase;
  switch (event.type) {
    case 'agent-answered':
      return event.reservationId === agent.reservationId
        ? firstAgentAnswered(state, phase, atMs)
        : stay(state);
    case 'agent-failed':
      return event.reservationId === agent.reservationId
        ? firstAgentFailed(state, phase, event.why)
        : stay(state);
    case 'agent-hung-up':
      return event.reservationId === agent.reservationId
        ? firstAgentFailed(state, phase, 'rejected')
        : stay(state);
    case 'call-lost':
      return queueAnew(state, 'call lost');
    case 'customer-ringing':
    case 'customer-answered':
    case 'customer-failed':
    case 'customer-classified':
    case 'customer-hung-up':
    case 'machine-beeped':
    case 'digit':
    case 'transfer-asked':
    case 'transferred':
    case 'transfer-failed':
    case 'transferred-to-queue':
    case 'treatment-ended':
    case 'joined':
      return stay(state);
  }
}

function firstAgentAnswered(
  state: CallbackMachineState,
  phase: RingingAgentPhase,
  atMs: number,
): Move {
  const { agent } = phase;
  const told: CallbackEffect = { type: 'agent-answered', reservationId: agent.reservationId };
  if (atMs >= dialClosesAtMs(state.promise)) {
    return complete(state, atMs, 'FAIL_TIMEOUT_TTL', [
      told,
      { type: 'end-contact', reason: 'expired' },
      { type: 'withdraw-from-routing', why: 'expired' },
    ]);
  }
  const seat: Seat = { kind: 'answered', agent, giveUpAtMs: atMs };
  return dial(
    state,
    atMs,
    seat,
    [told],
    [{ type: 'play-to-agent', treatment: connectingTreatment, loop: true }],
  );
}

/** The agent is lost by nobody's will: the place is given up and taken again, as it was. */
function queueAnew(state: CallbackMachineState, reason: string): Move {
  return enqueue(state, [{ type: 'end-contact', reason }, { type: 'customer-not-reached' }]);
}

/** RONA before anybody was dialled: the callback waits again, at its place. */
function firstAgentFailed(
  state: CallbackMachineState,
  phase: RingingAgentPhase,
  why: 'no-answer' | 'rejected' | 'unreachable',
): Move {
  return enqueue(state, [
    { type: 'end-contact', reason: why },
    { type: 'agent-not-answered', reservationId: phase.agent.reservationId, why },
  ]);
}

export function stepDialing(
  state: CallbackMachineState,
  phase: DialingPhase,
  event: PhaseEvent,
): Move {
  const { seat } = phase;
  const { atMs } = event;
  switch (event.type) {
    case 'call-reported':
      return callDialing(state, phase, event.event, atMs);
    case 'agent-noticed':
      return noticeWhileReaching(state, phase, event.notice);
    case 'time-passed':
      return atMs >= phase.giveUpAtMs
        ? attemptOver(state, { atMs, result: 'NO_ANSWER', seat })
        : stay(state);
    case 'command-failed':
      return event.command === 'dial-customer'
        ? attemptOver(state, { atMs, result: 'CREATE_CALL_ERROR', seat })
        : stay(state);
    case 'cancel-requested':
      return cancelLive(state, atMs, seat);
    case 'process-restarted':
      return interrupted(state, atMs, seat);
  }
}

function callDialing(
  state: CallbackMachineState,
  phase: DialingPhase,
  event: CallEvent,
  atMs: number,
): Move {
  const { seat } = phase;
  switch (event.type) {
    case 'customer-ringing':
      if (phase.ringing) return stay(state);
      return go(state, { ...phase, ringing: true }, [], noteTrunk(state.attempts, event.trunk));
    case 'customer-answered': {
      const carried = noteTrunk(state.attempts, event.trunk);
      const attempts = noteAttempt(carried, { answeredAtMs: atMs });
      const giveUpAtMs = atMs + verdictLimitMs;
      return go(state, { name: 'classifying', seat, giveUpAtMs }, [], attempts);
    }
    case 'customer-failed':
      return dialFailed(carriedBy(state, event.trunk), seat, event.failure, atMs);
    case 'customer-hung-up':
      return attemptOver(state, { atMs, result: 'UNKNOWN', seat });
    case 'agent-failed':
    case 'agent-hung-up':
      return agentLeft(state, seat, event.reservationId, atMs);
    case 'call-lost':
      return interrupted(state, atMs, seat);
    case 'customer-classified':
    case 'machine-beeped':
    case 'digit':
    case 'transfer-asked':
    case 'transferred':
    case 'transfer-failed':
    case 'transferred-to-queue':
    case 'treatment-ended':
    case 'agent-answered':
    case 'joined':
      return stay(state);
  }
}

function carriedBy(state: CallbackMachineState, trunk: string | undefined): CallbackMachineState {
  return { ...state, attempts: noteTrunk(state.attempts, trunk) };
}

function dialFailed(
  state: CallbackMachineState,
  seat: Seat,
  failure: DialFailure,
  atMs: number,
): Move {
  const { sipStatus, q850Cause, cpd } = failure;
  const known = { sipStatus, q850Cause, cpd: cpd === null ? null : cpdOf(cpd) };
  return attemptOver(state, { atMs, result: resultOfFailure(failure), seat, known });
}

export function stepClassifying(
  state: CallbackMachineState,
  phase: ClassifyingPhase,
  event: PhaseEvent,
): Move {
  const { seat } = phase;
  const { atMs } = event;
  switch (event.type) {
    case 'call-reported':
      return callClassifying(state, phase, event.event, atMs);
    case 'agent-noticed':
      return noticeWhileReaching(state, phase, event.notice);
    case 'time-passed':
      return atMs >= phase.giveUpAtMs
        ? personAnswered(state, atMs, seat, noVerdict())
        : stay(state);
    case 'cancel-requested':
      return cancelLive(state, atMs, seat);
    case 'process-restarted':
      return interrupted(state, atMs, seat);
    case 'command-failed':
      return stay(state);
  }
}

/** The finding when nobody gave one. */
function noVerdict(): CpdFinding {
  const evidence = [{ what: 'no verdict in time', fromMs: 0, toMs: verdictLimitMs, measures: {} }];
  return { kind: 'undecided', confidence: 0, atMs: verdictLimitMs, evidence };
}

function callClassifying(
  state: CallbackMachineState,
  phase: ClassifyingPhase,
  event: CallEvent,
  atMs: number,
): Move {
  const { seat } = phase;
  switch (event.type) {
    case 'customer-classified':
      return classified(state, seat, event.finding, atMs);
    case 'machine-beeped':
      return machineAnswered(state, seat, atMs);
    case 'customer-hung-up':
      return attemptOver(state, { atMs, result: 'UNKNOWN', seat });
    case 'customer-failed':
      return dialFailed(state, seat, event.failure, atMs);
    case 'agent-failed':
    case 'agent-hung-up':
      return agentLeft(state, seat, event.reservationId, atMs);
    case 'call-lost':
      return interrupted(state, atMs, seat);
    case 'customer-ringing':
    case 'customer-answered':
    case 'digit':
    case 'transfer-asked':
    case 'transferred':
    case 'transfer-failed':
    case 'transferred-to-queue':
    case 'treatment-ended':
    case 'agent-answered':
    case 'joined':
      return stay(state);
  }
}

function classified(
  state: CallbackMachineState,
  seat: Seat,
  finding: CpdFinding,
  atMs: number,
): Move {
  const answerer = answererOf(finding);
  switch (answerer.kind) {
    case 'person':
      return personAnswered(state, atMs, seat, finding);
    case 'machine':
      return machineAnswered(state, seat, atMs, finding);
    case 'nobody': {
      const known = { cpd: cpdOf(finding) };
      return attemptOver(state, { atMs, result: answerer.result, seat, known });
    }
  }
}
