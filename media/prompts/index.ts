// The prompts that come with the software: which there are and where they lie. Made by
// scripts/make-speech.ts; mono, 16 bit, 8 kHz, so that playing them needs no conversion.
import { fileURLToPath } from 'node:url';

/** Every prompt of the pack; each language has all of them. */
export const PROMPT_NAMES = [
  'greeting',
  'waiting-music',
  'please-hold',
  'machine-message',
  'apology',
  'connecting',
  'queue-welcome',
  'goodbye',
  'beep',
] as const;

export type PromptName = (typeof PROMPT_NAMES)[number];

/** Languages of the pack, by BCP 47 tag. */
export const PROMPT_LANGUAGES = ['en'] as const;

export type PromptLanguage = (typeof PROMPT_LANGUAGES)[number];

/** Absolute path of a prompt's WAV file. */
export function promptPath(language: PromptLanguage, name: PromptName): string {
  return fileURLToPath(new URL(`./${language}/${name}.wav`, import.meta.url));
}
