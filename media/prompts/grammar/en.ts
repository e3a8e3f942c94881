// English numbers, waits, times and dates as names of clips. Hours by twelve, with A M and P M.
// PURE.
import { clockParts, dateParts, positionClips, waitClips } from './common.ts';
import type { BelowHundred, Grammar, Spoken } from './phrase.ts';
import { codeClips, COMMA, numberClips } from './phrase.ts';

/** "Twenty", "five"; each clip is a word. */
const belowHundred: BelowHundred = (value) => {
  if (value < 20 || value % 10 === 0) return [`n${value}`];
  return [`n${value - (value % 10)}`, `n${value % 10}`];
};

export const sayEnglish: Grammar = (phrase) => {
  switch (phrase.kind) {
    case 'number':
      return numberClips(phrase.value, belowHundred);
    case 'code':
      return ['your-code-is', COMMA, ...codeClips(phrase.digits)];
    case 'position':
      return positionClips(phrase.position, belowHundred);
    case 'wait':
      return waitClips(phrase.seconds, belowHundred);
    case 'time':
      return timeClips(phrase.minuteOfDay, true);
    case 'window':
      return windowClips(phrase.fromMinute, phrase.toMinute);
    case 'date': {
      const { weekday, month, day } = dateParts(phrase);
      return [weekday, COMMA, month, day];
    }
  }
};

/** "Between two ten and two twenty-five P M": the half of the day once, where it is the same. */
function windowClips(fromMinute: number, toMinute: number): readonly Spoken[] {
  const sameHalf = halfOf(fromMinute) === halfOf(toMinute);
  return [
    'between',
    ...timeClips(fromMinute, !sameHalf || namesTheHalf(toMinute)),
    'and',
    ...timeClips(toMinute, true),
  ];
}

function timeClips(minuteOfDay: number, withHalf: boolean): readonly Spoken[] {
  const { hour, minute } = clockParts(minuteOfDay);
  if (minute === 0 && hour === 0) return ['midnight'];
  if (minute === 0 && hour === 12) return ['noon'];
  const oh = minute < 10 ? ['oh'] : [];
  const minutes = minute === 0 ? [] : [...oh, ...belowHundred(minute)];
  const half = withHalf ? [halfOf(minuteOfDay)] : [];
  return [`n${hour % 12 === 0 ? 12 : hour % 12}`, ...minutes, ...half];
}

function halfOf(minuteOfDay: number): 'am' | 'pm' {
  return clockParts(minuteOfDay).hour < 12 ? 'am' : 'pm';
}

/** Noon and midnight say no A M or P M of their own. */
function namesTheHalf(minuteOfDay: number): boolean {
  const { hour, minute } = clockParts(minuteOfDay);
  return minute === 0 && hour % 12 === 0;
}
