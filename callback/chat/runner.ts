// The driver of chats: load, step, commit, perform, one event at a time and never awaiting between.
// What routing forgets with the process is told it again from what is on disk.
import type { Clock, Ids, Log, Timer } from '../../core/ports.ts';
import { conflict, RingbackError } from '../../core/errors.ts';
import { DueTimes } from '../due-times.ts';
import type { Callbacks, CreateCallback } from '../model.ts';
import type { AgentEvent, Agents } from '../ports.ts';
import { beginChat, stepChat } from './machine.ts';
import type {
  ChatFile,
  ChatFilter,
  ChatLine,
  ChatPage,
  ChatParty,
  ChatRecord,
  ChatRules,
  Chats,
  HandOverGoal,
  OpenChat,
} from './model.ts';
import * as requests from './requests.ts';
import { chatRecordOf, wakeAtMs } from './state.ts';
import type { ChatEffect, ChatEvent, ChatState } from './state.ts';
import type { ChatStore } from './store.ts';

export interface ChatOptions {
  /** Queues that take chats, by id. */
  readonly rules: ReadonlyMap<string, ChatRules>;
  /** Chats that are not over at one time. */
  readonly maxOpen: number;
}

export interface ChatDeps {
  readonly store: ChatStore;
  readonly agents: Agents;
  readonly callbacks: Pick<Callbacks, 'create'>;
  /** Whether there is an agent of that id. */
  readonly isAgent: (agentId: string) => boolean;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** What is known of one person. */
export interface PersonChats {
  export(customerNumber: string): readonly ChatFile[];
  /**
   * Erases the person's chats with their transcripts.
   * @param unfinished what is done with those that are not over
   * @throws RingbackError PERSON_HAS_CHATS {count}, STORE_UNAVAILABLE
   */
  erase(customerNumber: string, unfinished: 'refuse' | 'cancel'): number;
}

export interface RunningChats extends Chats, PersonChats {
  /** Takes up what is unfinished. @throws RingbackError STORE_UNAVAILABLE */
  start(): void;
  stop(): void;
}

/** A commit or a place that was refused is tried again after this. */
const retryMs = 2_000;
const maxSleepMs = 30_000;
const maxExportedLines = 1_000;

export function createChats(options: ChatOptions, deps: ChatDeps): RunningChats {
  return new ChatRunner(options, deps);
}

class ChatRunner implements RunningChats {
  readonly #options: ChatOptions;
  readonly #deps: ChatDeps;
  readonly #open = new Map<string, ChatState>();
  readonly #due = new DueTimes();
  readonly #listeners: ((record: ChatRecord, line: ChatLine) => void)[] = [];
  #running = false;
  #timer: Timer | null = null;

  constructor(options: ChatOptions, deps: ChatDeps) {
    this.#options = options;
    this.#deps = deps;
    deps.agents.onNotice((id, notice) => this.#noticed(id, notice));
  }

  start(): void {
    const { store, clock, log } = this.#deps;
    const states = store.unfinished();
    this.#running = true;
    for (const state of states) {
      this.#keep(state);
      this.#hear(state.id, { type: 'process-restarted', atMs: clock.nowMs() });
    }
    log.info('chats-started', { unfinished: states.length });
    this.#arm();
  }

  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
    this.#timer = null;
  }

  open(request: OpenChat): { readonly record: ChatRecord; readonly replayed: boolean } {
    this.#checkRunning();
    const { store, clock, ids } = this.#deps;
    const { idempotencyKey: key } = request;
    const before = key === null ? null : store.openedUnder(key);
    if (before !== null) {
      requests.checkSame(before, request);
      return { record: chatRecordOf(before), replayed: true };
    }
    const { rules, maxOpen } = this.#options;
    const own = rules.get(request.queueId);
    if (own === undefined) throw requests.queueUnknown(request.queueId);
    if (this.#open.size >= maxOpen) throw requests.tooManyChats(maxOpen);
    const atMs = clock.nowMs();
    const [state, effects] = beginChat(ids.next(), request, own, atMs);
    this.#take(null, state, effects, atMs, key);
    return { record: chatRecordOf(this.#open.get(state.id) ?? state), replayed: false };
  }

  get(id: string): ChatRecord | null {
    const state = this.#open.get(id) ?? this.#deps.store.load(id);
    return state === null ? null : chatRecordOf(state);
  }

  list(filter: ChatFilter): ChatPage {
    return this.#deps.store.list(filter);
  }

  lines(id: string, after: number, limit: number): readonly ChatLine[] {
    return this.#deps.store.lines(id, after, limit);
  }

  say(id: string, by: ChatParty, text: string, messageId: string | null): ChatLine {
    this.#checkRunning();
    const { store, clock } = this.#deps;
    const said = messageId === null ? null : store.lineOf(id, by.who, messageId);
    if (said !== null) return said;
    const state = this.#unfinished(id);
    const atMs = clock.nowMs();
    requests.checkSaid(state, by, atMs);
    const [line] = this.#step(state, { type: 'said', atMs, by, text, messageId });
    if (line === undefined) throw new Error('a message that was accepted left no line');
    return line;
  }

  answerOffer(id: string, agentId: string, accepts: boolean): ChatRecord {
    const state = this.#unfinished(id);
    requests.checkOffered(state, agentId);
    const atMs = this.#deps.clock.nowMs();
    return this.#asked(state, { type: 'offer-answered', atMs, agentId, accepts });
  }

  end(id: string, by: ChatParty): ChatRecord {
    const state = this.#unfinished(id);
    requests.checkParty(state, by);
    return this.#asked(state, { type: 'end-asked', atMs: this.#deps.clock.nowMs(), by });
  }

  handOver(id: string, agentId: string, to: HandOverGoal): ChatRecord {
    const state = this.#unfinished(id);
    requests.checkParty(state, { who: 'agent', agentId });
    if ('queueId' in to) {
      if (!this.#options.rules.has(to.queueId)) throw requests.queueUnknown(to.queueId);
    } else if (to.agentId === agentId || !this.#deps.isAgent(to.agentId)) {
      throw requests.agentUnknown(to.agentId);
    }
    const atMs = this.#deps.clock.nowMs();
    return this.#asked(state, { type: 'hand-over-asked', atMs, agentId, to });
  }

  async callInstead(id: string, customerNumber: string): Promise<ChatRecord> {
    const asked = callbackFor(this.#unfinished(id), customerNumber);
    const { record } = await this.#deps.callbacks.create(asked);
    const state = this.#open.get(id) ?? this.#deps.store.load(id);
    if (state === null) throw requests.chatUnknown(id);
    const atMs = this.#deps.clock.nowMs();
    return this.#asked(state, {
      ...{ type: 'called-instead', atMs, callbackId: record.id, customerNumber },
    });
  }

  export(customerNumber: string): readonly ChatFile[] {
    const { store } = this.#deps;
    return store.ofPerson(customerNumber).map((state) => ({
      record: chatRecordOf(state),
      lines: store.lines(state.id, 0, maxExportedLines),
    }));
  }

  erase(customerNumber: string, unfinished: 'refuse' | 'cancel'): number {
    const { store, clock } = this.#deps;
    const open = store.ofPerson(customerNumber).filter(({ phase }) => phase.name !== 'over');
    if (open.length > 0 && unfinished === 'refuse') {
      const fields = { count: open.length };
      throw conflict('PERSON_HAS_CHATS', 'chats of this person are not over', fields);
    }
    const by = { who: 'customer' } as const;
    for (const state of open) this.#step(state, { type: 'end-asked', atMs: clock.nowMs(), by });
    return store.erasePerson(customerNumber);
  }

  onLine(listener: (record: ChatRecord, line: ChatLine) => void): void {
    this.#listeners.push(listener);
  }

  #noticed(id: string, notice: AgentEvent): void {
    if (!this.#running || !this.#open.has(id)) return;
    const atMs = this.#deps.clock.nowMs();
    switch (notice.type) {
      case 'agent-assigned':
      case 'agent-reserved': {
        const { agentId, reservationId, ringTimeoutMs } = notice;
        const agent = { agentId, reservationId };
        return this.#hear(id, { type: 'agent-reserved', atMs, agent, ringTimeoutMs });
      }
      case 'reservation-lost':
        return this.#hear(id, { type: notice.type, atMs, reservationId: notice.reservationId });
      case 'dial-notified':
        return;
    }
  }

  /** News of the world: a store that refuses now is no reason to fail. */
  #hear(id: string, event: ChatEvent): void {
    const state = this.#open.get(id);
    if (!this.#running || state === undefined) return;
    try {
      this.#step(state, event);
    } catch (fault) {
      const known = fault instanceof RingbackError;
      this.#deps.log.warn('chat-news-not-stored', { chatId: id, type: event.type, fault });
      if (!known || !fault.verdict.retryable) return;
      if (event.type !== 'time-passed') this.#again(id, event);
    }
  }

  /** Until then an agent may be gone again: the rule knows what is too late. */
  #again(id: string, event: ChatEvent): void {
    this.#deps.clock.after(retryMs, () => this.#hear(id, event));
  }

  #asked(state: ChatState, event: ChatEvent): ChatRecord {
    this.#step(state, event);
    return this.get(state.id) ?? chatRecordOf(state);
  }

  /** @throws RingbackError STORE_UNAVAILABLE, CHATS_STOPPED; then nothing has happened */
  #step(before: ChatState, event: ChatEvent): readonly ChatLine[] {
    this.#checkRunning();
    const [state, effects] = stepChat(before, event);
    return this.#take(before, state, effects, event.atMs, null);
  }

  #take(
    before: ChatState | null,
    state: ChatState,
    effects: readonly ChatEffect[],
    atMs: number,
    key: string | null,
  ): readonly ChatLine[] {
    const last = before?.lastSequence ?? 0;
    const lines = effects
      .flatMap((effect) => (effect.type === 'write' ? [effect.told] : []))
      .map((told, index) => ({ sequence: last + index + 1, atMs, told }));
    if (state !== before) this.#deps.store.commit(state, lines, key);
    this.#keep(state);
    for (const effect of effects) this.#perform(state, effect);
    const record = chatRecordOf(state);
    for (const line of lines) for (const tell of this.#listeners) tell(record, line);
    this.#arm();
    return lines;
  }

  #keep(state: ChatState): void {
    if (state.phase.name === 'over') this.#open.delete(state.id);
    else this.#open.set(state.id, state);
    this.#due.set(state.id, wakeAtMs(state));
  }

  #perform({ id }: ChatState, effect: ChatEffect): void {
    const { agents, log } = this.#deps;
    try {
      switch (effect.type) {
        case 'write':
          return;
        case 'submit':
          return agents.submit(effect.entry);
        case 'withdraw':
          return agents.withdraw(id, effect.why);
        case 'agent-answered':
          return agents.agentAnswered(effect.reservationId);
        case 'agent-not-answered':
          return agents.agentNotAnswered(effect.reservationId, effect.why);
        case 'agent-not-ready':
          return agents.notReady(effect.agentId, effect.reason);
        case 'interaction-ended':
          return agents.interactionEnded(id);
      }
    } catch (fault) {
      log.warn('chat-command-failed', { chatId: id, command: effect.type, fault });
      if (effect.type === 'submit') this.#submitFailed(id, effect, fault);
    }
  }

  #submitFailed(id: string, effect: Extract<ChatEffect, { type: 'submit' }>, fault: unknown): void {
    const { clock } = this.#deps;
    const isLater = fault instanceof RingbackError && fault.verdict.retryable;
    clock.after(isLater ? retryMs : 0, () => {
      const state = this.#open.get(id);
      if (!this.#running || state?.phase.name !== 'waiting') return;
      if (isLater) this.#perform(state, effect);
      else this.#hear(id, { type: 'line-refused', atMs: clock.nowMs() });
    });
  }

  #unfinished(id: string): ChatState {
    this.#checkRunning();
    const state = this.#open.get(id);
    if (state !== undefined) return state;
    throw this.#deps.store.load(id) === null ? requests.chatUnknown(id) : requests.chatOver(id);
  }

  #checkRunning(): void {
    if (!this.#running) throw requests.chatsStopped();
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const dueMs = this.#due.next();
    if (dueMs === null || !this.#running) return;
    const { clock } = this.#deps;
    const sleepMs = Math.min(maxSleepMs, Math.max(0, dueMs - clock.nowMs()));
    this.#timer = clock.after(sleepMs, () => this.#wake());
  }

  #wake(): void {
    const atMs = this.#deps.clock.nowMs();
    for (const id of this.#due.takeDue(atMs)) {
      this.#hear(id, { type: 'time-passed', atMs });
      const state = this.#open.get(id);
      if (state === undefined) continue;
      // Not stored, so still due: asked again a little later.
      const nextMs = wakeAtMs(state);
      this.#due.set(id, nextMs === null || nextMs > atMs ? nextMs : atMs + retryMs);
    }
    this.#arm();
  }
}

/** The callback that takes the place; asked again for the same chat it is the same one. */
function callbackFor(state: ChatState, customerNumber: string): CreateCallback {
  return {
    queueId: state.queueId,
    customerNumber,
    desiredTimeMs: null,
    arrivedAtMs: state.arrivedAtMs,
    priority: null,
    dialMode: null,
    firstParty: null,
    maxAttempts: null,
    retryGapSeconds: null,
    requiredSkills: [],
    userData: { ...state.context, originatingInteractionId: state.id },
    idempotencyKey: `chat-${state.id}`,
  };
}
