// The agent's machine. PURE: knows one agent, no queues and no timers.
//
//   logged-out --login--> not-ready <--asked--> ready --reserved--> reserved --answered--> talking
//                          ^     ^                ^                  |    |                  |
//                          |     +----- RONA -----|-----not-answered-+    |           ended  |
//                          |                      |                       |                  v
//                          +------ afterwards ----+------ released -------+              wrap-up
//                                       ^                                                    |
//                                       +------------------- elapsed, or ready asked --------+
//
// `afterwards` is what the agent asked for while occupied (ready unless not-ready was asked); it
// takes effect when work is over. Without wrap-up an ended conversation goes there at once.
// Logging out leads to logged-out from every state but talking.
import type { AgentStateName } from './model.ts';
import type { Step } from '../core/step.ts';

/** What an occupied agent works on. */
export interface Work {
  readonly interactionId: string;
  readonly queueId: string;
  readonly reservationId: string;
}

/** An agent who does not work on anything. */
export type Idle =
  { readonly name: 'ready' } | { readonly name: 'not-ready'; readonly reason: string | null };

export type AgentState =
  | { readonly name: 'logged-out' }
  | Idle
  | { readonly name: 'reserved'; readonly work: Work; readonly afterwards: Idle }
  | {
      readonly name: 'talking';
      readonly work: Work;
      /** Monotonic. */
      readonly startedMs: number;
      readonly afterwards: Idle;
    }
  | {
      readonly name: 'wrap-up';
      readonly work: Work;
      /** Start of the conversation, monotonic. */
      readonly startedMs: number;
      /** End of wrap-up, monotonic. */
      readonly untilMs: number;
      readonly afterwards: Idle;
    };

/** `nowMs` is monotonic. */
export type AgentEvent =
  | { readonly type: 'login' }
  | { readonly type: 'logout'; readonly nowMs: number }
  | { readonly type: 'ready-asked'; readonly nowMs: number }
  | { readonly type: 'not-ready-asked'; readonly reason: string }
  | { readonly type: 'reserved'; readonly work: Work }
  | { readonly type: 'answered'; readonly nowMs: number }
  | { readonly type: 'not-answered' }
  | { readonly type: 'released' }
  | { readonly type: 'conversation-ended'; readonly nowMs: number; readonly wrapUpMs: number }
  | { readonly type: 'wrap-up-elapsed'; readonly reservationId: string; readonly nowMs: number };

/** Conversation and wrap-up together, for the queue's average. */
export interface AgentEffect {
  readonly type: 'record-handle-time';
  readonly queueId: string;
  readonly handleMs: number;
}

export const LOGGED_OUT: AgentState = { name: 'logged-out' };
const READY: Idle = { name: 'ready' };
const RONA: Idle = { name: 'not-ready', reason: 'rona' };

type Answer = readonly [AgentState, readonly AgentEffect[]];

export const stepAgent: Step<AgentState, AgentEvent, AgentEffect> = (state, event) => {
  switch (state.name) {
    case 'logged-out':
      return event.type === 'login' ? become({ name: 'not-ready', reason: null }) : become(state);
    case 'not-ready':
    case 'ready':
      return stepIdle(state, event);
    case 'reserved':
      return stepReserved(state, event);
    case 'talking':
      return stepTalking(state, event);
    case 'wrap-up':
      return stepWrapUp(state, event);
  }
};

/** What a person may ask of the agent's state; the rest of the events are routing's own. */
export type AgentWish = 'login' | 'logout' | 'ready' | 'not-ready' | 'remove';

/** Whether the wish makes sense now; a refused one would be ignored by the step. */
export function permits(state: AgentStateName, wish: AgentWish): boolean {
  switch (wish) {
    case 'login':
      return true;
    case 'logout':
      return state !== 'talking';
    case 'ready':
    case 'not-ready':
      return state !== 'logged-out';
    case 'remove':
      return state !== 'talking' && state !== 'reserved';
  }
}

function stepIdle(state: Idle, event: AgentEvent): Answer {
  switch (event.type) {
    case 'logout':
      return become(LOGGED_OUT);
    case 'ready-asked':
      return become(state.name === 'ready' ? state : READY);
    case 'not-ready-asked':
      return become({ name: 'not-ready', reason: event.reason });
    case 'reserved':
      if (state.name !== 'ready') return become(state);
      return become({ name: 'reserved', work: event.work, afterwards: READY });
    case 'login':
    case 'answered':
    case 'not-answered':
    case 'released':
    case 'conversation-ended':
    case 'wrap-up-elapsed':
      return become(state);
  }
}

function stepReserved(state: Extract<AgentState, { name: 'reserved' }>, event: AgentEvent): Answer {
  switch (event.type) {
    case 'logout':
      return become(LOGGED_OUT);
    case 'ready-asked':
      return become({ ...state, afterwards: READY });
    case 'not-ready-asked':
      return become({ ...state, afterwards: { name: 'not-ready', reason: event.reason } });
    case 'answered':
      return become({ ...state, name: 'talking', startedMs: event.nowMs });
    case 'not-answered':
      return become(RONA);
    case 'released':
      return become(state.afterwards);
    case 'login':
    case 'reserved':
    case 'conversation-ended':
    case 'wrap-up-elapsed':
      return become(state);
  }
}

function stepTalking(state: Extract<AgentState, { name: 'talking' }>, event: AgentEvent): Answer {
  switch (event.type) {
    case 'ready-asked':
      return become({ ...state, afterwards: READY });
    case 'not-ready-asked':
      return become({ ...state, afterwards: { name: 'not-ready', reason: event.reason } });
    case 'released':
      return become(state.afterwards);
    case 'conversation-ended': {
      if (event.wrapUpMs <= 0) return finish(state, state.afterwards, event.nowMs);
      return become({ ...state, name: 'wrap-up', untilMs: event.nowMs + event.wrapUpMs });
    }
    case 'login':
    case 'logout':
    case 'reserved':
    case 'answered':
    case 'not-answered':
    case 'wrap-up-elapsed':
      return become(state);
  }
}

function stepWrapUp(state: Extract<AgentState, { name: 'wrap-up' }>, event: AgentEvent): Answer {
  switch (event.type) {
    case 'logout':
      return finish(state, LOGGED_OUT, event.nowMs);
    case 'ready-asked':
      return finish(state, READY, event.nowMs);
    case 'not-ready-asked':
      return become({ ...state, afterwards: { name: 'not-ready', reason: event.reason } });
    case 'wrap-up-elapsed':
      if (event.reservationId !== state.work.reservationId) return become(state);
      return finish(state, state.afterwards, event.nowMs);
    case 'login':
    case 'reserved':
    case 'answered':
    case 'not-answered':
    case 'released':
    case 'conversation-ended':
      return become(state);
  }
}

function become(state: AgentState): Answer {
  return [state, []];
}

/** Work is over: the time it took counts for the queue. */
function finish(
  state: Extract<AgentState, { name: 'talking' | 'wrap-up' }>,
  next: AgentState,
  nowMs: number,
): Answer {
  const handleMs = Math.max(0, nowMs - state.startedMs);
  return [next, [{ type: 'record-handle-time', queueId: state.work.queueId, handleMs }]];
}
