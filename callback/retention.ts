// How long things are kept: a job that archives and erases in small batches with pauses between
// them, so that nothing else waits for it. Knows no tables and no files, only their ports. PURE.
import type { Clock, Log, Timer } from '../core/ports.ts';
import type { ChatStore } from './chat/store.ts';
import type { Keeping } from './store/keeping.ts';

const dayMs = 86_400_000;
/** Rows dealt with at once: a few milliseconds of the store. */
const batchSize = 100;
const pauseMs = 50;
const roundMs = 3_600_000;

/** Days since the end of what they are about. */
export interface RetentionDays {
  /** Finished callbacks leave the lists for the archive. */
  readonly completedDays: number;
  /** Archived callbacks are erased, with everything about them; counted from their end, too. */
  readonly archivedDays: number;
  readonly eventsDays: number;
  readonly recordingsDays: number;
  readonly idempotencyDays: number;
  readonly reportsDays: number;
  readonly chatsDays: number;
}

/** Recordings, wherever they are. */
export interface RecordingFiles {
  /** Erases what was last written before; answers how many. */
  eraseBefore(beforeMs: number): Promise<number>;
  /** Erases the recordings of these callbacks; answers how many. */
  eraseOf(callbackIds: readonly string[]): Promise<number>;
}

export interface RetentionDeps {
  readonly keeping: Keeping;
  readonly chats: Pick<ChatStore, 'eraseOver'>;
  readonly recordings: RecordingFiles;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a round dealt with, for the log. */
type Counts = Record<'archived' | 'callbacks' | 'lines' | 'keys' | 'facts' | 'chats', number>;

/** One batch; true: there may be more. */
type Task = (counts: Counts) => boolean;

/** Runs until stopped: the first round after a minute, then one each hour. */
export class Retention {
  readonly #days: RetentionDays;
  readonly #deps: RetentionDeps;
  #timer: Timer | null = null;
  #stopped = false;

  constructor(days: RetentionDays, deps: RetentionDeps) {
    this.#days = days;
    this.#deps = deps;
    this.#after(60_000, () => this.#round());
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #after(delayMs: number, work: () => void): void {
    if (!this.#stopped) this.#timer = this.#deps.clock.after(delayMs, work);
  }

  #round(): void {
    const counts = { archived: 0, callbacks: 0, lines: 0, keys: 0, facts: 0, chats: 0 };
    this.#next(this.#tasks(), counts);
    const { recordings, log } = this.#deps;
    recordings.eraseBefore(this.#before(this.#days.recordingsDays)).then(
      (erased) => log.info('recordings-erased', { erased }),
      (fault: unknown) => log.error('recordings-not-erased', { reason: String(fault) }),
    );
  }

  #next(tasks: readonly Task[], counts: Counts): void {
    const [task, ...rest] = tasks;
    if (task === undefined) {
      this.#deps.log.info('retention-round', counts);
      this.#after(roundMs, () => this.#round());
      return;
    }
    let isMore = false;
    try {
      isMore = task(counts);
    } catch (fault) {
      // A store that refuses now is asked again in the next round; the other tasks are tried.
      this.#deps.log.warn('retention-failed', { reason: String(fault) });
    }
    this.#after(pauseMs, () => this.#next(isMore ? tasks : rest, counts));
  }

  #tasks(): readonly Task[] {
    const { keeping, chats } = this.#deps;
    const { completedDays, archivedDays, eventsDays, idempotencyDays, reportsDays, chatsDays } =
      this.#days;
    const counted =
      (what: keyof Counts, days: number, erase: (beforeMs: number) => number): Task =>
      (counts) => {
        const dealtWith = erase(this.#before(days));
        counts[what] += dealtWith;
        return dealtWith >= batchSize;
      };
    return [
      counted('archived', completedDays, (beforeMs) => keeping.archive(beforeMs, batchSize)),
      counted('callbacks', archivedDays, (beforeMs) => keeping.eraseArchived(beforeMs, batchSize)),
      this.#historyTask(eventsDays),
      counted('keys', idempotencyDays, (beforeMs) => keeping.eraseKeys(beforeMs, batchSize)),
      counted('facts', reportsDays, (beforeMs) => keeping.eraseFacts(beforeMs, batchSize)),
      counted('chats', chatsDays, (beforeMs) => chats.eraseOver(beforeMs, batchSize)),
    ];
  }

  /** Lines of unfinished callbacks stay and are passed over, once in every round. */
  #historyTask(eventsDays: number): Task {
    let passed: number | null = 0;
    return (counts) => {
      const from = passed ?? 0;
      const { erased, last } = this.#deps.keeping.eraseHistory(
        this.#before(eventsDays),
        from,
        batchSize,
      );
      counts.lines += erased;
      passed = last;
      return last !== null;
    };
  }

  #before(days: number): number {
    return this.#deps.clock.nowMs() - days * dayMs;
  }
}
