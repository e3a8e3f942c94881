// Text to speech: spoken once, kept on disk, played like any other file. Bounds on the length of a
// text and on how many are spoken at once.
import { badRequest, unavailable } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { convertSound } from '../prompts/convert.ts';
import { SpeechCache } from './cache.ts';
import { speakWithEspeak } from './espeak.ts';

export interface SpeechOptions {
  /** `espeak-ng`, by name or path; null: no text is spoken. */
  readonly program: string | null;
  /** The engine's voice for a language; a language without one is asked for by its own tag. */
  readonly voices: Readonly<Record<string, string>>;
  readonly cacheDir: string;
  readonly maxCacheBytes: number;
  /** For one text. */
  readonly timeoutMs: number;
}

/** Words to be spoken. */
export interface SpokenText {
  readonly text: string;
  /** BCP 47. */
  readonly language: string;
}

export interface Speech {
  /**
   * The WAV file of a text, made now unless it was spoken before.
   * @param pinned kept for as long as the process runs
   * @throws RingbackError SPEECH_TEXT_INVALID, SPEECH_UNAVAILABLE, SPEECH_BUSY, SPEECH_FAILED
   */
  say(spoken: SpokenText, pinned?: boolean): Promise<string>;
}

/** About a minute and a half. */
export const LONGEST_TEXT = 1_000;
const LONGEST_SECONDS = 300;
const MOST_AT_ONCE = 2;
const MOST_WAITING = 32;

export function createSpeech(options: SpeechOptions, clock: Clock): Speech {
  return new EspeakSpeech(options, clock);
}

class EspeakSpeech implements Speech {
  readonly #options: SpeechOptions;
  readonly #cache: SpeechCache;
  /** By path: the same text asked for twice is spoken once. */
  readonly #inHand = new Map<string, Promise<string>>();
  readonly #waiting: (() => void)[] = [];
  #speaking = 0;

  constructor(options: SpeechOptions, clock: Clock) {
    this.#options = options;
    this.#cache = new SpeechCache(options.cacheDir, options.maxCacheBytes, clock);
  }

  async say({ text, language }: SpokenText, pinned = false): Promise<string> {
    checkText(text);
    const voice = this.#options.voices[language] ?? language;
    const path = this.#cache.pathFor('espeak-ng', voice, text);
    if (pinned) this.#cache.pin(path);
    const inHand = this.#inHand.get(path);
    if (inHand !== undefined) return inHand;
    const made = this.#make(path, voice, text).finally(() => this.#inHand.delete(path));
    this.#inHand.set(path, made);
    return made;
  }

  async #make(path: string, voice: string, text: string): Promise<string> {
    if (await this.#cache.has(path)) return path;
    const { program, timeoutMs } = this.#options;
    if (program === null) throw unavailable('SPEECH_UNAVAILABLE', 'no speech engine is set');
    await this.#turn();
    try {
      const wav = await speakWithEspeak(program, voice, text, timeoutMs);
      const sound = await convertSound(wav, LONGEST_SECONDS);
      await this.#cache.keep(path, sound.wav);
      return path;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#speaking -= 1;
      else next();
    }
  }

  async #turn(): Promise<void> {
    if (this.#speaking < MOST_AT_ONCE) {
      this.#speaking += 1;
      return;
    }
    if (this.#waiting.length >= MOST_WAITING) {
      throw unavailable('SPEECH_BUSY', 'too many texts are being spoken');
    }
    // Whoever is done leaves its turn to the first that waits.
    await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }
}

function checkText(text: string): void {
  const fits = text.length >= 1 && text.length <= LONGEST_TEXT && !/\p{Cc}/u.test(text);
  if (fits && /[\p{L}\p{N}]/u.test(text)) return;
  throw badRequest('SPEECH_TEXT_INVALID', `a text is 1 to ${LONGEST_TEXT} characters`, {
    maxCharacters: LONGEST_TEXT,
  });
}
