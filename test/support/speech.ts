// The kept speech and tones, as samples (8 kHz mono).
import { join } from 'node:path';
import { phraseSources, promptPath } from '../../media/index.ts';
import type { Phrase, PromptLanguage } from '../../media/index.ts';
import type { PromptName } from '../../media/prompts/index.ts';
import { concat, readWavFile, silence } from './audio.ts';

/** A file of test/support/speech without `.wav`. */
export function speech(name: string): Int16Array {
  return readWavFile(join(import.meta.dirname, 'speech', `${name}.wav`));
}

/** A prompt of the pack. */
export function prompt(name: PromptName, language: PromptLanguage = 'en'): Int16Array {
  return readWavFile(promptPath(language, name));
}

/** A phrase as it sounds, clips and pauses. */
export function phrase(language: PromptLanguage, said: Phrase): Int16Array {
  const parts = phraseSources(language, said).map((source) => {
    if (source.kind === 'file') return readWavFile(source.path);
    return silence(source.kind === 'silence' ? source.durationMs : 0);
  });
  return concat(...parts);
}
