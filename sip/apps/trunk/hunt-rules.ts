// A call to a number over one trunk after the other. PURE. Nobody is rung twice: once anything but
// 100 was heard of an attempt, its outcome is the call's. RFC 3261 s.8.1.3.4, s.21.5.4.
//
//             granted                       answer
//   waiting ──────────▶ trying ────────────────────────▶ answered ── end ──▶ over
//      ▲ │ refused        │ │ 3xx that may be followed: trying again         ▲
//      └─┴────────────────┘ └ failure, engine lost ──────────────────────────┘
//        next trunk, when it has no further server
import type { Step } from '../../../core/step.ts';
import type { Place } from '../../transport/locate.ts';
import type { CallFailure } from '../../types.ts';
import { mayTryElsewhere } from './choice.ts';
import type { RedirectTarget } from './redirect.ts';

interface Hunting {
  readonly trunk: string;
  /** Trunks not tried yet, in order. */
  readonly rest: readonly string[];
  /** What the last trunk said; what is told when no further one can do better. */
  readonly failure: CallFailure | null;
}

export type HuntState =
  | ({ readonly name: 'waiting' } & Hunting)
  | ({
      readonly name: 'trying';
      readonly alerted: boolean;
      readonly redirects: number;
      /** Servers of this trunk not tried yet, in order. */
      readonly targets: readonly Place[];
    } & Hunting)
  | { readonly name: 'answered'; readonly trunk: string }
  | { readonly name: 'over' };

export type HuntEvent =
  | { readonly type: 'started' }
  /** `hasTime` false: it would ring too short to be answered. `targets`: servers to try. */
  | {
      readonly type: 'slot-granted';
      readonly hasTime: boolean;
      readonly targets: readonly Place[];
    }
  | { readonly type: 'slot-refused'; readonly why: string }
  | { readonly type: 'provisional-received'; readonly status: number; readonly sdp: string | null }
  | { readonly type: 'answer-received'; readonly sdp: string }
  | {
      readonly type: 'attempt-failed';
      readonly failure: CallFailure;
      /** Where a 3xx may lead; null: nowhere. */
      readonly redirect: RedirectTarget | null;
      readonly maxRedirects: number;
      /** Whether another server of the trunk could still be answered from. */
      readonly hasTime: boolean;
    }
  | {
      readonly type: 'dialog-ended';
      readonly by: 'peer' | 'us' | 'engine';
      readonly reason: string;
    }
  | { readonly type: 'hang-up-asked'; readonly reason: string }
  | { readonly type: 'ring-timer-fired' }
  | { readonly type: 'engine-lost'; readonly reason: string };

export type HuntEffect =
  | { readonly type: 'ask-slot'; readonly trunk: string }
  | { readonly type: 'withdraw'; readonly trunk: string }
  | { readonly type: 'release-slot'; readonly trunk: string }
  | {
      readonly type: 'send';
      readonly trunk: string;
      readonly redirect: RedirectTarget | null;
      /** The server; null: wherever the URI leads. */
      readonly target: Place | null;
    }
  /** The attempt tells how it ends. */
  | { readonly type: 'hang-up-attempt'; readonly reason: string }
  | { readonly type: 'lose-attempt'; readonly reason: string }
  | { readonly type: 'stop-ring-timer' }
  | { readonly type: 'tell-trunk'; readonly trunk: string }
  | { readonly type: 'tell-provisional'; readonly status: number; readonly sdp: string | null }
  | { readonly type: 'tell-answered'; readonly sdp: string }
  | { readonly type: 'tell-failed'; readonly failure: CallFailure }
  | {
      readonly type: 'tell-ended';
      readonly by: 'peer' | 'us' | 'engine';
      readonly reason: string;
    };

type Result = readonly [HuntState, readonly HuntEffect[]];
type InState<Name extends HuntState['name']> = Extract<HuntState, { name: Name }>;

const over: HuntState = { name: 'over' };
const tooLate = ours(503, 'Trunk Unavailable: no turn in time');

/** A call before its first trunk; `started` sets it off. */
export function startHunt(first: string, rest: readonly string[]): HuntState {
  return { name: 'waiting', trunk: first, rest, failure: null };
}

/** The rule. */
export const stepHunt: Step<HuntState, HuntEvent, HuntEffect> = (state, event) => {
  switch (state.name) {
    case 'waiting':
      return whenWaiting(state, event);
    case 'trying':
      return whenTrying(state, event);
    case 'answered':
      return whenAnswered(state, event);
    case 'over':
      return [state, []];
  }
};

function whenWaiting(state: InState<'waiting'>, event: HuntEvent): Result {
  const { trunk, rest, failure } = state;
  switch (event.type) {
    case 'started':
      return [state, [{ type: 'ask-slot', trunk }]];
    case 'slot-granted': {
      if (!event.hasTime) return fail(failure ?? tooLate, [{ type: 'release-slot', trunk }]);
      const [target = null, ...targets] = event.targets;
      return [
        { name: 'trying', trunk, rest, failure, alerted: false, redirects: 0, targets },
        [
          { type: 'tell-trunk', trunk },
          { type: 'send', trunk, redirect: null, target },
        ],
      ];
    }
    case 'slot-refused':
      return next(state, failure ?? ours(503, `Trunk Unavailable: ${event.why}`), []);
    case 'ring-timer-fired':
      return fail(failure ?? tooLate, [{ type: 'withdraw', trunk }]);
    case 'hang-up-asked':
      return fail({ ...ours(487, event.reason), cancelledByUs: true }, [
        { type: 'withdraw', trunk },
      ]);
    case 'engine-lost':
      return fail(lost(event.reason), [{ type: 'withdraw', trunk }]);
    case 'provisional-received':
    case 'answer-received':
    case 'attempt-failed':
    case 'dialog-ended':
      return [state, []];
  }
}

function whenTrying(state: InState<'trying'>, event: HuntEvent): Result {
  const { trunk } = state;
  switch (event.type) {
    case 'provisional-received': {
      const { status, sdp } = event;
      return [{ ...state, alerted: true }, [{ type: 'tell-provisional', status, sdp }]];
    }
    case 'answer-received':
      return [
        { name: 'answered', trunk },
        [{ type: 'stop-ring-timer' }, { type: 'tell-answered', sdp: event.sdp }],
      ];
    case 'attempt-failed':
      return attemptFailed(state, event);
    case 'hang-up-asked':
      return [state, [{ type: 'hang-up-attempt', reason: event.reason }]];
    case 'engine-lost':
      return fail(lost(event.reason), [
        { type: 'lose-attempt', reason: event.reason },
        { type: 'release-slot', trunk },
      ]);
    case 'started':
    case 'slot-granted':
    case 'slot-refused':
    case 'dialog-ended':
    case 'ring-timer-fired':
      // The attempt has its own timer, for what was left of the time.
      return [state, []];
  }
}

function attemptFailed(
  state: InState<'trying'>,
  { failure, redirect, maxRedirects, hasTime }: Extract<HuntEvent, { type: 'attempt-failed' }>,
): Result {
  const { trunk, alerted, redirects } = state;
  const [target, ...targets] = state.targets;
  if (redirect !== null && !alerted && redirects < maxRedirects && !failure.cancelledByUs) {
    const send: HuntEffect = { type: 'send', trunk, redirect, target: null };
    return [{ ...state, redirects: redirects + 1, targets: [] }, [send]];
  }
  if (target !== undefined && hasTime && mayTryElsewhere(failure, alerted)) {
    // RFC 3263 s.4.3: the next server of the same name first.
    return [{ ...state, failure, targets }, [{ type: 'send', trunk, redirect: null, target }]];
  }
  const release: HuntEffect = { type: 'release-slot', trunk };
  if (mayTryElsewhere(failure, alerted)) return next(state, failure, [release]);
  return fail(failure, [release]);
}

function whenAnswered(state: InState<'answered'>, event: HuntEvent): Result {
  switch (event.type) {
    case 'dialog-ended': {
      const { by, reason } = event;
      const release: HuntEffect = { type: 'release-slot', trunk: state.trunk };
      return [over, [release, { type: 'tell-ended', by, reason }]];
    }
    case 'hang-up-asked':
      return [state, [{ type: 'hang-up-attempt', reason: event.reason }]];
    case 'engine-lost':
      return [
        over,
        [
          { type: 'lose-attempt', reason: event.reason },
          { type: 'release-slot', trunk: state.trunk },
          { type: 'tell-ended', by: 'engine', reason: event.reason },
        ],
      ];
    case 'started':
    case 'slot-granted':
    case 'slot-refused':
    case 'provisional-received':
    case 'answer-received':
    case 'attempt-failed':
    case 'ring-timer-fired':
      return [state, []];
  }
}

function next(state: Hunting, failure: CallFailure, before: readonly HuntEffect[]): Result {
  const [trunk, ...rest] = state.rest;
  if (trunk === undefined) return fail(failure, before);
  return [{ name: 'waiting', trunk, rest, failure }, [...before, { type: 'ask-slot', trunk }]];
}

function fail(failure: CallFailure, before: readonly HuntEffect[]): Result {
  return [over, [...before, { type: 'stop-ring-timer' }, { type: 'tell-failed', failure }]];
}

function lost(reason: string): CallFailure {
  return { ...ours(503, reason), engineLost: true };
}

/** A failure that no network sent. */
export function ours(status: number, reason: string): CallFailure {
  return { status, reason, q850Cause: null, cancelledByUs: false, unheard: true };
}
