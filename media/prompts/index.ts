// The prompts that come with the software: which there are, in which languages, and where they lie.
// Made by scripts/make-speech.ts; mono, 8 kHz, G.711 u-law. What has numbers in it is put together
// from clips by the grammar of its language.
import { fileURLToPath } from 'node:url';
import type { PlaySource } from '../types.ts';
import { sayEnglish } from './grammar/en.ts';
import { sayGerman } from './grammar/de.ts';
import type { Grammar, Phrase, Spoken } from './grammar/phrase.ts';

export type { Phrase } from './grammar/phrase.ts';

/** Prompts without words: the same in every language. */
const WORDLESS = ['waiting-music', 'beep'] as const;

/** Every prompt of the pack; each language has all of them. */
export const PROMPT_NAMES = [
  'greeting',
  'please-hold',
  'machine-message',
  'apology',
  'connecting',
  'queue-welcome',
  'goodbye',
  'recording-notice',
  'confirm-call',
  'ask-hours',
  'snoozed',
  'rescheduled',
  'wrong-person',
  'callback-cancelled',
  'later-offer',
  'return-code',
  'callback-waiting',
  'callback-withdrawn',
  'callback-offer',
  'offer-number',
  'offer-number-right',
  'enter-number',
  'number-wrong',
  'callback-promised',
  'callback-refused',
  'place-taken',
  'access-welcome',
  'access-code',
  'access-code-wrong',
  'access-taken',
  'access-unknown',
  'survey-satisfaction',
  'survey-thanks',
  ...WORDLESS,
] as const;

export type PromptName = (typeof PROMPT_NAMES)[number];

/** Languages of the pack, by BCP 47 tag. */
export const PROMPT_LANGUAGES = ['en', 'de'] as const;

export type PromptLanguage = (typeof PROMPT_LANGUAGES)[number];

const GRAMMARS: Readonly<Record<PromptLanguage, Grammar>> = { en: sayEnglish, de: sayGerman };

/** Whether the pack speaks a language. */
export function isPromptLanguage(language: string): language is PromptLanguage {
  return PROMPT_LANGUAGES.some((known) => known === language);
}

/** Absolute path of a prompt's WAV file. */
export function promptPath(language: PromptLanguage, name: PromptName): string {
  const folder = WORDLESS.some((wordless) => wordless === name) ? 'common' : language;
  return pathOf(`${folder}/${name}.wav`);
}

/** What is said for a phrase, in order, as names of clips and pauses. */
export function spokenPhrase(language: PromptLanguage, phrase: Phrase): readonly Spoken[] {
  return GRAMMARS[language](phrase);
}

/** A phrase as a leg plays it: the clips one after the other. */
export function phraseSources(language: PromptLanguage, phrase: Phrase): readonly PlaySource[] {
  return spokenPhrase(language, phrase).map((spoken): PlaySource =>
    typeof spoken === 'string'
      ? { kind: 'file', path: pathOf(`${language}/clips/${spoken}.wav`) }
      : { kind: 'silence', durationMs: spoken.pauseMs },
  );
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(`./${relative}`, import.meta.url));
}
