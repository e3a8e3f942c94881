// Everything about one person: told, and erased. Knows the store and the recordings as ports; who
// may ask is a matter of the API. PURE.
import type { ChatFile } from './chat/model.ts';
import type { PersonChats } from './chat/runner.ts';
import { conflict } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';
import type { CallbackEventRecord, CallbackRecord, Callbacks } from './model.ts';
import { toRecord } from './record.ts';
import type { RecordingFiles } from './retention.ts';
import type { Keeping } from './store/keeping.ts';

export interface PeopleDeps {
  readonly keeping: Keeping;
  readonly callbacks: Pick<Callbacks, 'cancel'>;
  readonly chats: PersonChats;
  readonly recordings: RecordingFiles;
  readonly log: Log;
}

/** What is known about a number. */
export interface PersonExport {
  readonly callbacks: readonly CallbackRecord[];
  readonly events: readonly CallbackEventRecord[];
  readonly chats: readonly ChatFile[];
}

/** By what else a person is known while the store can still tell. */
export interface PersonTrail {
  /** E.164. */
  readonly customerNumber: string;
  readonly callbackIds: readonly string[];
  readonly chatIds: readonly string[];
}

export interface Erasure {
  readonly callbacksErased: number;
  readonly callbacksCancelled: number;
  readonly recordingsErased: number;
  readonly chatsErased: number;
}

export class People {
  readonly #deps: PeopleDeps;

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
  }

  /** @throws RingbackError STORE_UNAVAILABLE */
  export(customerNumber: string): PersonExport {
    const { callbacks, events } = this.#deps.keeping.person(customerNumber);
    const chats = this.#deps.chats.export(customerNumber);
    return { callbacks: callbacks.map(toRecord), events, chats };
  }

  /**
   * Wipes number, user data, evidence and recordings; what remains says that there was a callback.
   * @param unfinished what is done with promises not kept yet
   * @param askedBy for the audit line in the log
   * @param forget the same for what is kept outside the store: called, in one breath with the
   *   store's own erasure, while the store still knows what was the person's
   * @throws RingbackError PERSON_HAS_CALLBACKS {count}, PERSON_HAS_CHATS {count}, CALLBACK_STATE
   *   (they talk right now), STORE_UNAVAILABLE
   */
  async erase(
    customerNumber: string,
    unfinished: 'refuse' | 'cancel',
    askedBy: string,
    forget: (trail: PersonTrail) => void,
  ): Promise<Erasure> {
    const { keeping, callbacks, chats, recordings, log } = this.#deps;
    const waiting = keeping
      .person(customerNumber)
      .callbacks.filter(({ phase }) => phase.name !== 'completed');
    if (waiting.length > 0 && unfinished === 'refuse') {
      const fields = { count: waiting.length };
      throw conflict('PERSON_HAS_CALLBACKS', 'callbacks to this number are not over', fields);
    }
    const chatIds = chats.export(customerNumber).map(({ record }) => record.id);
    const chatsErased = chats.erase(customerNumber, unfinished);
    for (const { promise } of waiting) await callbacks.cancel(promise.id);
    // Files first: after a fault the request is repeated, and finds by the store what was left.
    const callbackIds = keeping.person(customerNumber).callbacks.map(({ promise }) => promise.id);
    const recordingsErased = callbackIds.length === 0 ? 0 : await recordings.eraseOf(callbackIds);
    forget({ customerNumber, callbackIds, chatIds });
    const erased = keeping.erasePerson(customerNumber);
    const erasure = {
      callbacksErased: erased.length,
      callbacksCancelled: waiting.length,
      recordingsErased,
      chatsErased,
    };
    log.info('person-erased', { askedBy, customerNumber, ...erasure });
    return erasure;
  }
}
