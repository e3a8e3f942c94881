// What the API is made from: the faces of the other folders, and seams the assembly fills.
import type { MiddlewareHandler } from 'hono';
import type { Clock, Ids, Log } from '../core/ports.ts';
import type { Callbacks, Chats, Control, People, Reporting } from '../callback/index.ts';
import type { Media } from '../media/index.ts';
import type { Router } from '../routing/index.ts';
import type { ListenAddress, Sip } from '../sip/index.ts';
import type { Identity } from './access/identity.ts';
import type { Access } from './access/open.ts';
import type { Permission } from './access/permissions.ts';
import type { Ownership } from './access/permit.ts';
import type { AgentStore } from './agent-store.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Config } from './config.ts';
import type { GmsStorage } from './gms/storage.ts';
import type { AnswerStore } from './idempotency/store.ts';
import type { NotifyDeps } from './notify.ts';
import type { Prompts } from './prompts.ts';
import type { TraceBook } from './trace-book.ts';

/** A caller on the line, from arrival to the end of the conversation. */
export interface LiveCaller {
  readonly interactionId: string;
  readonly queueId: string;
  /** `waiting`, `ringing-agent`, `connected` ... as its owner names it. */
  readonly state: string;
  readonly sinceMs: number;
  readonly callerNumber: string | null;
  readonly agentId: string | null;
}

/** Null: ready. Otherwise one sentence that says what is missing. */
export type ReadinessCheck = () => Promise<string | null>;

export interface ApiDeps {
  readonly config: Config;
  readonly apiKeys: ApiKeys;
  readonly access: Access;
  readonly callbacks: Callbacks;
  readonly chats: Chats;
  readonly router: Router;
  readonly sip: Pick<
    Sip,
    | 'putSubscriber'
    | 'removeSubscriber'
    | 'bindings'
    | 'stats'
    | 'trunks'
    | 'setTrunkEnabled'
    | 'onTrunkChanged'
    | 'bans'
    | 'liftBan'
  >;
  readonly media: Pick<Media, 'stats'>;
  readonly agentStore: Pick<AgentStore, 'put' | 'remove'>;
  readonly liveCallers: { list(): readonly LiveCaller[] };
  readonly prompts: Prompts;
  /** What is done with live calls from outside. */
  readonly operators: {
    control(interactionId: string): Control | null;
    /** False: nobody has answered there. */
    hangUp(interactionId: string): boolean;
  };
  /** SIP Call-IDs of an interaction's legs, oldest first; empty when none are remembered. */
  readonly callIds: (interactionId: string) => readonly string[];
  /** SVG of the SIP messages of these calls, null when none are kept; null: the trace is off. */
  readonly ladder: ((callIds: readonly string[]) => string | null) | null;
  /** SIP messages kept; null: the trace is off. */
  readonly traces: Pick<TraceBook, 'messagesOf' | 'callIdsOf' | 'forget'> | null;
  /** By name, for `/readyz`: `sip`, `media`, `store` ... */
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  /** What clients of the Genesys-compatible face keep; absent: that face is off. */
  readonly gmsStorage?: GmsStorage;
  /** What the telephone page needs; absent: there is none. */
  readonly phone?: PhoneDeps;
  /** What is told and erased about one person. */
  readonly people: Pick<People, 'export' | 'erase'>;
  readonly notify: NotifyDeps;
  readonly reports: Pick<Reporting, 'summary' | 'detail' | 'punctuality' | 'offers'>;
  /** Answers kept under idempotency keys; absent: for as long as the process lives. */
  readonly answers?: AnswerStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export interface PhoneDeps {
  /** Whether this is the SIP password of the user. */
  verifyPassword(username: string, password: string): boolean;
  /** Sockets of SIP that are bound. */
  readonly listening: readonly ListenAddress[];
}

/** What middleware leaves for handlers. */
export interface ApiEnv {
  Variables: {
    requestId: string;
    /** Name of the API key; absent on open routes. */
    keyName?: string;
    /** Who asked where no identity is needed: an agent's session, a customer's link. */
    actor?: string;
    /** Address of who asks; null: there is no connection. */
    address?: string | null;
    /** Who asks; absent on open routes. */
    identity?: Identity;
    /** What the route asked for. */
    permission?: Permission;
    /** Whether what a request is about is an agent's own. */
    owns?: Ownership;
    /** Answers what is repeated under an idempotency key; asked by the guard of the route. */
    repeatable?: MiddlewareHandler<ApiEnv>;
    /** The answer shows a secret once, and is not kept for those who repeat the request. */
    isAnswerSecret?: boolean;
  };
}
