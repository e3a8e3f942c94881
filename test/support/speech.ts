// The kept speech and tones, as samples (8 kHz mono).
import { join } from 'node:path';
import { promptPath } from '../../media/index.ts';
import type { PromptName } from '../../media/prompts/index.ts';
import { readWavFile } from './audio.ts';

/** A file of test/support/speech without `.wav`. */
export function speech(name: string): Int16Array {
  return readWavFile(join(import.meta.dirname, 'speech', `${name}.wav`));
}

/** A prompt of the English pack. */
export function prompt(name: PromptName): Int16Array {
  return readWavFile(promptPath('en', name));
}
