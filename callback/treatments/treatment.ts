// How any treatment runs: prompts one after the other, keys at any moment, an end in any case.
// PURE, total. Knows nothing of callbacks.
import type { Step } from '../../core/step.ts';
import type {
  Outcome,
  Question,
  Reply,
  Script,
  TreatmentEffect,
  TreatmentEvent,
  TreatmentState,
} from './script.ts';

export type TreatmentMove = readonly [TreatmentState, readonly TreatmentEffect[]];

/** Longest prompt; one whose end is not told counts as ended then. */
const promptLimitMs = 60_000;
/** Answers kept of one treatment. */
const maxNotes = 20;

const nothingToAsk: Question = {
  say: [],
  keys: {},
  waitMs: 0,
  silent: { outcome: { type: 'done' } },
};

/** Begins to ask the first question. */
export function beginTreatment(script: Script, atMs: number): TreatmentMove {
  const none = { typed: '', leaving: null, notes: [], over: false };
  const state = { script, at: script.first, saying: null, wakeAtMs: atMs, ...none };
  return ask(state, script.first, atMs);
}

/** The rule of every treatment; `yield` comes once, and nothing after it. */
export const stepTreatment: Step<TreatmentState, TreatmentEvent, TreatmentEffect> = (
  state,
  event,
) => {
  if (state.over) return [state, []];
  switch (event.type) {
    case 'digit':
      return state.leaving === null ? pressed(state, event.digit, event.atMs) : [state, []];
    case 'prompt-ended':
      return event.prompt === promptHeard(state) ? promptEnded(state, event.atMs) : [state, []];
    case 'time-passed':
      if (event.atMs < state.wakeAtMs) return [state, []];
      return promptHeard(state) === null
        ? reply(state, questionOf(state).silent, event.atMs)
        : promptEnded(state, event.atMs);
  }
};

/** The prompt being heard, or null. */
export function promptHeard(state: TreatmentState): string | null {
  if (state.leaving !== null) return state.leaving.say;
  return state.saying === null ? null : (questionOf(state).say[state.saying]?.prompt ?? null);
}

function questionOf(state: TreatmentState): Question {
  return state.script.questions[state.at] ?? nothingToAsk;
}

function ask(state: TreatmentState, at: string, atMs: number): TreatmentMove {
  return say({ ...state, at, typed: '' }, 0, atMs);
}

/** Says the prompt of that index, or awaits a key when all were said. */
function say(state: TreatmentState, index: number, atMs: number): TreatmentMove {
  const { say: prompts, waitMs } = questionOf(state);
  const said = prompts[index];
  if (said === undefined) return [{ ...state, saying: null, wakeAtMs: atMs + waitMs }, []];
  return [{ ...state, saying: index, wakeAtMs: atMs + promptLimitMs }, [{ type: 'play', said }]];
}

function promptEnded(state: TreatmentState, atMs: number): TreatmentMove {
  if (state.leaving !== null) return over(state, state.leaving.outcome);
  const { say: prompts, waitMs, silent } = questionOf(state);
  const next = (state.saying ?? 0) + 1;
  // Without a time for keys nothing is awaited.
  if (next >= prompts.length && waitMs === 0) return reply(state, silent, atMs);
  return say(state, next, atMs);
}

function pressed(state: TreatmentState, digit: string, atMs: number): TreatmentMove {
  const { keys, maxDigits, noted } = questionOf(state);
  if (maxDigits !== undefined) return typed(state, digit, maxDigits, atMs);
  const answer = keys[digit];
  if (answer === undefined) return [state, []];
  const note = { question: state.at, key: digit };
  const notes =
    noted === true && state.notes.length < maxNotes ? [...state.notes, note] : state.notes;
  return reply({ ...state, notes }, answer, atMs);
}

function typed(
  state: TreatmentState,
  digit: string,
  maxDigits: number,
  atMs: number,
): TreatmentMove {
  const { waitMs, silent, endsAtMax } = questionOf(state);
  const wakeAtMs = atMs + waitMs;
  if (digit === '#') {
    return state.typed === ''
      ? reply(state, silent, atMs)
      : over(state, { type: 'entered', digits: state.typed });
  }
  if (digit === '*') return [{ ...state, typed: '', saying: null, wakeAtMs }, []];
  if (!/^\d$/.test(digit) || state.typed.length >= maxDigits) return [state, []];
  const digits = state.typed + digit;
  if (endsAtMax === true && digits.length === maxDigits) {
    return over(state, { type: 'entered', digits });
  }
  return [{ ...state, typed: digits, saying: null, wakeAtMs }, []];
}

function reply(state: TreatmentState, answer: Reply, atMs: number): TreatmentMove {
  if ('goTo' in answer) return ask(state, answer.goTo, atMs);
  const { outcome, say: prompt } = answer;
  if (prompt === undefined) return over(state, outcome);
  const leaving = { say: prompt, outcome };
  return [
    { ...state, leaving, wakeAtMs: atMs + promptLimitMs },
    [{ type: 'play', said: { prompt } }],
  ];
}

function over(state: TreatmentState, outcome: Outcome): TreatmentMove {
  return [{ ...state, over: true }, [{ type: 'yield', outcome }]];
}
