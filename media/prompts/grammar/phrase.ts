// What can be said with clips, whatever the language: the words of the grammars, and how waits are
// rounded. PURE.

/** A recorded clip by name, or silence. */
export type Spoken = string | { readonly pauseMs: number };

/** Something with numbers in it. */
export type Phrase =
  /** 0 to 9999. */
  | { readonly kind: 'number'; readonly value: number }
  /** An access code: `0`-`9`, `*`, `#`, each for itself. */
  | { readonly kind: 'code'; readonly digits: string }
  /** A place in a queue, 1 to 9999. */
  | { readonly kind: 'position'; readonly position: number }
  /** How long somebody will wait. */
  | { readonly kind: 'wait'; readonly seconds: number }
  /** Minutes since midnight, 0 to 1439. */
  | { readonly kind: 'time'; readonly minuteOfDay: number }
  | { readonly kind: 'window'; readonly fromMinute: number; readonly toMinute: number }
  /** `weekday` 1 (Monday) to 7, `month` 1 to 12, `day` 1 to 31. */
  | {
      readonly kind: 'date';
      readonly weekday: number;
      readonly month: number;
      readonly day: number;
    };

/** A language: what is said for a phrase, in order. Values out of range are brought into it. */
export type Grammar = (phrase: Phrase) => readonly Spoken[];

/** Between digits of a code, and between groups of three of them. */
const DIGIT_PAUSE_MS = 120;
const GROUP_PAUSE_MS = 350;
/** Where a comma would stand. */
export const COMMA: Spoken = { pauseMs: 180 };

/** A whole number within [min, max]; 0 for what is none. */
export function bounded(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.round(Number.isFinite(value) ? value : 0)));
}

/** How a language says 0 to 99. */
export type BelowHundred = (value: number) => readonly string[];

/** 0 to 9999: thousands, hundreds, and what is left. */
export function numberClips(value: number, belowHundred: BelowHundred): readonly string[] {
  const whole = bounded(value, 0, 9_999);
  const thousands = Math.floor(whole / 1_000);
  const hundreds = Math.floor((whole % 1_000) / 100);
  const rest = whole % 100;
  const clips: string[] = [];
  if (thousands > 0) clips.push(`t${thousands}`);
  if (hundreds > 0) clips.push(`h${hundreds}`);
  if (rest > 0 || clips.length === 0) clips.push(...belowHundred(rest));
  return clips;
}

/** Digits one by one, in groups of three. */
export function codeClips(digits: string): readonly Spoken[] {
  const known = [...digits].filter((digit) => /[\d*#]/.test(digit));
  return known.flatMap((digit, index): Spoken[] => {
    const clip = digit === '*' ? 'star' : digit === '#' ? 'pound' : `n${digit}`;
    if (index === 0) return [clip];
    return [{ pauseMs: index % 3 === 0 ? GROUP_PAUSE_MS : DIGIT_PAUSE_MS }, clip];
  });
}

/** A wait as people say it. */
export type RoundedWait =
  | { readonly unit: 'under-a-minute' }
  | { readonly unit: 'minutes'; readonly minutes: number }
  | { readonly unit: 'hours'; readonly hours: number; readonly minutes: number }
  | { readonly unit: 'over-a-day' };

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * To the minute up to ten, to five minutes up to the hour, to half an hour up to five, then to the
 * hour: an estimate must not sound more exact than it is.
 */
export function roundWait(seconds: number): RoundedWait {
  if (!(seconds >= MINUTE)) return { unit: 'under-a-minute' };
  const exact = Math.round(seconds / MINUTE);
  const minutes = exact <= 10 ? exact : Math.round(seconds / (5 * MINUTE)) * 5;
  if (minutes < 60) return { unit: 'minutes', minutes };
  const halves = Math.round(seconds / (HOUR / 2));
  if (halves < 10) {
    return { unit: 'hours', hours: Math.floor(halves / 2), minutes: (halves % 2) * 30 };
  }
  const hours = Math.round(seconds / HOUR);
  return hours < 24 ? { unit: 'hours', hours, minutes: 0 } : { unit: 'over-a-day' };
}
