// The life of a call that we place, over one or several branches (contacts rung in parallel).
// PURE. RFC 3261 s.9, s.13.2, s.16.7 (best response), RFC 3326 (Reason).
//
//            answer                      hang-up, BYE, engine lost
//   calling ────────▶ answered ──────────────────────────────────────▶ over
//      │ hang-up, ring time-out, 6xx                                    ▲
//      └──────────────▶ cancelling ── every branch failed, or patience ─┘
//
// A branch that answers when nobody wants it any more gets its BYE in every state.
import type { Step } from '../../core/step.ts';
import type { CallFailure } from '../types.ts';

export type BranchFailure = Omit<CallFailure, 'cancelledByUs'>;

export type OutboundState =
  | {
      readonly name: 'calling';
      readonly live: readonly number[];
      readonly failures: readonly BranchFailure[];
    }
  | {
      readonly name: 'cancelling';
      readonly live: readonly number[];
      readonly failures: readonly BranchFailure[];
      /** False when a 6xx of one branch ended the others. */
      readonly cancelledByUs: boolean;
    }
  | { readonly name: 'answered'; readonly branch: number }
  | { readonly name: 'over' };

export type OutboundEvent =
  | {
      readonly type: 'provisional-received';
      readonly status: number;
      readonly sdp: string | null;
    }
  | { readonly type: 'answer-received'; readonly branch: number; readonly sdp: string }
  | { readonly type: 'failure-received'; readonly branch: number; readonly failure: BranchFailure }
  | { readonly type: 'ring-timer-fired' }
  | { readonly type: 'cancel-timer-fired' }
  | { readonly type: 'hang-up-asked'; readonly reason: string }
  | { readonly type: 'dialog-ended'; readonly by: 'peer' | 'engine'; readonly reason: string }
  | { readonly type: 'engine-lost'; readonly reason: string };

export type OutboundEffect =
  | { readonly type: 'start-cancel-timer' }
  | { readonly type: 'stop-timers' }
  | {
      readonly type: 'cancel-branch';
      readonly branch: number;
      readonly cause: number;
      readonly reason: string;
    }
  | { readonly type: 'bye-branch'; readonly branch: number; readonly reason: string }
  | {
      readonly type: 'tell-provisional';
      readonly status: number;
      readonly sdp: string | null;
    }
  | { readonly type: 'tell-answered'; readonly branch: number; readonly sdp: string }
  | { readonly type: 'tell-failed'; readonly failure: CallFailure }
  | {
      readonly type: 'tell-ended';
      readonly by: 'peer' | 'us' | 'engine';
      readonly reason: string;
    };

type Result = readonly [OutboundState, readonly OutboundEffect[]];
type InState<Name extends OutboundState['name']> = Extract<OutboundState, { name: Name }>;

const over: OutboundState = { name: 'over' };
const elsewhere = 'Call completed elsewhere';
const terminated: BranchFailure = { status: 487, reason: 'Request Terminated', q850Cause: null };

/** A call whose branches 0 to n-1 have just been sent. */
export function startOutbound(branches: number): OutboundState {
  return { name: 'calling', live: Array.from({ length: branches }, (_, i) => i), failures: [] };
}

/** The rule. */
export const stepOutbound: Step<OutboundState, OutboundEvent, OutboundEffect> = (state, event) => {
  switch (state.name) {
    case 'calling':
      return whenCalling(state, event);
    case 'cancelling':
      return whenCancelling(state, event);
    case 'answered':
      return whenAnswered(state, event);
    case 'over':
      return event.type === 'answer-received' ? [state, [bye(event.branch)]] : [state, []];
  }
};

function whenCalling(state: InState<'calling'>, event: OutboundEvent): Result {
  switch (event.type) {
    case 'provisional-received':
      return [state, [{ type: 'tell-provisional', status: event.status, sdp: event.sdp }]];
    case 'answer-received': {
      const { branch, sdp } = event;
      const others = state.live.filter((one) => one !== branch);
      return [
        { name: 'answered', branch },
        [
          { type: 'stop-timers' },
          ...cancelAll(others, 200, elsewhere),
          { type: 'tell-answered', branch, sdp },
        ],
      ];
    }
    case 'failure-received': {
      const live = state.live.filter((one) => one !== event.branch);
      const failures = [...state.failures, event.failure];
      if (live.length === 0) return fail(failures, false);
      if (event.failure.status < 600) return [{ ...state, live, failures }, []];
      return cancel({ ...state, live, failures }, false, 600, event.failure.reason);
    }
    case 'ring-timer-fired':
      return cancel(state, true, 408, 'No answer');
    case 'hang-up-asked':
      return cancel(state, true, 487, event.reason);
    case 'engine-lost':
      return fail([unavailable(event.reason)], false);
    case 'cancel-timer-fired':
    case 'dialog-ended':
      return [state, []];
  }
}

function whenCancelling(state: InState<'cancelling'>, event: OutboundEvent): Result {
  switch (event.type) {
    case 'answer-received':
    case 'failure-received': {
      const live = state.live.filter((one) => one !== event.branch);
      const isAnswer = event.type === 'answer-received';
      const failures = [...state.failures, isAnswer ? terminated : event.failure];
      const byes = isAnswer ? [bye(event.branch)] : [];
      if (live.length > 0) return [{ ...state, live, failures }, byes];
      const [next, effects] = fail(failures, state.cancelledByUs);
      return [next, [...byes, ...effects]];
    }
    case 'cancel-timer-fired':
      return fail([...state.failures, terminated], state.cancelledByUs);
    case 'hang-up-asked':
      return [{ ...state, cancelledByUs: true }, []];
    case 'engine-lost':
      return fail([unavailable(event.reason)], state.cancelledByUs);
    case 'provisional-received':
    case 'ring-timer-fired':
    case 'dialog-ended':
      return [state, []];
  }
}

function whenAnswered(state: InState<'answered'>, event: OutboundEvent): Result {
  switch (event.type) {
    case 'answer-received':
      return [state, [bye(event.branch)]];
    case 'hang-up-asked':
      return [
        over,
        [
          { type: 'bye-branch', branch: state.branch, reason: event.reason },
          { type: 'tell-ended', by: 'us', reason: event.reason },
        ],
      ];
    case 'dialog-ended':
      return [over, [{ type: 'tell-ended', by: event.by, reason: event.reason }]];
    case 'engine-lost':
      return [over, [{ type: 'tell-ended', by: 'engine', reason: event.reason }]];
    case 'provisional-received':
    case 'failure-received':
    case 'ring-timer-fired':
    case 'cancel-timer-fired':
      return [state, []];
  }
}

function cancel(
  state: InState<'calling'>,
  cancelledByUs: boolean,
  cause: number,
  reason: string,
): Result {
  const { live, failures } = state;
  return [
    { name: 'cancelling', live, failures, cancelledByUs },
    [
      { type: 'stop-timers' },
      { type: 'start-cancel-timer' },
      ...cancelAll(state.live, cause, reason),
    ],
  ];
}

function cancelAll(
  branches: readonly number[],
  cause: number,
  reason: string,
): readonly OutboundEffect[] {
  return branches.map((branch) => ({ type: 'cancel-branch', branch, cause, reason }));
}

/** For a branch that answered when nobody wanted it any more. */
function bye(branch: number): OutboundEffect {
  return { type: 'bye-branch', branch, reason: 'Answered too late' };
}

function fail(failures: readonly BranchFailure[], cancelledByUs: boolean): Result {
  const failure = { ...bestFailure(failures), cancelledByUs };
  return [over, [{ type: 'stop-timers' }, { type: 'tell-failed', failure }]];
}

function unavailable(reason: string): BranchFailure {
  return { status: 503, reason, q850Cause: null, engineLost: true };
}

/**
 * The one of several failures that says most: 6xx first, then the lowest class (s.16.7, step 6);
 * inside a class anything says more than a time-out or our own cancelling.
 */
export function bestFailure(failures: readonly BranchFailure[]): BranchFailure {
  const rank = ({ status }: BranchFailure): number => {
    if (status >= 600) return 0;
    const saysLittle = status === 408 || status === 487;
    return Math.floor(status / 100) * 2 + (saysLittle ? 1 : 0);
  };
  const ranked = [...failures].sort((a, b) => rank(a) - rank(b));
  return ranked[0] ?? terminated;
}
