// Between the callback machine and the treatments its customers hear: news becomes their events,
// what they ask for becomes effects. How a treatment is made stays its own affair. PURE.
import type { CallEvent } from './ports.ts';
import type { CallbackEffect, PhaseEvent } from './state.ts';
import { beginTreatment, promptHeard, stepTreatment } from './treatments/index.ts';
import type { Outcome, Script, TreatmentEvent, TreatmentState } from './treatments/index.ts';

/** A treatment one step on. */
export interface Treated {
  readonly treatment: TreatmentState;
  readonly effects: readonly PlayEffect[];
  /** Null while it goes on. */
  readonly outcome: Outcome | null;
}

type PlayEffect = Extract<CallbackEffect, { type: 'play-to-customer' }>;

/** Begins one. */
export function playTreatment(script: Script, atMs: number): Treated {
  return treated(beginTreatment(script, atMs));
}

/** What the news means to a treatment; null: nothing. */
export function hearTreatment(
  treatment: TreatmentState,
  event: PhaseEvent | HeardOnLine,
): Treated | null {
  const heard = treatmentEventOf(treatment, event);
  if (heard === null) return null;
  const move = stepTreatment(treatment, heard);
  return move[0] === treatment ? null : treated(move);
}

/** News of a caller on the line. */
type HeardOnLine =
  | { readonly type: 'call-reported'; readonly atMs: number; readonly event: CallEvent }
  | { readonly type: 'command-failed'; readonly atMs: number; readonly command: string }
  | { readonly type: 'time-passed'; readonly atMs: number };

function treatmentEventOf(
  treatment: TreatmentState,
  event: PhaseEvent | HeardOnLine,
): TreatmentEvent | null {
  const { atMs } = event;
  if (event.type === 'time-passed') return { type: 'time-passed', atMs };
  if (event.type === 'command-failed' && event.command === 'play-to-customer') {
    // What cannot be played is over at once: the choice stays.
    const prompt = promptHeard(treatment);
    return prompt === null ? null : { type: 'prompt-ended', prompt, atMs };
  }
  if (event.type !== 'call-reported') return null;
  const { event: news } = event;
  if (news.type === 'digit' && news.leg === 'customer') {
    return { type: 'digit', digit: news.digit, atMs };
  }
  return news.type === 'treatment-ended'
    ? { type: 'prompt-ended', prompt: news.treatment, atMs }
    : null;
}

function treated([treatment, asked]: ReturnType<typeof stepTreatment>): Treated {
  const effects: PlayEffect[] = [];
  let outcome: Outcome | null = null;
  for (const effect of asked) {
    if (effect.type === 'yield') outcome = effect.outcome;
    else {
      const { prompt, digits } = effect.said;
      const played = { type: 'play-to-customer', treatment: prompt, loop: false } as const;
      effects.push(digits === undefined ? played : { ...played, digits });
    }
  }
  return { treatment, effects, outcome };
}
