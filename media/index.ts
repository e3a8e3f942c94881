// The public face of media/: sound on legs. Other folders import this file only.
export { createMedia } from './engine.ts';
export { isWebRtc } from './webrtc/read.ts';
export { findWorkerFile } from './webrtc/worker-file.ts';
export * from './types.ts';
export { mixPlan } from './mix-plan.ts';
export type { MixKind } from './mix-plan.ts';
export {
  isPromptLanguage,
  phraseSources,
  PROMPT_LANGUAGES,
  PROMPT_NAMES,
  promptPath,
  spokenPhrase,
} from './prompts/index.ts';
export type { Phrase, PromptLanguage } from './prompts/index.ts';
export { convertSound } from './prompts/convert.ts';
export type { ConvertedSound } from './prompts/convert.ts';
export { createSpeech } from './speech/speech.ts';
export type { Speech, SpeechOptions, SpokenText } from './speech/speech.ts';
