// The machine of one place in a virtual queue. PURE: knows one entry, no order and no timers.
//
//   callback                                 taken (reservation mode)
//   --------> waiting -------------------------------------------------> held ------+
//               |  ^                          agent-not-answered         |  |       |
//      notified |  +-----------------------------------------------------+  |       |
//               v        taken while it rings, or agent lost meanwhile      |       |
//            dialling <---------------------------------------------------->+       |
//             |    |                                       customer-present |       |
//     elapsed |    | customer-present                                       |       |
//             v    v             taken                                      v       |
//   live  overdue > present <-----------------------------------------> offered     |
//   -----------------^            agent-not-answered, agent lost            |       |
//                                                            agent-answered |       |
//   gone <---- ended, withdrawn, not reached: from everywhere         talking <-----+
//
// `held`: an agent is reserved and the customer is not on the line (pre-emptive agent reservation).
// `offered`: the customer is on the line and the reserved agent's phone rings.
import type { EntryView, QueueEntry, RoutingNotice } from './model.ts';
import type { Step } from '../core/step.ts';
import type { Reservation } from './reservation.ts';
import type { Slot } from './virtual-queue.ts';

export type EntryState =
  | { readonly name: 'waiting' }
  /** Being dialled without an agent; `turn` tells one dialling from the next. */
  | { readonly name: 'dialling'; readonly turn: number }
  /** Dialled for so long that pacing no longer counts on it. */
  | { readonly name: 'overdue' }
  | { readonly name: 'present' }
  | { readonly name: 'held'; readonly reservation: Reservation }
  | { readonly name: 'offered'; readonly reservation: Reservation }
  | {
      readonly name: 'talking';
      readonly reservation: Reservation;
      /** False while an agent who answered first waits for the customer. */
      readonly customerReached: boolean;
    }
  | { readonly name: 'gone' };

type LostWhy = Extract<RoutingNotice, { type: 'reservation-lost' }>['why'];

export type EntryEvent =
  | { readonly type: 'taken'; readonly reservation: Reservation }
  | { readonly type: 'notified'; readonly turn: number }
  | { readonly type: 'notification-elapsed'; readonly turn: number }
  | { readonly type: 'customer-present' }
  | { readonly type: 'customer-not-reached' }
  | { readonly type: 'agent-answered'; readonly reservationId: string }
  | { readonly type: 'agent-not-answered'; readonly reservationId: string }
  /** `turn`: for the dialling that goes on without the agent. */
  | {
      readonly type: 'reservation-elapsed' | 'agent-logged-out';
      readonly reservationId: string;
      readonly turn: number;
    }
  | { readonly type: 'withdrawn' }
  | { readonly type: 'interaction-ended' };

/** What becomes of the agent, and whether the owner is told that the reservation is lost. */
export type EntryEffect =
  | {
      readonly type:
        'release-agent' | 'mark-agent-talking' | 'mark-agent-unanswered' | 'begin-wrap-up';
      readonly agentId: string;
    }
  | { readonly type: 'report-lost'; readonly reservationId: string; readonly why: LostWhy };

type Answer = readonly [EntryState, readonly EntryEffect[]];
type InState<Name extends EntryState['name']> = Extract<EntryState, { name: Name }>;

const GONE: EntryState = { name: 'gone' };
const PRESENT: EntryState = { name: 'present' };
const WAITING: EntryState = { name: 'waiting' };

/** A live caller is on the line from the start. */
export function firstStateOf(kind: QueueEntry['kind']): EntryState {
  return kind === 'live' ? PRESENT : WAITING;
}

export const stepEntry: Step<EntryState, EntryEvent, EntryEffect> = (state, event) => {
  switch (state.name) {
    case 'waiting':
    case 'dialling':
    case 'overdue':
    case 'present':
      return [stepUnassigned(state, event), []];
    case 'held':
      return stepHeld(state, event);
    case 'offered':
      return stepOffered(state, event);
    case 'talking':
      return stepTalking(state, event);
    case 'gone':
      return [state, []];
  }
};

function stepUnassigned(
  state: InState<'waiting' | 'dialling' | 'overdue' | 'present'>,
  event: EntryEvent,
): EntryState {
  switch (event.type) {
    case 'taken':
      if (state.name === 'waiting' || state.name === 'dialling') {
        return { name: 'held', reservation: event.reservation };
      }
      if (state.name === 'present') return { name: 'offered', reservation: event.reservation };
      return state;
    case 'notified':
      return state.name === 'waiting' ? { name: 'dialling', turn: event.turn } : state;
    case 'notification-elapsed': {
      const isMine = state.name === 'dialling' && state.turn === event.turn;
      return isMine ? { name: 'overdue' } : state;
    }
    case 'customer-present':
      return state.name === 'present' ? state : PRESENT;
    case 'customer-not-reached':
    case 'withdrawn':
    case 'interaction-ended':
      return GONE;
    case 'agent-answered':
    case 'agent-not-answered':
    case 'reservation-elapsed':
    case 'agent-logged-out':
      return state;
  }
}

function stepHeld(state: InState<'held'>, event: EntryEvent): Answer {
  const { reservation } = state;
  const { agentId, reservationId } = reservation;
  if ('reservationId' in event && event.reservationId !== reservationId) return [state, []];
  switch (event.type) {
    case 'customer-present':
      return [{ name: 'offered', reservation }, []];
    case 'agent-answered':
      return [
        { name: 'talking', reservation, customerReached: false },
        [{ type: 'mark-agent-talking', agentId }],
      ];
    case 'agent-not-answered':
      return [{ name: 'waiting' }, [{ type: 'mark-agent-unanswered', agentId }]];
    case 'reservation-elapsed':
      return [
        { name: 'dialling', turn: event.turn },
        [
          { type: 'release-agent', agentId },
          { type: 'report-lost', reservationId, why: 'timeout' },
        ],
      ];
    case 'agent-logged-out':
      return [
        { name: 'dialling', turn: event.turn },
        [{ type: 'report-lost', reservationId, why: 'agent-logged-out' }],
      ];
    case 'customer-not-reached':
    case 'withdrawn':
    case 'interaction-ended':
      return [GONE, [{ type: 'release-agent', agentId }]];
    case 'taken':
    case 'notified':
    case 'notification-elapsed':
      return [state, []];
  }
}

function stepOffered(state: InState<'offered'>, event: EntryEvent): Answer {
  const { reservation } = state;
  const { agentId, reservationId } = reservation;
  if ('reservationId' in event && event.reservationId !== reservationId) return [state, []];
  switch (event.type) {
    case 'agent-answered':
      return [
        { name: 'talking', reservation, customerReached: true },
        [{ type: 'mark-agent-talking', agentId }],
      ];
    case 'agent-not-answered':
      return [PRESENT, [{ type: 'mark-agent-unanswered', agentId }]];
    case 'reservation-elapsed':
      return [
        PRESENT,
        [
          { type: 'mark-agent-unanswered', agentId },
          { type: 'report-lost', reservationId, why: 'timeout' },
        ],
      ];
    case 'agent-logged-out':
      return [PRESENT, [{ type: 'report-lost', reservationId, why: 'agent-logged-out' }]];
    case 'customer-not-reached':
    case 'withdrawn':
    case 'interaction-ended':
      return [GONE, [{ type: 'release-agent', agentId }]];
    case 'taken':
    case 'notified':
    case 'notification-elapsed':
    case 'customer-present':
      return [state, []];
  }
}

function stepTalking(state: InState<'talking'>, event: EntryEvent): Answer {
  const { agentId } = state.reservation;
  switch (event.type) {
    case 'customer-present':
      return [state.customerReached ? state : { ...state, customerReached: true }, []];
    case 'interaction-ended':
      return [GONE, [{ type: 'begin-wrap-up', agentId }]];
    case 'customer-not-reached':
    case 'withdrawn':
      return [GONE, [{ type: state.customerReached ? 'begin-wrap-up' : 'release-agent', agentId }]];
    case 'taken':
    case 'notified':
    case 'notification-elapsed':
    case 'agent-answered':
    case 'agent-not-answered':
    case 'reservation-elapsed':
    case 'agent-logged-out':
      return [state, []];
  }
}

/** Where an entry in this state stands in its queue; null once an agent is held for it. */
export function slotOf(entry: QueueEntry, state: EntryState): Slot | null {
  switch (state.name) {
    case 'waiting':
      return entry.dialMode === 'notification' ? 'notifiable' : 'reservable';
    case 'dialling':
    case 'overdue':
      return state.name;
    case 'present':
      return entry.kind === 'live' ? 'live' : 'answered';
    case 'held':
    case 'offered':
    case 'talking':
    case 'gone':
      return null;
  }
}

/** The reservation an entry in this state has. */
export function reservationOf(state: EntryState): Reservation | null {
  return 'reservation' in state ? state.reservation : null;
}

/** The state in the words of the face. */
export function publicStateOf(state: EntryState): EntryView['state'] {
  switch (state.name) {
    case 'waiting':
    case 'present':
      return state.name;
    case 'dialling':
    case 'overdue':
    case 'held':
      return 'dialling';
    case 'offered':
    case 'talking':
    case 'gone':
      return 'assigned';
  }
}
