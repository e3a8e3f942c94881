// Why a callback is where it is, in words: for those who run the place, and shorter for customers.
// Says nothing about other customers but how many they are. PURE.
import type { CallbackRecord, CallbackStateName } from './model.ts';
import type { PlaceExplanation } from '../routing/index.ts';

/** What a callback waits for; `nothing`: it is over. */
export type WaitsFor =
  'its-time' | 'agent' | 'customer' | 'end-of-call' | 'next-attempt' | 'opening' | 'nothing';

export interface Explanation {
  readonly summary: string;
  readonly customerText: string;
  readonly waitsFor: WaitsFor;
  /** Until when at the latest, or at the earliest for what is tried again; null: not known. */
  readonly untilMs: number | null;
}

/** What is known beside the record. */
export interface Surroundings {
  readonly nowMs: number;
  /** Null: it has no place in a queue now. */
  readonly position: number | null;
  /** Null: nobody can say. */
  readonly waitSeconds: number | null;
  readonly isOpen: boolean;
}

export function explain(record: CallbackRecord, around: Surroundings): Explanation {
  const { nextAttemptAtMs, desiredTimeMs, expiresAtMs } = record;
  const waitsFor = waitsForOf(record);
  const texts = (summary: string, customerText: string, untilMs: number | null): Explanation => ({
    ...{ summary, customerText, waitsFor, untilMs },
  });
  switch (waitsFor) {
    case 'its-time': {
      const customer = 'We call you at the time you asked for.';
      return texts('It waits for the time its customer asked for.', customer, desiredTimeMs);
    }
    case 'opening': {
      const summary = 'It is due, but nobody may be called at this hour; it keeps its place.';
      return texts(summary, 'We call you as soon as we are open again.', nextAttemptAtMs);
    }
    case 'next-attempt': {
      const summary =
        'It waits for the next attempt, or for its number to be free; it keeps its place.';
      return texts(summary, 'We could not reach you and will try again.', nextAttemptAtMs);
    }
    case 'agent':
      return record.state === 'routing'
        ? texts('The customer is on the line until an agent is there.', onLineText, null)
        : texts(queuedText(around), queuedCustomerText(around), expiresAtMs);
    case 'customer':
      return texts('The customer is being called.', 'We are calling you now.', null);
    case 'end-of-call':
      return texts('Customer and agent talk.', 'You are talking to us.', null);
    case 'nothing': {
      const kept = record.reason === 'AGENT_CONNECTED';
      const customer = kept ? 'We have talked to you.' : 'This callback is over.';
      return texts(`It is over: ${record.reason ?? 'no reason'}.`, customer, null);
    }
  }
}

const onLineText = 'An agent will be with you in a moment.';

/** A scheduled one that is due and not dialled is kept by the hours. */
function waitsForOf({ state, nextAttemptAtMs }: CallbackRecord): WaitsFor {
  if (state === 'scheduled') return nextAttemptAtMs === null ? 'its-time' : 'opening';
  return waited[state];
}

const waited: Readonly<Record<Exclude<CallbackStateName, 'scheduled'>, WaitsFor>> = {
  queued: 'agent',
  dialing: 'customer',
  routing: 'agent',
  connected: 'end-of-call',
  'waiting-retry': 'next-attempt',
  completed: 'nothing',
};

function queuedText({ position, waitSeconds, isOpen }: Surroundings): string {
  if (position === null) return 'It is about to take its place in the queue.';
  const wait = waitSeconds === null ? 'nobody can say how long' : `about ${waitSeconds} s`;
  const closed = isOpen ? '' : ' The office is closed now.';
  if (position === 0) return `An agent is held for it.${closed}`;
  return `It waits for an agent as number ${position} in line, ${wait}.${closed}`;
}

function queuedCustomerText({ position, waitSeconds }: Surroundings): string {
  if (position === null || position <= 1) return 'You are next in line; we call you shortly.';
  const minutes = waitSeconds === null ? null : Math.max(1, Math.round(waitSeconds / 60));
  const wait = minutes === null ? '' : ` We expect to call in about ${minutes} min.`;
  return `You are number ${position} in line.${wait}`;
}

/** Others by kind and reason: how many, and never who. */
export interface OthersAhead {
  readonly live: number;
  readonly callbacks: number;
  readonly byPriority: number;
  readonly byArrival: number;
}

export function othersAhead({ ahead }: PlaceExplanation): OthersAhead {
  const live = ahead.filter(({ kind }) => kind === 'live').length;
  const byPriority = ahead.filter(({ why }) => why === 'priority').length;
  return {
    live,
    callbacks: ahead.length - live,
    byPriority,
    byArrival: ahead.length - byPriority,
  };
}
