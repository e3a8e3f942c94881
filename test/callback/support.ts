// What the tests of callback/ share: settings, requests, and ports that write down what they are
// told and say what the test makes them say.
import type { Ids } from '../../core/ports.ts';
import { silentLog } from '../../core/live.ts';
import type {
  AgentEvent,
  Agents,
  CallbackSettings,
  CallbackStore,
  CallEvent,
  Calls,
  CpdFinding,
  CreateCallback,
  DialCustomer,
  DialFailure,
  HoursOptions,
  TakeCall,
} from '../../callback/index.ts';
import { createCallbacks, MemoryStore } from '../../callback/index.ts';
import type { RunningCallbacks } from '../../callback/index.ts';
import { VirtualClock } from '../support/clock.ts';

export const startMs = Date.UTC(2026, 0, 5, 9, 0, 0);
export const number = '+12025550101';

export function settingsOf(changes: Partial<CallbackSettings> = {}): CallbackSettings {
  return {
    queueId: 'sales',
    dialMode: 'reservation',
    firstParty: 'customer',
    trunk: null,
    maxAttempts: 3,
    retryGapSeconds: 300,
    ringTimeoutSeconds: 25,
    ttlSeconds: 86_400,
    maxWaitOnLineSeconds: 120,
    greeting: 'greeting',
    waiting: 'waiting',
    machineMessage: 'machine-message',
    apology: 'apology',
    callbackOnAbandon: true,
    record: true,
    ...changes,
  };
}

export function requestOf(changes: Partial<CreateCallback> = {}): CreateCallback {
  return {
    queueId: 'sales',
    customerNumber: number,
    desiredTimeMs: null,
    arrivedAtMs: null,
    priority: null,
    dialMode: null,
    firstParty: null,
    maxAttempts: null,
    retryGapSeconds: null,
    requiredSkills: [],
    userData: {},
    idempotencyKey: null,
    ...changes,
  };
}

export function findingOf(kind: string): CpdFinding {
  return { kind, confidence: 0.9, atMs: 1200, evidence: [] };
}

export function failureOf(
  sipStatus: number | null,
  changes: Partial<DialFailure> = {},
): DialFailure {
  const bare = { sipStatus, q850Cause: null, cancelledByUs: false, reason: 'test', cpd: null };
  return { ...bare, ...changes };
}

export function agentOf(reservationId = 'r1', agentId = 'ann') {
  return { reservationId, agentId, username: agentId, ringTimeoutMs: 15_000 };
}

/** Ids `c1`, `c2`, ... */
export function countingIds(prefix = 'c'): Ids {
  let count = 0;
  return { next: () => `${prefix}${(count += 1)}` };
}

/** A Calls port that only writes down; `say` speaks for the telephones. */
export class RecordingCalls implements Calls {
  readonly told: string[] = [];
  readonly dials: DialCustomer[] = [];
  readonly live = new Map<string, string>();
  readonly #listeners: ((id: string, attemptKey: string, event: CallEvent) => void)[] = [];

  dialCustomer(command: DialCustomer): void {
    this.told.push(`dial ${command.customerNumber}`);
    this.dials.push(command);
    this.live.set(command.interactionId, command.attemptKey);
  }
  takeCall({ interactionId, attemptKey, callerId }: TakeCall): void {
    this.told.push(`take ${callerId}`);
    this.live.set(interactionId, attemptKey);
    this.live.delete(callerId);
  }
  playToCustomer(_id: string, treatment: string, loop: boolean, digits = ''): void {
    const spoken = treatment === 'return-code' ? ` ${digits}` : '';
    this.told.push(`play ${treatment}${loop ? ' loop' : ''}${spoken}`);
  }
  ringAgent({ username, reservationId }: { username: string; reservationId: string }): void {
    this.told.push(`ring ${username} ${reservationId}`);
  }
  playToAgent(_id: string, treatment: string): void {
    this.told.push(`play-to-agent ${treatment}`);
  }
  join(_id: string, reservationId: string, record: boolean): void {
    this.told.push(`join ${reservationId}${record ? ' record' : ''}`);
  }
  hangUpCustomer(): void {
    this.told.push('hang-up-customer');
  }
  hangUpAgent(): void {
    this.told.push('hang-up-agent');
  }
  endContact(id: string): void {
    this.told.push('end-contact');
    this.live.delete(id);
  }
  isLive(id: string, attemptKey: string): boolean {
    return this.live.get(id) === attemptKey;
  }
  onEvent(listener: (id: string, attemptKey: string, event: CallEvent) => void): void {
    this.#listeners.push(listener);
  }
  say(id: string, event: CallEvent, attemptKey = this.live.get(id) ?? ''): void {
    for (const listener of this.#listeners) listener(id, attemptKey, event);
  }
}

/** An Agents port that only writes down; `say` speaks for routing. */
export class RecordingAgents implements Agents {
  readonly told: string[] = [];
  /** Reservations that routing took back. */
  readonly lost = new Set<string>();
  readonly #listeners: ((id: string, event: AgentEvent) => void)[] = [];

  submit(entry: { interactionId: string; arrivedAtMs: number }): void {
    this.told.push(`submit ${entry.interactionId} ${entry.arrivedAtMs - startMs}`);
  }
  withdraw(id: string, why: string): void {
    this.told.push(`withdraw ${id} ${why}`);
  }
  customerPresent(id: string): void {
    this.told.push(`present ${id}`);
  }
  customerNotReached(id: string): void {
    this.told.push(`not-reached ${id}`);
  }
  isHeld(reservationId: string): boolean {
    return !this.lost.has(reservationId);
  }
  agentAnswered(reservationId: string): void {
    this.told.push(`agent-answered ${reservationId}`);
  }
  agentNotAnswered(reservationId: string, why: string): void {
    this.told.push(`agent-not-answered ${reservationId} ${why}`);
  }
  notReady(agentId: string, reason: string): void {
    this.told.push(`not-ready ${agentId} ${reason}`);
  }
  interactionEnded(id: string): void {
    this.told.push(`ended ${id}`);
  }
  onNotice(listener: (id: string, event: AgentEvent) => void): void {
    this.#listeners.push(listener);
  }
  say(id: string, event: AgentEvent): void {
    for (const listener of this.#listeners) listener(id, event);
  }
  reserve(id: string, reservationId = 'r1', agentId = 'ann'): void {
    this.say(id, { type: 'agent-reserved', ...agentOf(reservationId, agentId) });
  }
  lose(id: string, reservationId = 'r1'): void {
    this.lost.add(reservationId);
    this.say(id, { type: 'reservation-lost', reservationId });
  }
  assign(id: string, reservationId = 'r1', agentId = 'ann'): void {
    this.say(id, { type: 'agent-assigned', ...agentOf(reservationId, agentId) });
  }
}

export interface Bench {
  readonly callbacks: RunningCallbacks;
  readonly calls: RecordingCalls;
  readonly agents: RecordingAgents;
  readonly clock: VirtualClock;
  readonly store: CallbackStore;
  /** Lets everything that is due happen, then moves time on. */
  readonly tick: (byMs?: number) => void;
  /** Creates, and answers the id. */
  readonly promised: (changes?: Partial<CreateCallback>) => Promise<string>;
}

/** A started runner over recording ports; over a given store and clock, as after a restart. */
export async function benchOf(
  parts: {
    readonly settings?: readonly CallbackSettings[];
    readonly store?: CallbackStore;
    readonly clock?: VirtualClock;
    readonly ids?: Ids;
    readonly calls?: RecordingCalls;
    readonly agents?: RecordingAgents;
    readonly isOnTheLine?: (customerNumber: string) => boolean;
    readonly hours?: HoursOptions;
    readonly newReturnCode?: () => string;
    readonly randomDigits?: (count: number) => string;
    readonly predictedWaitMs?: (queueId: string) => number | null;
  } = {},
): Promise<Bench> {
  const clock = parts.clock ?? new VirtualClock(startMs);
  const store = parts.store ?? new MemoryStore();
  const calls = parts.calls ?? new RecordingCalls();
  const agents = parts.agents ?? new RecordingAgents();
  const ids = parts.ids ?? countingIds();
  const callbacks = createCallbacks(
    { settings: parts.settings ?? [settingsOf()] },
    {
      ...{ store, calls, agents, clock, ids, log: silentLog },
      isOnTheLine: parts.isOnTheLine ?? (() => false),
      ...(parts.hours === undefined ? {} : { hours: parts.hours }),
      ...(parts.randomDigits === undefined ? {} : { randomDigits: parts.randomDigits }),
      ...(parts.newReturnCode === undefined ? {} : { newReturnCode: parts.newReturnCode }),
      ...(parts.predictedWaitMs === undefined ? {} : { predictedWaitMs: parts.predictedWaitMs }),
    },
  );
  await callbacks.start();
  const tick = (byMs = 0): void => {
    for (let round = 0; round < 5; round += 1) clock.advance(0);
    clock.advance(byMs);
    for (let round = 0; round < 5; round += 1) clock.advance(0);
  };
  const promised = async (changes: Partial<CreateCallback> = {}): Promise<string> => {
    const creating = callbacks.create(requestOf(changes));
    tick();
    return (await creating).record.id;
  };
  return { callbacks, calls, agents, clock, store, tick, promised };
}
