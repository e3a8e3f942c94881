// A router on a clock that stands still, with short words for the tests.
import { silentLog } from '../../core/live.ts';
import { createRouter, DEFAULT_PACING } from '../../routing/index.ts';
import type {
  AgentDefinition,
  PacingOptions,
  QueueDefinition,
  QueueEntry,
  Router,
  RoutingNotice,
} from '../../routing/index.ts';
import { VirtualClock } from '../support/clock.ts';

export function queueNamed(queueId: string, more: Partial<QueueDefinition> = {}): QueueDefinition {
  return {
    queueId,
    displayName: queueId,
    requiredSkills: [],
    wrapUpSeconds: 0,
    agentRingTimeoutSeconds: 20,
    reservationTimeoutSeconds: 60,
    ...more,
  };
}

export function agentNamed(
  agentId: string,
  skills: Readonly<Record<string, number>> = {},
): AgentDefinition {
  return { agentId, displayName: agentId, username: `sip-${agentId}`, skills };
}

export function liveCall(interactionId: string, more: Partial<QueueEntry> = {}): QueueEntry {
  return {
    interactionId,
    queueId: 'sales',
    kind: 'live',
    priority: 0,
    arrivedAtMs: 0,
    requiredSkills: [],
    dialMode: 'reservation',
    ...more,
  };
}

export function callback(interactionId: string, more: Partial<QueueEntry> = {}): QueueEntry {
  return liveCall(interactionId, { kind: 'callback', ...more });
}

export function notifiedCallback(
  interactionId: string,
  more: Partial<QueueEntry> = {},
): QueueEntry {
  return callback(interactionId, { dialMode: 'notification', ...more });
}

/** Notices that ask an owner to do something. */
export type Request = Exclude<RoutingNotice, { type: 'agent-changed' | 'queue-changed' }>;

export interface Stage {
  readonly router: Router;
  readonly clock: VirtualClock;
  readonly notices: RoutingNotice[];
  /** Requests since the last look, as `type interaction agent`; delivers what is pending first. */
  readonly told: () => Promise<string[]>;
  /** The reservation the last request named. */
  readonly lastReservation: () => string;
  /** Logs agents in and makes them ready, in this order, one millisecond apart. */
  readonly staff: (...agentIds: string[]) => void;
}

export function stage(options: {
  readonly queues?: readonly QueueDefinition[];
  readonly agents?: readonly AgentDefinition[];
  readonly pacing?: Partial<PacingOptions>;
}): Stage {
  const clock = new VirtualClock();
  let lastId = 0;
  const ids = { next: () => `id${++lastId}` };
  const router = createRouter(
    {
      queues: options.queues ?? [queueNamed('sales')],
      agents: options.agents ?? [agentNamed('ann'), agentNamed('bob')],
      pacing: { ...DEFAULT_PACING, ...options.pacing },
    },
    { clock, ids, log: silentLog },
  );
  const notices: RoutingNotice[] = [];
  router.onNotice((notice) => notices.push(notice));
  let seen = 0;
  let reservation = '';
  return {
    router,
    clock,
    notices,
    async told() {
      await Promise.resolve();
      const fresh = notices.slice(seen).filter(isRequest);
      seen = notices.length;
      for (const one of fresh) if ('reservationId' in one) reservation = one.reservationId;
      return fresh.map(describe);
    },
    lastReservation: () => reservation,
    staff(...agentIds) {
      for (const agentId of agentIds) {
        router.login(agentId);
        router.ready(agentId);
        clock.advance(1);
      }
    },
  };
}

export function isRequest(notice: RoutingNotice): notice is Request {
  return notice.type !== 'agent-changed' && notice.type !== 'queue-changed';
}

function describe(request: Request): string {
  switch (request.type) {
    case 'agent-assigned':
    case 'agent-reserved':
      return `${request.type} ${request.interactionId} ${request.agentId}`;
    case 'dial-notified':
      return `${request.type} ${request.interactionId}`;
    case 'reservation-lost':
      return `${request.type} ${request.interactionId} ${request.why}`;
  }
}
