// A fake of the callbacks' face: it keeps what it is told and says it again.
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import type {
  Answer,
  CallbackEventRecord,
  CallbackFilter,
  CallbackRecord,
  Callbacks,
  CreateCallback,
  MoveCallback,
} from '../../callback/index.ts';
import type { VirtualClock } from '../support/clock.ts';

/** Callbacks in a map, with the refusals of the contract. */
export class FakeCallbacks implements Callbacks {
  readonly records = new Map<string, CallbackRecord>();
  readonly log: CallbackEventRecord[] = [];
  readonly requests: CreateCallback[] = [];
  readonly answers: Answer[] = [];
  readonly #listeners: ((event: CallbackEventRecord) => void)[] = [];
  readonly #byKey = new Map<string, string>();
  readonly #clock: VirtualClock;
  /** What there is to choose from. */
  slots: ReturnType<Callbacks['availability']> = null;
  periods: ReturnType<Callbacks['openPeriods']> = null;
  times: Callbacks['times'] = { office: () => null, slots: () => null };
  /** Answers to calls to access numbers. */
  callIns: Callbacks['callIns'] = {
    find: () => ({ kind: 'unknown' }),
    match: () => Promise.reject(notFound('CALLBACK_ACCESS_UNKNOWN', 'nobody is expected so')),
  };
  /** Queues that take callbacks. */
  queues = ['support'];
  /** Set to make the next `create` fail. */
  fault: Error | null = null;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  async create(request: CreateCallback): ReturnType<Callbacks['create']> {
    if (this.fault !== null) throw this.fault;
    this.requests.push(request);
    const repeated = this.#byKey.get(request.idempotencyKey ?? '');
    const first = repeated === undefined ? undefined : this.records.get(repeated);
    if (first !== undefined) return { record: first, replayed: true };
    if (!this.queues.includes(request.queueId)) {
      throw badRequest('CALLBACK_QUEUE_UNKNOWN', 'no such queue', { queueId: request.queueId });
    }
    if ((request.desiredTimeMs ?? Infinity) < this.#clock.nowMs()) {
      throw badRequest('CALLBACK_TIME_PAST', 'the desired time is past');
    }
    const record = recordOf(`cb-${this.records.size + 1}`, request, this.#clock.nowMs());
    this.records.set(record.id, record);
    if (request.idempotencyKey !== null) this.#byKey.set(request.idempotencyKey, record.id);
    this.happen(record.id, 'created', {});
    return { record, replayed: false };
  }

  get(id: string): CallbackRecord | null {
    return this.records.get(id) ?? null;
  }

  list({
    queueId,
    queueIds,
    state,
    customerNumber,
    states,
    after,
    limit,
  }: CallbackFilter): ReturnType<Callbacks['list']> {
    const all = [...this.records.values()].filter(
      (record) =>
        (queueId === undefined || record.queueId === queueId) &&
        (queueIds?.includes(record.queueId) ?? true) &&
        (state === undefined || record.state === state) &&
        (states === undefined || states.includes(record.state)) &&
        (customerNumber === undefined || record.customerNumber === customerNumber),
    );
    const from = after === undefined ? 0 : all.findIndex((record) => record.id === after.id) + 1;
    const records = all.slice(from, from + limit);
    const more = from + limit < all.length;
    return { records, nextCursor: more ? (records.at(-1)?.id ?? null) : null };
  }

  async cancel(id: string): Promise<CallbackRecord> {
    const record = this.records.get(id);
    if (record === undefined) throw notFound('CALLBACK_UNKNOWN', 'no such callback', { id });
    if (record.state === 'completed') throw conflict('CALLBACK_COMPLETED', 'it is over', { id });
    this.happen(id, 'cancel-asked', { state: 'completed', reason: 'CANCELLED' });
    return this.records.get(id) ?? record;
  }

  async move(id: string, { desiredTimeMs }: MoveCallback): Promise<CallbackRecord> {
    const record = this.records.get(id);
    if (record === undefined) throw notFound('CALLBACK_UNKNOWN', 'no such callback', { id });
    const { state } = record;
    if (state !== 'scheduled' && state !== 'queued') {
      throw conflict('CALLBACK_STATE', 'the customer is being called', { id });
    }
    this.happen(id, 'moved', desiredTimeMs === undefined ? {} : { desiredTimeMs });
    return this.records.get(id) ?? record;
  }

  async answer(id: string, answer: Answer): Promise<CallbackRecord> {
    const asked = this.records.get(id)?.asked ?? null;
    if (asked?.who !== answer.by) throw conflict('CALLBACK_NOT_ASKED', 'not asked', { id });
    this.answers.push(answer);
    this.happen(id, 'answered', { asked: null });
    return this.records.get(id)!;
  }

  async dispose(id: string, said: { outcome: string; notes: string }): Promise<CallbackRecord> {
    if (!this.records.has(id)) throw notFound('CALLBACK_UNKNOWN', 'no such callback', { id });
    this.happen(id, 'disposition-given', { disposition: { ...said, atMs: this.#clock.nowMs() } });
    return this.records.get(id)!;
  }

  availability(): ReturnType<Callbacks['availability']> {
    return this.slots;
  }

  openPeriods(): ReturnType<Callbacks['openPeriods']> {
    return this.periods;
  }

  history(id: string): readonly CallbackEventRecord[] {
    return this.log.filter((event) => event.callbackId === id);
  }

  eventsAfter(sequence: number, limit: number): readonly CallbackEventRecord[] {
    return this.log.filter((event) => event.sequence > sequence).slice(0, limit);
  }

  onEvent(listener: (event: CallbackEventRecord) => void): void {
    this.#listeners.push(listener);
  }

  /** Something happens to a callback: the record changes, history grows, listeners hear of it. */
  happen(id: string, type: string, change: Partial<CallbackRecord>): void {
    const old = this.records.get(id);
    if (old === undefined) throw new Error(`no callback ${id}`);
    const record = { ...old, ...change, revision: old.revision + 1 };
    this.records.set(id, record);
    const event: CallbackEventRecord = {
      sequence: this.log.length + 1,
      callbackId: id,
      revision: record.revision,
      atMs: this.#clock.nowMs(),
      type,
      data: {},
      state: record.state,
    };
    this.log.push(event);
    for (const listener of this.#listeners) listener(event);
  }
}

function recordOf(id: string, request: CreateCallback, nowMs: number): CallbackRecord {
  return {
    id,
    revision: 0,
    queueId: request.queueId,
    customerNumber: request.customerNumber,
    state: request.desiredTimeMs === null ? 'queued' : 'scheduled',
    reason: null,
    priority: request.priority ?? 0,
    createdAtMs: nowMs,
    desiredTimeMs: request.desiredTimeMs,
    arrivedAtMs: request.desiredTimeMs ?? nowMs,
    expiresAtMs: nowMs + 86_400_000,
    completedAtMs: null,
    dialMode: request.dialMode ?? 'reservation',
    firstParty: request.firstParty ?? 'customer',
    maxAttempts: request.maxAttempts ?? 3,
    retryGapMs: (request.retryGapSeconds ?? 900) * 1_000,
    requiredSkills: request.requiredSkills,
    attempts: [],
    nextAttemptAtMs: null,
    userData: request.userData,
    timeZone: request.timeZone ?? null,
    agentId: request.agentId ?? null,
    agentStrict: request.agentStrict ?? false,
    access: accessOf(request, nowMs),
  };
}

/** The one access number of this world. */
function accessOf(
  { callIn }: CreateCallback,
  nowMs: number,
): NonNullable<CallbackRecord['access']> | null {
  if (callIn === undefined || callIn === null) return null;
  return {
    accessNumber: '+12025550170',
    accessCode: callIn.withCode === false ? null : '123456',
    expiresAtMs: nowMs + (callIn.callWithinSeconds ?? 120) * 1_000,
    isAwaited: callIn.opens === 'now',
  };
}
