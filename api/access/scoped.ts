// The faces behind the routes as the one who asks may see them: whatever belongs to a queue of
// another line of business is not there. Routes are made over these faces, so that none of them can
// forget to look; the machinery of the product itself uses the faces as they are.
import { tryGetContext } from 'hono/context-storage';
import { conflict, notFound } from '../../core/errors.ts';
import type { CallbackRecord, Callbacks } from '../../callback/index.ts';
import type { AgentView } from '../../routing/index.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { scopeOf, type Scope } from './scope.ts';

/** The limit of the request that is being answered; null: none. */
export type CurrentScope = () => Scope | null;

/** Told by the context of the request. */
export function currentScope({ queues }: ApiDeps['config']): CurrentScope {
  return () => scopeOf(queues, tryGetContext<ApiEnv>()?.get('identity'));
}

/** An object like another but for some parts, which are looked up each time. */
export function over<T extends object>(base: T, changes: Partial<T>): T {
  return new Proxy(base, {
    get(target, key) {
      if (Object.hasOwn(changes, key)) return Reflect.get(changes, key) as unknown;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** @param deps the faces as they are */
export function scopedDeps(deps: ApiDeps, scope: CurrentScope): ApiDeps {
  const sees = (queueId: string | null | undefined): boolean => scope()?.has(queueId) ?? true;
  const queueOf = (id: string): string | null =>
    deps.callbacks.get(id)?.queueId ??
    deps.liveCallers.list().find(({ interactionId }) => interactionId === id)?.queueId ??
    deps.router.entry(id)?.queueId ??
    null;
  const seesInteraction = (id: string): boolean => scope() === null || sees(queueOf(id));
  const callIds = (id: string): readonly string[] => (seesInteraction(id) ? deps.callIds(id) : []);
  return {
    ...deps,
    config: scopedConfig(deps, sees),
    callbacks: scopedCallbacks(deps.callbacks, scope),
    router: scopedRouter(deps, sees, seesInteraction),
    liveCallers: { list: () => deps.liveCallers.list().filter(({ queueId }) => sees(queueId)) },
    operators: {
      control: (id) => (seesInteraction(id) ? deps.operators.control(id) : null),
      hangUp: (id) => seesInteraction(id) && deps.operators.hangUp(id),
    },
    chats: scopedChats(deps.chats, sees),
    callIds,
    traces: deps.traces === null ? null : scopedTraces(deps, deps.traces, scope, callIds),
    reports: scopedReports(deps.reports, scope),
  };
}

type Sees = (queueId: string | null | undefined) => boolean;

function scopedConfig({ config }: ApiDeps, sees: Sees): ApiDeps['config'] {
  const isQueue = new Set(config.queues.map(({ id }) => id));
  const genesys = over(config.genesys, {
    get services() {
      return config.genesys.services.filter(
        ({ queue }) => queue === null || !isQueue.has(queue) || sees(queue),
      );
    },
  });
  return over(config, {
    genesys,
    get queues() {
      return config.queues.filter(({ id }) => sees(id));
    },
  });
}

/** Every method is named here, so that a new one cannot be forgotten. */
function scopedCallbacks(callbacks: Callbacks, scope: CurrentScope): Callbacks {
  const sees: Sees = (queueId) => scope()?.has(queueId) ?? true;
  const get = (id: string): CallbackRecord | null => {
    const record = callbacks.get(id);
    return record !== null && sees(record.queueId) ? record : null;
  };
  const known = (id: string): string => {
    if (get(id) !== null) return id;
    throw notFound('CALLBACK_UNKNOWN', 'there is no such callback', { id });
  };
  const ofQueue = (queueId: string): string => {
    if (sees(queueId)) return queueId;
    const message = 'no callback settings for this queue';
    throw notFound('CALLBACK_QUEUE_UNKNOWN', message, { queueId });
  };
  return {
    times: {
      office: (name) => callbacks.times.office(name),
      slots: (queueId, range) => callbacks.times.slots(ofQueue(queueId), range),
    },
    callIns: scopedCallIns(callbacks.callIns, sees),
    create: async (request) => {
      ofQueue(request.queueId);
      const made = await callbacks.create(request);
      if (sees(made.record.queueId)) return made;
      throw conflict('IDEMPOTENCY_KEY_REUSED', 'the key was used for another request');
    },
    get,
    list: (filter) => {
      const limit = scope();
      return callbacks.list(limit === null ? filter : { ...filter, queueIds: limit.queueIds });
    },
    move: async (id, change) => callbacks.move(known(id), change),
    availability: (queueId, range) => callbacks.availability(ofQueue(queueId), range),
    openPeriods: (queueId, fromMs, toMs) => callbacks.openPeriods(ofQueue(queueId), fromMs, toMs),
    cancel: async (id) => callbacks.cancel(known(id)),
    answer: async (id, answer) => callbacks.answer(known(id), answer),
    dispose: async (id, said) => callbacks.dispose(known(id), said),
    history: (id) => (get(id) === null ? [] : callbacks.history(id)),
    eventsAfter: (sequence, limit) =>
      callbacks.eventsAfter(sequence, limit).filter(({ callbackId }) => get(callbackId) !== null),
    onEvent: (listener) => callbacks.onEvent(listener),
  };
}

type Chats = ApiDeps['chats'];

function scopedChats(chats: Chats, sees: Sees): Chats {
  const get = (id: string): ReturnType<Chats['get']> => {
    const record = chats.get(id);
    return record !== null && sees(record.queueId) ? record : null;
  };
  const known = (id: string): string => {
    if (get(id) !== null) return id;
    throw notFound('CHAT_UNKNOWN', 'there is no such chat', { id });
  };
  const ofQueue = (queueId: string): void => {
    if (!sees(queueId)) throw notFound('CHAT_QUEUE_UNKNOWN', 'no such queue', { queueId });
  };
  return {
    open: (request) => {
      ofQueue(request.queueId);
      return chats.open(request);
    },
    get,
    list: (filter) => {
      const page = chats.list(filter);
      return { ...page, records: page.records.filter(({ queueId }) => sees(queueId)) };
    },
    lines: (id, after, limit) => chats.lines(known(id), after, limit),
    say: (id, by, text, messageId) => chats.say(known(id), by, text, messageId),
    answerOffer: (id, agentId, accepts) => chats.answerOffer(known(id), agentId, accepts),
    end: (id, by) => chats.end(known(id), by),
    handOver: (id, agentId, to) => {
      if ('queueId' in to && typeof to.queueId === 'string') ofQueue(to.queueId);
      return chats.handOver(known(id), agentId, to);
    },
    callInstead: async (id, number) => chats.callInstead(known(id), number),
    onLine: (listener) => chats.onLine(listener),
  };
}

type CallIns = Callbacks['callIns'];

function scopedCallIns(callIns: CallIns, sees: Sees): CallIns {
  const find: CallIns['find'] = (call) => {
    const found = callIns.find(call);
    switch (found.kind) {
      case 'found':
      case 'taken':
        return sees(found.record.queueId) ? found : { kind: 'unknown' };
      case 'several':
        return { ...found, records: found.records.filter(({ queueId }) => sees(queueId)) };
      case 'unknown':
      case 'closed':
        return found;
    }
  };
  return {
    find,
    match: async (call) => {
      const isForeign = callIns.find(call).kind === 'found' && find(call).kind !== 'found';
      if (!isForeign) return callIns.match(call);
      throw notFound('CALLBACK_ACCESS_UNKNOWN', 'nobody is expected so');
    },
  };
}

function scopedRouter(
  { router }: ApiDeps,
  sees: Sees,
  seesInteraction: (id: string) => boolean,
): ApiDeps['router'] {
  /** Agents serve several lines; whom they talk to is of one. */
  const shown = (agent: AgentView): AgentView =>
    agent.interactionId === null || seesInteraction(agent.interactionId)
      ? agent
      : { ...agent, interactionId: null, reservationId: null };
  const entry = (id: string): ReturnType<typeof router.entry> => {
    const found = router.entry(id);
    return found !== null && sees(found.queueId) ? found : null;
  };
  return over(router, {
    agent: (agentId) => {
      const agent = router.agent(agentId);
      return agent === null ? null : shown(agent);
    },
    agents: () => router.agents().map(shown),
    queue: (queueId) => (sees(queueId) ? router.queue(queueId) : null),
    queueWait: (queueId) => (sees(queueId) ? router.queueWait(queueId) : null),
    queues: () => router.queues().filter(({ queueId }) => sees(queueId)),
    entry,
    estimate: (id) => (seesInteraction(id) ? router.estimate(id) : null),
    explain: (id) => {
      const place = seesInteraction(id) ? router.explain(id) : null;
      if (place === null) return null;
      return { ...place, servedBefore: place.servedBefore.filter(({ queueId }) => sees(queueId)) };
    },
  });
}

function scopedReports(reports: ApiDeps['reports'], scope: CurrentScope): ApiDeps['reports'] {
  const limited = <Options extends object>(options: Options): Options => {
    const limit = scope();
    return limit === null ? options : { ...options, queueIds: limit.queueIds };
  };
  return over(reports, {
    summary: (span, options) => reports.summary(span, limited(options)),
    punctuality: (span, options) => reports.punctuality(span, limited(options)),
    offers: (span, options) => reports.offers(span, limited(options)),
    detail: (span, after, most) => {
      const limit = scope();
      if (limit === null) return reports.detail(span, after, most);
      return detailOf(reports, limit, span, after, most);
    },
  });
}

/** A full page of what is theirs, so that its last line is a cursor. */
function detailOf(
  reports: ApiDeps['reports'],
  limit: Scope,
  ...[span, after, most]: Parameters<ApiDeps['reports']['detail']>
): ReturnType<ApiDeps['reports']['detail']> {
  const found: ReturnType<ApiDeps['reports']['detail']>[number][] = [];
  let from = after;
  while (found.length < most) {
    const facts = reports.detail(span, from, DETAIL_PAGE);
    found.push(...facts.filter(({ queueId }) => limit.has(queueId)));
    const last = facts.at(-1);
    if (last === undefined || facts.length < DETAIL_PAGE) break;
    from = last;
  }
  return found.slice(0, most);
}

const DETAIL_PAGE = 2_000;

/** Callbacks whose messages are looked for on behalf of somebody with a limit. */
const MAX_TRACED = 2_000;
const PAGE = 200;

function scopedTraces(
  { callbacks, liveCallers }: ApiDeps,
  traces: NonNullable<ApiDeps['traces']>,
  scope: CurrentScope,
  callIds: (id: string) => readonly string[],
): ApiDeps['traces'] {
  const own = (limit: Scope): ReadonlySet<string> => {
    const ids = liveCallers.list().map(({ interactionId }) => interactionId);
    let cursor: string | null = null;
    do {
      const filter = { queueIds: limit.queueIds, newestFirst: true, limit: PAGE };
      const page: ReturnType<Callbacks['list']> = callbacks.list(
        cursor === null ? filter : { ...filter, cursor },
      );
      ids.push(...page.records.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null && ids.length < MAX_TRACED);
    return new Set(ids.flatMap(callIds));
  };
  const mine = (asked: readonly string[]): readonly string[] => {
    const limit = scope();
    if (limit === null) return asked;
    const known = own(limit);
    return asked.filter((callId) => known.has(callId));
  };
  return {
    messagesOf: (asked) => traces.messagesOf(mine(asked)),
    callIdsOf: (number) => mine(traces.callIdsOf(number)),
    forget: (callIds, isAbout) => traces.forget(mine(callIds), isAbout),
  };
}
