// /api/v1/events: everything as it happens, as server-sent events (WHATWG HTML s.9.2) and over
// WebSocket (RFC 6455), with the same filters and replay.
import { upgradeWebSocket } from '@hono/node-server';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { WebSocket } from 'ws';
import { needs, permit } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import type { EventHub } from '../event-hub.ts';
import { serveEvents } from '../events/socket.ts';
import { eventStream } from '../events/stream.ts';
import { ApiError } from '../problem.ts';
import { problems } from '../schemas/common.ts';
import {
  eventSchema,
  filterOf,
  followHeadersSchema,
  followQuerySchema,
} from '../schemas/events.ts';
import { requestInvalid } from '../validation.ts';

const REPLAY =
  'After a break send `Last-Event-ID`: the missed callback events come first. Of agents, queues, ' +
  'trunks and calls the latest is told.';

const stream = createRoute({
  method: 'get',
  path: '/api/v1/events',
  operationId: 'streamEvents',
  ...needs('events.read'),
  summary: 'Follow everything that happens',
  description: `Events are named by their topic. ${REPLAY} Comments keep quiet streams open.`,
  tags: ['Events'],
  request: { headers: followHeadersSchema, query: followQuerySchema },
  responses: {
    200: {
      description: 'A stream that does not end by itself; each `data` is an Event.',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    ...problems(400, 503),
  },
});

const socket = createRoute({
  method: 'get',
  path: '/api/v1/events/ws',
  operationId: 'streamEventsOverWebSocket',
  ...needs('events.read'),
  summary: 'Follow everything that happens, over WebSocket',
  description: `Each text is an Event. ${REPLAY}`,
  tags: ['Events'],
  request: { headers: followHeadersSchema, query: followQuerySchema },
  responses: {
    101: {
      description: 'Texts, one for each event.',
      content: { 'application/json': { schema: eventSchema } },
    },
    ...problems(400, 426, 503),
  },
});

export function eventRoutes(
  app: OpenAPIHono<ApiEnv>,
  hub: EventHub,
  deps: Pick<ApiDeps, 'config' | 'log'>,
): void {
  app.openapi(stream, (c) => {
    const query = c.req.valid('query');
    const last = c.req.valid('header')['Last-Event-ID'] ?? query.after;
    const follower = hub.follow(
      filterOf(query),
      last === undefined ? null : Number(last),
      ownerOf(c),
    );
    return c.body(eventStream(follower), 200, {
      'Content-Type': 'text/event-stream',
      'X-Accel-Buffering': 'no',
    });
  });
  app.openAPIRegistry.registerPath(socket);
  app.get(
    '/api/v1/events/ws',
    permit('events.read'),
    async (c, next) => {
      if (c.req.header('upgrade')?.toLowerCase() === 'websocket') return next();
      throw new ApiError('WEBSOCKET_EXPECTED', 'this route speaks WebSocket only');
    },
    upgradeWebSocket((c) => {
      const read = followQuerySchema.safeParse(c.req.query());
      if (!read.success) throw requestInvalid('query', read.error);
      const headers = followHeadersSchema.safeParse({
        'Last-Event-ID': c.req.header('Last-Event-ID'),
      });
      if (!headers.success) throw requestInvalid('header', headers.error);
      const last = headers.data['Last-Event-ID'] ?? read.data.after;
      const follower = hub.follow(
        filterOf(read.data),
        last === undefined ? null : Number(last),
        ownerOf(c),
      );
      const { maxBufferedBytes } = deps.config.events;
      return {
        onOpen: (_, { raw }) => {
          void serveEvents(raw as WebSocket, follower, maxBufferedBytes, deps.log);
        },
      };
    }),
  );
}

/** Streams are counted by who opened them. */
function ownerOf(c: Context): string | null {
  return (c.var as ApiEnv['Variables']).identity?.name ?? null;
}
