// German numbers, waits, times and dates as names of clips. Hours by twenty-four; a minute follows
// the word for the hour: "vierzehn Uhr zehn". PURE.
import { clockParts, dateParts, positionClips, waitClips } from './common.ts';
import type { BelowHundred, Grammar, Spoken } from './phrase.ts';
import { codeClips, COMMA, numberClips } from './phrase.ts';

/** One clip each: the unit stands before the ten, "fünfundzwanzig". */
const belowHundred: BelowHundred = (value) => [`n${value}`];

export const sayGerman: Grammar = (phrase) => {
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
      return timeClips(phrase.minuteOfDay);
    case 'window':
      return ['between', ...timeClips(phrase.fromMinute), 'and', ...timeClips(phrase.toMinute)];
    case 'date': {
      const { weekday, month, day } = dateParts(phrase);
      return [weekday, COMMA, day, month];
    }
  }
};

function timeClips(minuteOfDay: number): readonly Spoken[] {
  const { hour, minute } = clockParts(minuteOfDay);
  const hours = hour === 1 ? ['one-oclock'] : [`n${hour}`, 'oclock'];
  return minute === 0 ? hours : [...hours, `n${minute}`];
}
