// Configuration of what is heard: languages, texts spoken for the site, announcements, recording.
// PURE.
import { z } from 'zod';
import { text, whole } from './fields.ts';

/** A prompt of the prompt pack, of the site, or of `prompts`. */
export const promptName = (): z.ZodString =>
  z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/)
    .meta({ allowed: 'the name of a prompt' });

export const languageTag = (): z.ZodString =>
  z
    .string()
    .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}$/)
    .meta({ allowed: 'a language tag such as en or de' });

export const speechSchema = z
  .strictObject({
    engine: z
      .enum(['espeak-ng', 'none'])
      .default('espeak-ng')
      .describe('What speaks texts. `espeak-ng` is only run when there is a text to be spoken.'),
    program: text(1_024)
      .default('espeak-ng')
      .describe('The program of that engine: a name on the path, or a file.'),
    voices: z
      .record(
        languageTag(),
        z
          .string()
          .regex(/^[A-Za-z][A-Za-z0-9+_-]{0,63}$/)
          .meta({ allowed: 'the name of a voice' }),
      )
      .default({})
      .describe('Voice for a language: `{de: de+f3}`. Others speak with the voice of that name.'),
    timeoutSeconds: whole(1, 60)
      .default(10)
      .describe('A text that takes longer is given up: somebody may be waiting for it.'),
    cacheMegabytes: whole(1, 10_000)
      .default(100)
      .describe('Spoken texts kept in `dataDir`/speech; the ones not used for longest go first.'),
  })
  .prefault({})
  .describe('Text to speech.');

const spokenPromptSchema = z.strictObject({
  name: promptName().describe('Usable wherever a prompt is named.'),
  say: z
    .strictObject({
      text: text(1_000).describe('What is said.'),
      language: languageTag()
        .nullable()
        .default(null)
        .describe('Its language. null: `media.language`.'),
    })
    .describe('A text that `media.speech` speaks at the start.'),
  fallback: promptName()
    .nullable()
    .default(null)
    .describe(
      'Prompt that is heard when the text cannot be spoken. null: Ringback does not start then.',
    ),
});

export const promptsSchema = z
  .array(spokenPromptSchema)
  .max(500)
  .default([])
  .describe('Prompts made from texts. One name may be there once for each language.');

export const announceSchema = z
  .strictObject({
    position: z
      .boolean()
      .default(false)
      .describe('Callers hear their place in line after the welcome, callbacks counted.'),
    wait: z
      .boolean()
      .default(false)
      .describe('They hear the estimated wait, rounded; nothing while it is not known.'),
  })
  .prefault({})
  .describe('What callers on the line are told.');

export const recordingSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe('Conversations are recorded, as with `callback.record`.'),
    consentPrompt: promptName()
      .nullable()
      .default(null)
      .describe(
        'Played to customer and agent when they are joined, such as `recording-notice`; the ' +
          'recording begins after it. null: nothing is said.',
      ),
    beepEverySeconds: whole(1, 600)
      .nullable()
      .default(null)
      .describe('A soft beep for both so often while it records. null: none.'),
    pauseOnHold: z
      .boolean()
      .default(true)
      .describe('While the customer is on hold, the recording is silent.'),
  })
  .prefault({})
  .describe('Recording of conversations: in many places the parties must know or agree.');
