// Small fakes of the faces that the API stands on: they keep what they are told and say it again.
import { conflict, notFound } from '../../core/errors.ts';
import { silentLog } from '../../core/live.ts';
import type { Log } from '../../core/ports.ts';
import type {
  AgentDefinition,
  PlaceExplanation,
  EstimatedWait,
  AgentView,
  EntryView,
  QueueView,
  Router,
  RoutingNotice,
} from '../../routing/index.ts';
import { Reporting } from '../../callback/index.ts';
import { openAccess } from '../../api/access/open.ts';
import { ApiKeys } from '../../api/api-keys.ts';
import { createApi, type Api } from '../../api/app.ts';
import { parseConfig, type Config } from '../../api/config.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { noChats } from './fake-chats.ts';
import { noPrompts } from './fake-prompts.ts';
import { VirtualClock } from '../support/clock.ts';
import { FakeCallbacks } from './fake-callbacks.ts';
import { fakeNotify } from './fake-notify.ts';
import { FakeTrunks } from './fake-trunks.ts';

/** The key every fake API accepts. */
export const KEY = 'a-key-of-the-tests-only';

type RouterFace = Pick<
  Router,
  | 'putAgent'
  | 'removeAgent'
  | 'login'
  | 'logout'
  | 'ready'
  | 'notReady'
  | 'agent'
  | 'agents'
  | 'queue'
  | 'queues'
  | 'entry'
  | 'estimate'
  | 'explain'
  | 'pacing'
  | 'onNotice'
>;

/** Agents in a map, one queue whose entries the test sets. */
export class FakeRouter implements RouterFace {
  readonly #agents = new Map<string, AgentView>();
  readonly #listeners: ((notice: RoutingNotice) => void)[] = [];
  entries: EntryView[] = [];
  queueNames = ['support'];
  requiredSkills: Readonly<Record<string, QueueView['requiredSkills']>> = {};
  agentsReady = 0;
  agentsServing = 2;

  putAgent(agent: AgentDefinition): void {
    this.#put({
      ...agent,
      state: 'logged-out',
      notReadyReason: null,
      sinceMs: 0,
      interactionId: null,
      reservationId: null,
    });
  }

  removeAgent(agentId: string): void {
    if (this.#known(agentId).state === 'talking') {
      throw conflict('ROUTING_AGENT_BUSY', 'the agent talks', { agentId });
    }
    this.#agents.delete(agentId);
  }

  login(agentId: string): void {
    this.#put({ ...this.#known(agentId), state: 'not-ready', notReadyReason: 'login' });
  }

  logout(agentId: string): void {
    this.#put({ ...this.#known(agentId), state: 'logged-out', notReadyReason: null });
  }

  ready(agentId: string): void {
    const agent = this.#known(agentId);
    if (agent.state === 'logged-out') {
      throw conflict('ROUTING_AGENT_STATE', 'log in first', { agentId, state: agent.state });
    }
    this.#put({ ...agent, state: 'ready', notReadyReason: null });
  }

  reserve(agentId: string, interactionId: string): void {
    this.#put({ ...this.#known(agentId), state: 'reserved', interactionId });
  }

  notReady(agentId: string, reason: string): void {
    this.#put({ ...this.#known(agentId), state: 'not-ready', notReadyReason: reason });
  }

  agent(agentId: string): AgentView | null {
    return this.#agents.get(agentId) ?? null;
  }

  agents(): readonly AgentView[] {
    return [...this.#agents.values()];
  }

  queue(queueId: string): QueueView | null {
    return this.queues().find((queue) => queue.queueId === queueId) ?? null;
  }

  queueWait(queueId: string): QueueView | null {
    return this.queue(queueId);
  }

  queues(): readonly QueueView[] {
    const estimatedWait = {
      ewtSeconds: 90,
      reason: 'estimated',
      method: 'stat-server',
      inputs: { averageHandleSeconds: 60, interactionsAhead: 3, agentsServing: this.agentsServing },
    } as const;
    return this.queueNames.map((queueId) => {
      const entries = this.entries.filter((entry) => entry.queueId === queueId);
      return {
        queueId,
        displayName: queueId,
        requiredSkills: this.requiredSkills[queueId] ?? [],
        wrapUpSeconds: 15,
        agentRingTimeoutSeconds: 20,
        reservationTimeoutSeconds: 60,
        waitingLive: 0,
        waitingCallbacks: entries.length,
        agentsLoggedIn: this.agentsServing,
        agentsReady: this.agentsReady,
        estimatedWait,
        entries,
      };
    });
  }

  entry(interactionId: string): EntryView | null {
    return this.entries.find((entry) => entry.interactionId === interactionId) ?? null;
  }

  estimate(interactionId: string): EstimatedWait | null {
    return this.entry(interactionId) === null ? null : (this.queues()[0]?.estimatedWait ?? null);
  }

  pacing(): ReturnType<Router['pacing']> {
    return { answered: 4, waitedOver2s: 1, care: 0.5, answerChance: 0.6, ringingSeconds: 10 };
  }

  /** Set by the test. */
  explained: PlaceExplanation | null = null;

  explain(): PlaceExplanation | null {
    return this.explained;
  }

  onNotice(listener: (notice: RoutingNotice) => void): void {
    this.#listeners.push(listener);
  }

  /** Tells listeners. */
  notice(notice: RoutingNotice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  #known(agentId: string): AgentView {
    const agent = this.#agents.get(agentId);
    if (agent === undefined) throw notFound('ROUTING_AGENT_UNKNOWN', 'no such agent', { agentId });
    return agent;
  }

  #put(agent: AgentView): void {
    this.#agents.set(agent.agentId, agent);
    this.notice({ type: 'agent-changed', agent });
  }
}

/** A place in the queue of the fake router. */
export function entryOf(interactionId: string, position: number): EntryView {
  return {
    interactionId,
    queueId: 'support',
    kind: 'callback',
    priority: 0,
    arrivedAtMs: Date.UTC(2026, 0, 5, 8),
    requiredSkills: [],
    dialMode: 'reservation',
    state: 'waiting',
    position,
  };
}

/** Knows nobody. */
const noPeople: ApiDeps['people'] = {
  export: () => ({ callbacks: [], events: [], chats: [] }),
  erase: async (customerNumber, _unfinished, _askedBy, forget) => {
    forget({ customerNumber, callbackIds: [], chatIds: [] });
    return { callbacksErased: 0, callbacksCancelled: 0, recordingsErased: 0, chatsErased: 0 };
  },
};

/** Of nothing. */
const noReports = new Reporting({
  keeping: { facts: () => [], offers: () => [] },
  pause: () => Promise.resolve(),
});

/** An API over fakes, with a hand on each of them. */
export interface World extends Api {
  readonly clock: VirtualClock;
  readonly callbacks: FakeCallbacks;
  readonly router: FakeRouter;
  readonly passwords: Map<string, string>;
  readonly storedAgents: Set<string>;
  readonly config: Config;
  /** A request with the key; `body` is sent as JSON unless it is a string. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Response>;
}

/** @param yaml configuration; @param changes parts of the dependencies to replace;
 * @param sipChanges parts of the face of sip/; @param secrets environment of the configuration */
export function createWorld(
  yaml = '',
  changes: Partial<ApiDeps> = {},
  sipChanges: Partial<ApiDeps['sip']> = {},
  secrets: Readonly<Record<string, string>> = {},
): World {
  const clock = new VirtualClock();
  const callbacks = new FakeCallbacks(clock);
  const router = new FakeRouter();
  const trunks = new FakeTrunks();
  const passwords = new Map<string, string>();
  const storedAgents = new Set<string>();
  const config = parseConfig(yaml, { AGENT_PASSWORD: 'agent password', ...secrets });
  let requests = 0;
  const log: Log = silentLog;
  const api = createApi({
    config,
    apiKeys: new ApiKeys([['tests', KEY]]),
    access: openAccess(config, { clock, log: silentLog }, true),
    callbacks,
    chats: noChats,
    router: router as unknown as Router,
    sip: {
      putSubscriber: (username, password) => void passwords.set(username, password),
      removeSubscriber: (username) => void passwords.delete(username),
      bindings: () => [],
      stats: async () => ({ transactions: 4 }),
      trunks: () => trunks.trunks(),
      setTrunkEnabled: (name, enabled) => trunks.setTrunkEnabled(name, enabled),
      onTrunkChanged: (listener) => trunks.onTrunkChanged(listener),
      bans: async () => [],
      liftBan: async () => false,
      ...sipChanges,
    },
    media: { stats: async () => ({ legs: 2 }) },
    agentStore: {
      put: ({ definition }) => void storedAgents.add(definition.agentId),
      remove: (agentId) => void storedAgents.delete(agentId),
    },
    liveCallers: { list: () => [] },
    prompts: noPrompts,
    operators: { control: () => null, hangUp: () => false },
    callIds: () => [],
    ladder: null,
    traces: null,
    readiness: {},
    people: noPeople,
    notify: fakeNotify(),
    reports: noReports,
    clock,
    ids: { next: () => `request-${++requests}` },
    log,
    ...changes,
  });
  const ask: World['ask'] = async (method, path, body, headers = {}) => {
    const all = new Headers(headers);
    if (!all.has('Authorization')) all.set('Authorization', `Bearer ${KEY}`);
    if (body !== undefined && !all.has('Content-Type')) all.set('Content-Type', 'application/json');
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return api.app.request(path, {
      method,
      headers: all,
      ...(body === undefined ? {} : { body: text }),
    });
  };
  return { ...api, clock, callbacks, router, passwords, storedAgents, config, ask };
}

/** The body of a response as an object. */
export async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}
