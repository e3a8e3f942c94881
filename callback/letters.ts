// What waits to be stepped in the next tick. One bounded first-in, first-out box for all callbacks
// keeps the events of each one in order.
import type { AccessCall } from './access.ts';
import type { Answer, CallbackRecord, CreateCallback, Disposition } from './model.ts';
import type { MoveCallback } from './schedule.ts';
import type { CallbackMachineEvent } from './state.ts';

/** Somebody waits for the answer. */
export interface Asked<Answer> {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

export interface Created {
  readonly record: CallbackRecord;
  readonly replayed: boolean;
}

export type Letter =
  | { readonly kind: 'event'; readonly id: string; readonly event: CallbackMachineEvent }
  | { readonly kind: 'create'; readonly request: CreateCallback; readonly asked: Asked<Created> }
  | {
      readonly kind: 'answer';
      readonly id: string;
      readonly answer: Answer;
      readonly asked: Asked<CallbackRecord>;
    }
  | {
      readonly kind: 'dispose';
      readonly id: string;
      readonly said: Omit<Disposition, 'atMs'>;
      readonly asked: Asked<CallbackRecord>;
    }
  | { readonly kind: 'match'; readonly call: AccessCall; readonly asked: Asked<CallbackRecord> }
  | {
      readonly kind: 'call-in';
      readonly id: string;
      readonly callerId: string;
      readonly asked: Asked<CallbackRecord>;
    }
  | { readonly kind: 'merge'; readonly id: string; readonly asked: Asked<CallbackRecord> }
  | { readonly kind: 'cancel'; readonly id: string; readonly asked: Asked<CallbackRecord> }
  | {
      readonly kind: 'move';
      readonly id: string;
      readonly change: MoveCallback;
      readonly asked: Asked<CallbackRecord>;
    };

/** Letters kept while the store cannot be written; news beyond it is dropped, and said so. */
export const maxLetters = 100_000;

export class LetterBox {
  #letters: Letter[] = [];

  get size(): number {
    return this.#letters.length;
  }

  /** False when the box is full. */
  put(letter: Letter): boolean {
    if (this.#letters.length >= maxLetters) return false;
    this.#letters.push(letter);
    return true;
  }

  /** Takes the oldest `count`. */
  take(count: number): Letter[] {
    if (count >= this.#letters.length) {
      const all = this.#letters;
      this.#letters = [];
      return all;
    }
    return this.#letters.splice(0, count);
  }

  /** Gives letters back to the front, in their order. */
  putBack(letters: readonly Letter[]): void {
    if (letters.length > 0) this.#letters = [...letters, ...this.#letters];
  }
}
