// What English and German say alike once the clips are named alike. PURE.
import type { BelowHundred, Phrase, Spoken } from './phrase.ts';
import { bounded, numberClips, roundWait } from './phrase.ts';

/** Places that have an ordinal; later ones are numbered. */
const LAST_ORDINAL = 10;

/** "You are third in line"; "you are number 25". */
export function positionClips(position: number, belowHundred: BelowHundred): readonly Spoken[] {
  const place = bounded(position, 1, 9_999);
  if (place === 1) return ['next-in-line'];
  if (place <= LAST_ORDINAL) return ['you-are', `place${place}`, 'in-line'];
  return ['you-are-number', ...numberClips(place, belowHundred)];
}

/** "Your estimated wait is about five minutes". */
export function waitClips(seconds: number, belowHundred: BelowHundred): readonly Spoken[] {
  return ['your-wait-is', ...durationClips(seconds, belowHundred)];
}

function durationClips(seconds: number, belowHundred: BelowHundred): readonly Spoken[] {
  const wait = roundWait(seconds);
  switch (wait.unit) {
    case 'under-a-minute':
      return ['less-than-a-minute'];
    case 'minutes':
      return ['about', ...minuteClips(wait.minutes, belowHundred)];
    case 'hours': {
      const hours =
        wait.hours === 1 ? ['one-hour'] : [...numberClips(wait.hours, belowHundred), 'hours'];
      const minutes = wait.minutes === 0 ? [] : ['and', ...minuteClips(wait.minutes, belowHundred)];
      return ['about', ...hours, ...minutes];
    }
    case 'over-a-day':
      return ['more-than-a-day'];
  }
}

function minuteClips(minutes: number, belowHundred: BelowHundred): readonly string[] {
  return minutes === 1 ? ['one-minute'] : [...numberClips(minutes, belowHundred), 'minutes'];
}

/** The parts of a date as clips. */
export function dateParts(date: Extract<Phrase, { kind: 'date' }>): {
  readonly weekday: string;
  readonly month: string;
  readonly day: string;
} {
  return {
    weekday: `weekday${bounded(date.weekday, 1, 7)}`,
    month: `month${bounded(date.month, 1, 12)}`,
    day: `day${bounded(date.day, 1, 31)}`,
  };
}

/** Hours and minutes of a time of day. */
export function clockParts(minuteOfDay: number): {
  readonly hour: number;
  readonly minute: number;
} {
  const minutes = bounded(minuteOfDay, 0, 1_439);
  return { hour: Math.floor(minutes / 60), minute: minutes % 60 };
}
