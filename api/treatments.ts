// What the waiting party hears, by name and language: a prompt of the site, a text spoken for it,
// or one of the pack; with what a queue announces after its welcome.
import type { Log } from '../core/ports.ts';
import { RingbackError } from '../core/errors.ts';
import type { Phrase, PlaySource, Speech } from '../media/index.ts';
import {
  isPromptLanguage,
  phraseSources,
  PROMPT_LANGUAGES,
  PROMPT_NAMES,
  promptPath,
} from '../media/index.ts';
import type { Config } from './config.ts';
import type { PromptStore } from './prompt-store.ts';

/** Treatments whose pack prompt has another name. */
const PACK_NAME: ReadonlyMap<string, string> = new Map([['waiting', 'waiting-music']]);
/** Treatments the rules ask for by themselves. */
const BUILT_IN = ['connecting', 'queue-welcome'] as const;
/** Treatments that tell the place in line and the wait. */
const ANNOUNCED: ReadonlySet<string> = new Set(['queue-welcome', 'callback-offer']);
/** Between the welcome and each thing announced after it. */
const PAUSE: PlaySource = { kind: 'silence', durationMs: 300 };

/** What treatments need to know of one interaction. */
export interface TreatmentContext {
  /** The language that was asked for; null: the default. */
  languageOf(interactionId: string): string | null;
  /** What is announced with a treatment. */
  announcementsTo(interactionId: string, treatment: string): readonly Phrase[];
}

export interface Treatments {
  /** What a leg plays. @throws RingbackError TREATMENT_UNKNOWN */
  readonly sources: (
    treatment: string,
    interactionId: string,
    digits?: string,
  ) => readonly PlaySource[];
  /** Whether there is such a prompt in any language that could be fallen back to. */
  knows(treatment: string, language: string): boolean;
  /** Languages in which there is something to be heard. */
  languages(): readonly string[];
}

/** A text of the configuration: where it was spoken to, or what is heard instead. */
type SpokenPrompt = { readonly path: string } | { readonly instead: string };

/**
 * Speaks the texts of the configuration.
 * @returns by `language/name`
 * @throws RingbackError SPEECH_UNAVAILABLE ... for a text without a fallback
 */
export async function speakPrompts(
  { prompts, media }: Pick<Config, 'prompts' | 'media'>,
  speech: Speech,
  log: Log,
): Promise<ReadonlyMap<string, SpokenPrompt>> {
  const spoken = await Promise.all(
    prompts.map(async ({ name, say, fallback }): Promise<[string, SpokenPrompt]> => {
      const language = say.language ?? media.language;
      const key = `${language}/${name}`;
      try {
        return [key, { path: await speech.say({ text: say.text, language }, true) }];
      } catch (error) {
        if (fallback === null) throw error;
        log.warn('prompt-not-spoken', { name, language, fallback, error });
        return [key, { instead: fallback }];
      }
    }),
  );
  return new Map(spoken);
}

export interface TreatmentOptions {
  readonly store: PromptStore;
  readonly spoken: ReadonlyMap<string, SpokenPrompt>;
  readonly defaultLanguage: string;
  readonly log: Log;
}

/** @param context asked at every play */
export function createTreatments(options: TreatmentOptions, context: TreatmentContext): Treatments {
  const { store, spoken, defaultLanguage, log } = options;

  function pathIn(name: string, language: string): string | null {
    const own = store.pathOf(name, language) ?? store.pathOf(name, null);
    if (own !== null) return own;
    const said = spoken.get(`${language}/${name}`);
    if (said !== undefined) return 'path' in said ? said.path : pathIn(said.instead, language);
    const wanted = PACK_NAME.get(name) ?? name;
    const inPack = PROMPT_NAMES.find((known) => known === wanted);
    return inPack === undefined || !isPromptLanguage(language)
      ? null
      : promptPath(language, inPack);
  }

  function pathOf(name: string, language: string): string {
    const found = pathIn(name, language);
    if (found !== null) return found;
    const instead = language === defaultLanguage ? null : pathIn(name, defaultLanguage);
    if (instead === null) throw unknownTreatment(name, language);
    log.warn('prompt-language-missing', { name, language, instead: defaultLanguage });
    return instead;
  }

  return {
    sources(treatment, interactionId, digits) {
      const language = context.languageOf(interactionId) ?? defaultLanguage;
      const file = { kind: 'file', path: pathOf(treatment, language) } as const;
      const speaks = [language, defaultLanguage, 'en'].find(isPromptLanguage) ?? 'en';
      const say = (phrases: readonly Phrase[]): readonly PlaySource[] =>
        phrases.flatMap((phrase) => [PAUSE, ...phraseSources(speaks, phrase)]);
      if (digits !== undefined) return [file, ...say([{ kind: 'code', digits }]), PAUSE];
      const announced = ANNOUNCED.has(treatment)
        ? say(context.announcementsTo(interactionId, treatment))
        : [];
      // An offer comes after what makes it worth hearing.
      return treatment === 'queue-welcome' ? [file, ...announced] : [...announced, file];
    },
    knows: (name, language) =>
      pathIn(name, language) !== null || pathIn(name, defaultLanguage) !== null,
    languages() {
      const said = [...spoken.keys()].map((key) => key.split('/')[0] ?? '');
      return [...new Set([...PROMPT_LANGUAGES, ...store.languages(), ...said])].toSorted();
    },
  };
}

/** Every prompt that the configuration names, with the language of its queue. */
export function namedTreatments(
  config: Config,
): readonly { readonly name: string; readonly language: string }[] {
  const builtIn = BUILT_IN.map((name) => ({ name, language: config.media.language }));
  const named = config.queues.flatMap(({ callback, recording, language }) =>
    [
      callback.greeting,
      callback.waiting,
      callback.apology,
      callback.machineMessage,
      ...callback.survey,
      recording.consentPrompt,
    ].flatMap((name) =>
      name === null ? [] : [{ name, language: language ?? config.media.language }],
    ),
  );
  return [...builtIn, ...named];
}

/**
 * Makes sure at the start that everything the queues may play is there.
 * @throws RingbackError TREATMENT_UNKNOWN, LANGUAGE_UNKNOWN
 */
export function checkTreatments(treatments: Treatments, config: Config): void {
  const languages = treatments.languages();
  const wanted = [config.media.language, ...config.queues.map(({ language }) => language)];
  for (const language of wanted) {
    if (language !== null && !languages.includes(language))
      throw unknownLanguage(language, languages);
  }
  for (const { name, language } of namedTreatments(config)) {
    if (!treatments.knows(name, language)) throw unknownTreatment(name, language);
  }
}

function unknownLanguage(language: string, known: readonly string[]): RingbackError {
  return new RingbackError(
    'LANGUAGE_UNKNOWN',
    `there are no prompts in "${language}", only in ${known.join(', ')}`,
    { retryable: false, httpStatus: 400 },
    { language, known: known.join(', ') },
  );
}

function unknownTreatment(treatment: string, language: string): RingbackError {
  return new RingbackError(
    'TREATMENT_UNKNOWN',
    `there is no prompt "${treatment}": upload one, put a WAV file of that name into the prompts ` +
      `folder, or use one of ${[...PROMPT_NAMES, ...PACK_NAME.keys()].join(', ')}`,
    { retryable: false, httpStatus: 500 },
    { treatment, language },
  );
}
