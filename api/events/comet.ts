// Events over Bayeux long polling (https://docs.cometd.org/current/reference/#_bayeux): each to the
// channel of its thing, and to that of its queue. Clients only listen.
import type { IncomingMessage, ServerResponse } from 'node:http';
import cometd, { type CometDServer, type ServerSession } from 'cometd-nodejs-server';
import type { Log } from '../../core/ports.ts';
import type { Scope } from '../access/scope.ts';
import type { CurrentScope } from '../access/scoped.ts';
import type { EventHub } from '../event-hub.ts';
import type { EventView } from '../schemas/events.ts';

/** A request whose body was read already, as the server of Bayeux takes it. */
export type ReadRequest = IncomingMessage & { body?: unknown };

const CHANNEL =
  /^\/(?:callbacks|chats|queues|agents|calls|trunks|notifications)\/(?:\*|[\w.-]{1,128})$/;

/** Events that wait for one session between two polls; more and it is ended. */
const MAX_WAITING = 10_000;

/** Starts with the first request: a server that nobody asks has no timers. */
export class Comet {
  readonly #hub: EventHub;
  readonly #maxSessions: number;
  readonly #log: Log;
  readonly #scope: CurrentScope;
  #server: CometDServer | null = null;
  #sessions = 0;
  #closed = false;

  constructor(hub: EventHub, maxSessions: number, log: Log, scope: CurrentScope) {
    this.#hub = hub;
    this.#scope = scope;
    this.#maxSessions = maxSessions;
    this.#log = log;
  }

  /** Answers by itself, perhaps after a long time. */
  handle(request: ReadRequest, response: ServerResponse): void {
    this.#server ??= this.#started();
    this.#server.handle(request, response);
  }

  /** Tells who listens to a channel; nobody does before the first request. */
  tell(channel: string, data: object): void {
    this.#server?.createServerChannel(channel).publish(null, data);
  }

  close(): void {
    this.#closed = true;
    this.#server?.close();
  }

  #started(): CometDServer {
    const server = cometd.createCometDServer({ maxSessionsPerBrowser: 20 });
    server.policy = {
      canHandshake: (_session, _message, done) => {
        done(undefined, !this.#closed && this.#sessions < this.#maxSessions);
      },
      canCreate: (_session, _message, channel, done) => done(undefined, CHANNEL.test(channel)),
      canSubscribe: (_session, _message, { name }, done) => done(undefined, CHANNEL.test(name)),
      canPublish: (_session, _message, _channel, done) => done(undefined, false),
    };
    server.addListener('sessionAdded', (session: ServerSession) => {
      this.#sessions++;
      this.#bound(session);
      limited(session, this.#scope());
    });
    server.addListener('sessionRemoved', () => void this.#sessions--);
    void this.#publishAll(server).catch((error: unknown) => {
      this.#log.error('bayeux-failed', { error });
      this.close();
    });
    return server;
  }

  #bound(session: ServerSession): void {
    let waiting = 0;
    session.addListener('queueDrain', () => void (waiting = 0));
    session.addListener('queueOffer', () => {
      if (++waiting === MAX_WAITING) session.disconnect();
    });
  }

  async #publishAll(server: CometDServer): Promise<void> {
    const follower = this.#hub.followInside();
    for (;;) {
      const events = await follower.next();
      if (events === null) return;
      for (const event of events) {
        for (const name of channelsOf(event)) {
          server.createServerChannel(name).publish(null, event);
        }
      }
    }
  }
}

/** Drops what is of other lines of business than those of the one who shook hands. */
function limited(session: ServerSession, scope: Scope | null): void {
  if (scope === null) return;
  session.addExtension({
    outgoing: (_sender, _session, message, done) => {
      const { channel, data } = message as { channel?: string; data?: EventView };
      const isEvent = channel !== undefined && CHANNEL.test(channel);
      done(undefined, isEvent && !scope.has(data?.queueId) ? (null as never) : message);
    },
  });
}

/** Where an event is told. PURE. */
export function channelsOf(event: EventView): readonly string[] {
  const queue = event.queueId === null ? [] : [`/queues/${event.queueId}`];
  switch (event.topic) {
    case 'callback':
    case 'push':
      return [`/callbacks/${event.callbackId}`, ...queue];
    case 'call':
      return [`/calls/${event.interactionId}`, ...queue];
    case 'chat':
      return [`/chats/${event.chatId}`, ...queue];
    case 'agent':
      return [`/agents/${event.agent.agentId}`];
    case 'trunk':
      return [`/trunks/${event.trunk.name}`];
    case 'queue':
      return queue;
    case 'webhook':
      return [];
  }
}
