// What a treatment is made of: questions with prompts, and what each key leads to. Data only, kept
// with the callback while it is heard. PURE.
//
// treatment  what the customer hears at one point of a call, and may answer by keys
// question   prompts, then a time in which a key is awaited; without keys it is only said
// outcome    what came of a treatment: all that the rules of the callback ever learn of it

/** What came of a treatment. */
export type Outcome =
  /** All was said. */
  | { readonly type: 'done' }
  | { readonly type: 'accepted' }
  | { readonly type: 'declined' }
  | { readonly type: 'snoozed'; readonly minutes: number }
  | { readonly type: 'rescheduled'; readonly minutes: number }
  | { readonly type: 'cancelled' }
  | { readonly type: 'wrong-person' }
  | { readonly type: 'entered'; readonly digits: string }
  /** No key in time. */
  | { readonly type: 'silent' };

/** A prompt, and digits spoken one by one after it. */
export interface Said {
  readonly prompt: string;
  readonly digits?: string;
}

/** What a key, or none in time, leads to; `say`: last words before the outcome. */
export type Reply =
  { readonly goTo: string } | { readonly outcome: Outcome; readonly say?: string };

export interface Question {
  readonly say: readonly Said[];
  /** By key; others are not heard. */
  readonly keys: Readonly<Record<string, Reply>>;
  /** Digits are collected up to `#` (the outcome `entered`); `*` begins anew. */
  readonly maxDigits?: number;
  /** The last of `maxDigits` ends it as `#` does. */
  readonly endsAtMax?: true;
  /** The answer is noted under the question's name. */
  readonly noted?: boolean;
  /** From the end of the last prompt, or from the last digit. */
  readonly waitMs: number;
  readonly silent: Reply;
}

export interface Script {
  readonly first: string;
  readonly questions: Readonly<Record<string, Question>>;
}

/** An answer that is kept. */
export interface Note {
  readonly question: string;
  readonly key: string;
}

export type TreatmentEvent =
  | { readonly type: 'digit'; readonly digit: string; readonly atMs: number }
  | { readonly type: 'prompt-ended'; readonly prompt: string; readonly atMs: number }
  | { readonly type: 'time-passed'; readonly atMs: number };

/** A new prompt takes the place of the one being heard. */
export type TreatmentEffect =
  | { readonly type: 'play'; readonly said: Said }
  | { readonly type: 'yield'; readonly outcome: Outcome };

export interface TreatmentState {
  readonly script: Script;
  /** Name of the question being asked. */
  readonly at: string;
  /** Index of the prompt being heard; null: all were. */
  readonly saying: number | null;
  readonly typed: string;
  /** Last words are heard; then this came of it. */
  readonly leaving: { readonly say: string; readonly outcome: Outcome } | null;
  readonly notes: readonly Note[];
  /** When `time-passed` is due. */
  readonly wakeAtMs: number;
  readonly over: boolean;
}
