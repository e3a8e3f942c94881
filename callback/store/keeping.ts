// What a store forgets and what it tells beyond single callbacks, as a port: retention in small
// batches, everything about one person, and the facts of reports. Every call is short.
import type { CallbackFact, OfferAnswer, OfferCount } from '../facts.ts';
import type { CallbackEventRecord } from '../model.ts';
import type { CallbackMachineState } from '../state.ts';

/** Everything that is stored about one number. */
export interface PersonFile {
  /** Unfinished, finished and archived ones, oldest first. */
  readonly callbacks: readonly CallbackMachineState[];
  readonly events: readonly CallbackEventRecord[];
}

/** A place in the facts, ordered by completion and id. */
export interface FactCursor {
  readonly completedAtMs: number;
  readonly id: string;
}

/** Each erasing call answers how many rows it dealt with: 0 when there is nothing left to do. */
export interface Keeping {
  /** Moves callbacks completed before `beforeMs` to the archive, at most `limit`. */
  archive(beforeMs: number, limit: number): number;
  /** Erases archived callbacks completed before `beforeMs`, with their histories. */
  eraseArchived(beforeMs: number, limit: number): number;
  /**
   * Looks at the next `limit` lines of history after `afterSequence` and erases those from before
   * `beforeMs` of callbacks that are over; `last` is the last one looked at, null at the end.
   */
  eraseHistory(
    beforeMs: number,
    afterSequence: number,
    limit: number,
  ): { readonly erased: number; readonly last: number | null };
  eraseKeys(beforeMs: number, limit: number): number;
  /** Facts of reports and counts of offers from before `beforeMs`. */
  eraseFacts(beforeMs: number, limit: number): number;

  person(customerNumber: string): PersonFile;
  /** Wipes the person from everything that is over; answers the callbacks wiped, as they were. */
  erasePerson(customerNumber: string): readonly CallbackMachineState[];

  /** Facts completed before `toMs`, after the cursor, in order. */
  facts(after: FactCursor, toMs: number, limit: number): readonly CallbackFact[];
  countOffer(queueId: string, answer: OfferAnswer, atMs: number): void;
  offers(fromMs: number, toMs: number): readonly OfferCount[];
}
