// What reports are made from: one fact for each finished callback, with nothing personal in it, so
// that it may outlive the callback itself. PURE.
import type { AttemptResult, CompletionReason } from './model.ts';
import type { CallbackMachineState } from './state.ts';

export interface CallbackFact {
  readonly id: string;
  readonly queueId: string;
  readonly completedAtMs: number;
  readonly reason: CompletionReason;
  /** Whether a time was asked for. */
  readonly isScheduled: boolean;
  /** From when its customer waited: creation, or the desired time. */
  readonly dueAtMs: number;
  readonly firstDialAtMs: number | null;
  /** The answer of the call that led to an agent. */
  readonly connectedAtMs: number | null;
  /** Attempts that were answered, by whomever or whatever. */
  readonly answered: number;
  /** The wait predicted when it was created; null: none was. */
  readonly promisedWaitMs: number | null;
  /** Of all attempts, in their order. */
  readonly results: readonly AttemptResult[];
}

/** What a report counts of callers who were asked whether they want to be called back. */
export type OfferAnswer = 'made' | 'accepted' | 'declined';

export interface OfferCount {
  readonly atMs: number;
  readonly queueId: string;
  readonly made: number;
  readonly accepted: number;
  readonly declined: number;
}

/** Of a callback that is over; null: it is not. */
export function factOf({ promise, phase, attempts }: CallbackMachineState): CallbackFact | null {
  if (phase.name !== 'completed') return null;
  const connected = attempts.findLast(({ result }) => result === 'CONNECTED');
  return {
    id: promise.id,
    queueId: promise.queueId,
    completedAtMs: phase.completedAtMs,
    reason: phase.reason,
    isScheduled: promise.desiredTimeMs !== null,
    dueAtMs: Math.max(promise.createdAtMs, promise.desiredTimeMs ?? 0),
    firstDialAtMs: attempts[0]?.startedAtMs ?? null,
    connectedAtMs: connected?.answeredAtMs ?? null,
    answered: attempts.filter(({ answeredAtMs }) => answeredAtMs !== null).length,
    promisedWaitMs: promise.predictedWaitMs ?? null,
    results: attempts.map(({ result }) => result ?? 'UNKNOWN'),
  };
}
