// Prompts as the assembly and the API see them: the store, what the configuration speaks and names,
// and what an interaction hears.
import { join } from 'node:path';
import type { Clock, Log } from '../core/ports.ts';
import { conflict } from '../core/errors.ts';
import type { Callbacks, LiveCalls, RecordingManner } from '../callback/index.ts';
import type { Phrase } from '../media/index.ts';
import { createSpeech, PROMPT_NAMES } from '../media/index.ts';
import type { Router } from '../routing/index.ts';
import type { Config } from './config.ts';
import { toSpeechOptions } from './config.ts';
import { PromptStore } from './prompt-store.ts';
import type { StoredPrompt } from './prompt-store.ts';
import { waitAtPosition } from './schemas/queues.ts';
import {
  checkTreatments,
  createTreatments,
  namedTreatments,
  speakPrompts,
  type TreatmentContext,
  type Treatments,
} from './treatments.ts';

/** What the routes may do with prompts; see PromptStore for the errors. */
export interface Prompts {
  list(): Promise<readonly StoredPrompt[]>;
  get(name: string, language: string): Promise<StoredPrompt | null>;
  audio(name: string, language: string): Promise<Uint8Array<ArrayBuffer>>;
  put(name: string, language: string, wav: Uint8Array, replace: boolean): Promise<StoredPrompt>;
  /** @throws RingbackError PROMPT_UNKNOWN, PROMPT_IN_USE */
  remove(name: string, language: string): Promise<void>;
  /** Whether there is one, in the default language or any way to it. */
  knows(name: string): boolean;
  /** What an interaction hears of it. @throws RingbackError TREATMENT_UNKNOWN */
  readonly sources: Treatments['sources'];
  /** Languages that callbacks may ask for. */
  languages(): readonly string[];
}

/**
 * Opens the prompts and speaks what the configuration wants spoken.
 * @throws RingbackError TREATMENT_UNKNOWN, LANGUAGE_UNKNOWN, SPEECH_UNAVAILABLE ...
 */
export async function openPrompts(
  config: Config,
  context: TreatmentContext,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<{ readonly treatments: Treatments; readonly prompts: Prompts }> {
  const store = new PromptStore(join(config.dataDir, 'prompts'));
  const spoken = await speakPrompts(config, createSpeech(toSpeechOptions(config), clock), log);
  const defaultLanguage = config.media.language;
  const treatments = createTreatments({ store, spoken, defaultLanguage, log }, context);
  checkTreatments(treatments, config);
  const prompts: Prompts = {
    list: () => store.list(),
    get: (name, language) => store.get(name, language),
    audio: (name, language) => store.audio(name, language),
    put: (name, language, wav, replace) => store.put(name, language, wav, replace),
    languages: () => treatments.languages(),
    knows: (name) => treatments.knows(name, defaultLanguage),
    sources: treatments.sources,
    async remove(name, language) {
      const inPack = PROMPT_NAMES.some((known) => known === name);
      if (!inPack && namedTreatments(config).some((named) => named.name === name)) {
        throw conflict('PROMPT_IN_USE', 'the configuration names it', { name, language });
      }
      await store.remove(name, language);
    },
  };
  return { treatments, prompts };
}

/** Who knows interactions; some of them are made later than the prompts. */
interface Knowing {
  readonly router: Pick<Router, 'entry' | 'queue'>;
  readonly callbacks: () => Pick<Callbacks, 'get'>;
  readonly liveCallers: () => Pick<LiveCalls, 'get'>;
  /** The queue of a caller of an access number; null: it is not one. */
  readonly accessQueueOf?: (interactionId: string) => string | null;
}

/** Language and announcements of an interaction, from whoever knows it. */
export function treatmentContext(
  config: Config,
  { router, callbacks, liveCallers, accessQueueOf }: Knowing,
): TreatmentContext {
  const queueOf = (id: string | undefined) => config.queues.find((queue) => queue.id === id);
  return {
    languageOf(interactionId) {
      const callback = callbacks().get(interactionId);
      const asked = callback?.language ?? null;
      const onLine = callback?.queueId ?? liveCallers().get(interactionId)?.queueId;
      const queueId = onLine ?? accessQueueOf?.(interactionId) ?? undefined;
      return asked ?? queueOf(queueId)?.language ?? null;
    },
    announcementsTo(interactionId, treatment): readonly Phrase[] {
      const entry = router.entry(interactionId);
      const queue = entry === null ? null : router.queue(entry.queueId);
      const announce = queueOf(entry?.queueId)?.announce;
      // Who has an agent already, or will in a moment, need not hear of waiting.
      if (entry === null || queue === null || announce === undefined) return [];
      if (entry.state === 'assigned') return [];
      const { position } = entry;
      // Who is offered a callback hears both, where the queue announces nothing else.
      const isOffer = treatment === 'callback-offer';
      const { reason, ewtSeconds: seconds } = waitAtPosition(queue, position);
      return [
        ...(announce.position || isOffer ? [{ kind: 'position', position } as const] : []),
        ...((announce.wait || isOffer) && reason === 'estimated'
          ? [{ kind: 'wait', seconds } as const]
          : []),
      ];
    },
  };
}

/** How the conversations of an interaction's queue are recorded, if they are. */
export function recordingMannerOf(
  config: Config,
  { callbacks, liveCallers }: Knowing,
  sources: Treatments['sources'],
): (interactionId: string) => RecordingManner {
  return (interactionId) => {
    const callback = callbacks().get(interactionId);
    const queueId = callback?.queueId ?? liveCallers().get(interactionId)?.queueId;
    const manner = config.queues.find((queue) => queue.id === queueId)?.recording;
    const prompt = manner?.consentPrompt ?? null;
    const everySeconds = manner?.beepEverySeconds ?? null;
    return {
      consent: prompt === null ? [] : sources(prompt, interactionId),
      beepEveryMs: everySeconds === null ? null : everySeconds * 1_000,
      pauseOnHold: manner?.pauseOnHold ?? false,
    };
  };
}
