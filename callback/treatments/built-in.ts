// The treatments that come with the software, each a function from what it depends on to a script.
// Prompts are named; a site's own prompt of the same name is heard instead. PURE.
import type { Question, Reply, Said, Script } from './script.ts';

/** Time for a key once a question was asked. */
const keyWaitMs = 8_000;
/** Digits of a telephone number at most (E.164). */
const maxNumberDigits = 15;

function question(say: readonly Said[], keys: Question['keys'], silent: Reply): Question {
  return { say, keys, waitMs: keyWaitMs, silent };
}

function prompt(name: string): readonly Said[] {
  return [{ prompt: name }];
}

/** The simplest treatment: prompts one after the other, then done. */
export function promptScript(...say: readonly Said[]): Script {
  const only: Question = { say, keys: {}, waitMs: 0, silent: { outcome: { type: 'done' } } };
  return { first: 'say', questions: { say: only } };
}

/** Who is called says what to do: connect, later, another time, wrong person, cancel. */
export function confirmScript(snoozeMinutes: number): Script {
  const hours = Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((hour): [string, Reply] => [
      String(hour),
      { outcome: { type: 'rescheduled', minutes: hour * 60 }, say: 'rescheduled' },
    ]),
  );
  const keys: Question['keys'] = {
    '1': { outcome: { type: 'accepted' } },
    '2': { outcome: { type: 'snoozed', minutes: snoozeMinutes }, say: 'snoozed' },
    '3': { goTo: 'hours' },
    '7': { outcome: { type: 'wrong-person' }, say: 'wrong-person' },
    '9': { outcome: { type: 'cancelled' }, say: 'callback-cancelled' },
  };
  return {
    first: 'confirm',
    questions: {
      confirm: question(prompt('confirm-call'), keys, { outcome: { type: 'silent' } }),
      hours: question(prompt('ask-hours'), hours, { goTo: 'confirm-again' }),
      'confirm-again': question(prompt('confirm-call'), keys, { outcome: { type: 'silent' } }),
    },
  };
}

/** The agent is late: called again in a few minutes, or the apology. */
export function laterScript(minutes: number, apology: string): Script {
  const later: Reply = { outcome: { type: 'snoozed', minutes }, say: 'snoozed' };
  const silent: Reply = { outcome: { type: 'done' }, say: apology };
  return {
    first: 'later',
    questions: { later: question(prompt('later-offer'), { '1': later }, silent) },
  };
}

/** Questions answered from 1 to 5, each noted under its prompt; thanks at the end. */
export function surveyScript(prompts: readonly string[]): Script {
  const thanks: Reply = { outcome: { type: 'done' }, say: 'survey-thanks' };
  const questions = prompts.map((name, index): [string, Question] => {
    const next = prompts[index + 1];
    const then: Reply = next === undefined ? thanks : { goTo: next };
    const keys = { '1': then, '2': then, '3': then, '4': then, '5': then };
    return [name, { ...question(prompt(name), keys, then), noted: true }];
  });
  return { first: prompts[0] ?? '', questions: Object.fromEntries(questions) };
}

/**
 * A caller may be called back instead of waiting.
 * @param number whom it would be, E.164; null: not known, so it is asked for
 */
export function offerScript(number: string | null): Script {
  const declined: Reply = { outcome: { type: 'declined' } };
  const silent: Reply = { outcome: { type: 'silent' } };
  const accepted: Reply = { outcome: { type: 'accepted' } };
  const rightNumber: readonly Said[] =
    number === null
      ? []
      : [{ prompt: 'offer-number', digits: number }, { prompt: 'offer-number-right' }];
  return {
    first: 'offer',
    questions: {
      offer: question(
        prompt('callback-offer'),
        { '1': { goTo: number === null ? 'enter' : 'number' }, '2': declined },
        silent,
      ),
      number: question(rightNumber, { '1': accepted, '2': { goTo: 'enter' } }, silent),
      enter: numberQuestion('enter-number'),
    },
  };
}

/** What was entered is no number that can be called: once more. */
export function numberAgainScript(): Script {
  return { first: 'enter', questions: { enter: numberQuestion('number-wrong') } };
}

function numberQuestion(name: string): Question {
  const silent: Reply = { outcome: { type: 'silent' } };
  return { ...question(prompt(name), {}, silent), maxDigits: maxNumberDigits };
}

/** Who calls an access number and is not known keys the code. */
export function codeScript(name: 'access-code' | 'access-code-wrong', digits: number): Script {
  const silent: Reply = { outcome: { type: 'silent' } };
  const code: Question = { ...question(prompt(name), {}, silent), maxDigits: digits };
  return { first: 'code', questions: { code: { ...code, endsAtMax: true } } };
}

/** Somebody calls for whom a callback waits: wait now at that place, or cancel it. */
export function callsInScript(): Script {
  const keys: Question['keys'] = {
    '1': { outcome: { type: 'accepted' } },
    '2': { outcome: { type: 'cancelled' }, say: 'callback-withdrawn' },
  };
  return {
    first: 'calls-in',
    questions: {
      'calls-in': question(prompt('callback-waiting'), keys, { outcome: { type: 'silent' } }),
    },
  };
}
