// What a waiting caller may choose: a callback instead of waiting, the place of one that waits
// already, the place that a code stands for. Part of the rule of a live call (live-call.ts). PURE.
import { endOfWaitMs, go, over, stay } from './live-state.ts';
import type {
  Choice,
  LiveCallEffect,
  LiveCallEvent,
  LiveCallState,
  LiveMove,
  Place,
} from './live-state.ts';
import type { CallEvent } from './ports.ts';
import { hearTreatment, playTreatment } from './treating.ts';
import { callsInScript, numberAgainScript, offerScript, promptScript } from './treatments/index.ts';
import type { Outcome, Script } from './treatments/index.ts';

/** Played once to every caller who enters a queue. */
export const welcomeTreatment = 'queue-welcome';
/** Digits of a code that takes a place again. */
export const codeDigits = 6;

/** Null: the event is no matter of choices. */
export function stepChoice(state: LiveCallState, event: LiveCallEvent): LiveMove | null {
  const { phase } = state;
  const { atMs } = event;
  switch (event.type) {
    case 'place-answered':
      return placeAnswered(state, event.place, atMs);
    case 'callback-answered':
      return phase.name === 'promising' ? callbackAnswered(state, event.isPromised, atMs) : null;
    case 'number-checked':
      return phase.name === 'waiting' ? numberChecked(state, event.number, atMs) : null;
    case 'time-passed':
      return timePassed(state, event.predictedWaitMs ?? null, atMs);
    case 'call-reported':
      if (phase.name !== 'waiting') return null;
      return choiceHeard(state, event) ?? callReported(state, event.event, atMs);
    case 'command-failed':
      return phase.name === 'waiting' ? choiceHeard(state, event) : null;
    case 'agent-noticed':
      return null;
  }
}

/** An agent comes: what was asked is forgotten, music takes its place. */
export function withoutChoice(
  state: LiveCallState,
): readonly [LiveCallState, readonly LiveCallEffect[]] {
  return state.choice === null ? [state, []] : [{ ...state, choice: null }, [music(state)]];
}

/** The entry in the order of the queue. */
export function placeOf({
  arrival,
  settings,
  priority,
  requiredSkills,
}: LiveCallState): LiveCallEffect {
  const { interactionId, queueId, arrivedAtMs } = arrival;
  const place = { interactionId, queueId, arrivedAtMs, kind: 'live', priority } as const;
  const entry = { ...place, requiredSkills, dialMode: settings.dialMode };
  return { type: 'submit-to-routing', entry };
}

function music({ settings }: LiveCallState): LiveCallEffect {
  return { type: 'play-to-customer', treatment: settings.waiting, loop: true };
}

/** The caller hears a treatment instead of the music. */
function begin(
  state: LiveCallState,
  about: Choice['about'],
  script: Script,
  atMs: number,
  before: readonly LiveCallEffect[] = [],
): LiveMove {
  const { treatment, effects } = playTreatment(script, atMs);
  const hearing = { ...state, typed: null, choice: { about, treatment } };
  return go(hearing, atMs, { name: 'waiting', hears: 'waiting' }, [...before, ...effects]);
}

function backToMusic(
  state: LiveCallState,
  atMs: number,
  before: readonly LiveCallEffect[] = [],
): LiveMove {
  const phase = { name: 'waiting', hears: 'waiting' } as const;
  return go({ ...state, choice: null }, atMs, phase, [...before, music(state)]);
}

function choiceHeard(
  state: LiveCallState,
  event: Extract<LiveCallEvent, { type: 'call-reported' | 'time-passed' | 'command-failed' }>,
): LiveMove | null {
  const { choice, phase } = state;
  if (choice === null || phase.name !== 'waiting') return null;
  const heard = hearTreatment(choice.treatment, event);
  if (heard === null) return null;
  const { treatment, effects, outcome } = heard;
  return outcome === null
    ? go({ ...state, choice: { ...choice, treatment } }, event.atMs, phase, effects)
    : chosen(state, choice, outcome, event.atMs);
}

function chosen(state: LiveCallState, { about }: Choice, outcome: Outcome, atMs: number): LiveMove {
  switch (about) {
    case 'calls-in':
      return aboutWaiting(state, outcome, atMs);
    case 'offer':
      return offerAnswered(state, outcome, atMs);
    case 'told':
      return backToMusic(state, atMs);
    case 'goodbye':
      return over(state, atMs, 'called back', null);
  }
}

function aboutWaiting(state: LiveCallState, outcome: Outcome, atMs: number): LiveMove {
  const { askAbout: callbackId } = state;
  const asked = { ...state, askAbout: null };
  if (callbackId === null) return backToMusic(asked, atMs);
  if (outcome.type === 'accepted') {
    return backToMusic(asked, atMs, [{ type: 'take-place', callbackId }]);
  }
  return outcome.type === 'cancelled'
    ? backToMusic(asked, atMs, [{ type: 'cancel-callback', callbackId }])
    : backToMusic(asked, atMs);
}

function offerAnswered(state: LiveCallState, outcome: Outcome, atMs: number): LiveMove {
  const { settings, arrival } = state;
  if (outcome.type === 'accepted' && arrival.callerNumber !== null) {
    return promise(state, arrival.callerNumber, atMs);
  }
  if (outcome.type === 'entered') {
    return backToMusic(state, atMs, [{ type: 'check-number', digits: outcome.digits }]);
  }
  const isDeclined = outcome.type === 'declined';
  const gapMs = (settings.offer?.everySeconds ?? 0) * 1000;
  const nextOfferAtMs = isDeclined ? null : atMs + gapMs;
  const counted = isDeclined ? [{ type: 'count-offer', answer: 'declined' } as const] : [];
  return backToMusic({ ...state, nextOfferAtMs }, atMs, counted);
}

function numberChecked(state: LiveCallState, number: string | null, atMs: number): LiveMove {
  return number === null
    ? begin(state, 'offer', numberAgainScript(), atMs)
    : promise(state, number, atMs);
}

/** The place is given up at once, so that no agent comes for who is about to hang up. */
function promise(state: LiveCallState, callerNumber: string, atMs: number): LiveMove {
  const arrival = { ...state.arrival, callerNumber };
  return go({ ...state, arrival, choice: null }, atMs, { name: 'promising' }, [
    { type: 'withdraw-from-routing', why: 'cancelled' },
    music(state),
    { type: 'offer-callback', arrival },
  ]);
}

function callbackAnswered(state: LiveCallState, isPromised: boolean, atMs: number): LiveMove {
  const settled = { ...state, nextOfferAtMs: null };
  if (isPromised) {
    const script = promptScript({ prompt: 'callback-promised' });
    return begin(settled, 'goodbye', script, atMs, [{ type: 'count-offer', answer: 'accepted' }]);
  }
  const script = promptScript({ prompt: 'callback-refused' });
  return begin(settled, 'told', script, atMs, [placeOf(state)]);
}

function timePassed(
  state: LiveCallState,
  predictedWaitMs: number | null,
  atMs: number,
): LiveMove | null {
  const { phase, choice, nextOfferAtMs, settings, wakeAtMs } = state;
  if (phase.name === 'promising') {
    return wakeAtMs !== null && atMs >= wakeAtMs ? callbackAnswered(state, false, atMs) : null;
  }
  if (phase.name !== 'waiting') return null;
  const isLeaving = choice?.about === 'goodbye';
  if (atMs >= endOfWaitMs(state) && !isLeaving) return null;
  if (choice !== null) return choiceHeard(state, { type: 'time-passed', atMs });
  const { offer = null } = settings;
  if (offer === null || nextOfferAtMs === null || atMs < nextOfferAtMs) return null;
  const again = { ...state, nextOfferAtMs: atMs + offer.everySeconds * 1000 };
  // Where nobody is logged in the wait is not known, and no shorter for that.
  const isLong = (predictedWaitMs ?? Infinity) >= offer.whenWaitAboveSeconds * 1000;
  if (!isLong || phase.hears === 'welcome') return go(again, atMs, phase);
  const made = [{ type: 'count-offer', answer: 'made' } as const];
  return begin(again, 'offer', offerScript(state.arrival.callerNumber), atMs, made);
}

function callReported(state: LiveCallState, event: CallEvent, atMs: number): LiveMove | null {
  const { phase, choice } = state;
  if (event.type === 'digit' && event.leg === 'customer' && choice === null) {
    return codeTyped(state, event.digit, atMs);
  }
  if (phase.name !== 'waiting' || event.type !== 'treatment-ended') {
    const isGone = ['customer-hung-up', 'customer-failed', 'call-lost'].includes(event.type);
    return choice?.about === 'goodbye' && isGone ? over(state, atMs, 'called back', null) : null;
  }
  const isWelcomed = phase.hears === 'welcome' && event.treatment === welcomeTreatment;
  if (!isWelcomed || state.askAbout === null) return null;
  return begin(state, 'calls-in', callsInScript(), atMs);
}

/** A star, and then the digits of a code. */
function codeTyped(state: LiveCallState, digit: string, atMs: number): LiveMove {
  const { phase, typed, codesLeft } = state;
  if (codesLeft === 0) return stay(state);
  if (digit === '*') return go({ ...state, typed: '' }, atMs, phase);
  if (typed === null || !/^\d$/.test(digit)) return stay(state);
  const code = typed + digit;
  if (code.length < codeDigits) return go({ ...state, typed: code }, atMs, phase);
  const tried = { ...state, typed: null, codesLeft: codesLeft - 1 };
  return go(tried, atMs, phase, [{ type: 'take-place-by-code', code }]);
}

/** The call stands in line where the callback did. */
function placeAnswered(state: LiveCallState, place: Place | null, atMs: number): LiveMove {
  const { phase } = state;
  if (place === null) return stay(state);
  const arrivedAtMs = Math.min(state.arrival.arrivedAtMs, place.arrivedAtMs);
  const priority = Math.max(state.priority, place.priority);
  const { requiredSkills } = place;
  const arrival = { ...state.arrival, arrivedAtMs };
  const moved = { ...state, arrival, priority, requiredSkills, tookPlace: true };
  if (phase.name !== 'waiting' || state.choice?.about === 'goodbye') return [moved, []];
  const again: readonly LiveCallEffect[] = [
    { type: 'withdraw-from-routing', why: 'cancelled' },
    placeOf(moved),
  ];
  if (phase.hears === 'welcome') return go(moved, atMs, phase, again);
  return begin(moved, 'told', promptScript({ prompt: 'place-taken' }), atMs, again);
}
