// /genesys/cometd: events for clients that speak Bayeux, with an API key as bearer or as password.
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { permit } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import type { Comet, ReadRequest } from '../events/comet.ts';
import { authenticated, BASIC, limitedBodies } from '../middleware.ts';
import { ApiError } from '../problem.ts';

const PATH = '/genesys/cometd';
const MAX_MESSAGES = 50;

/** Its clients add the kind of a message to the path: /handshake, /connect ... */
export function cometRoutes(app: OpenAPIHono<ApiEnv>, comet: Comet, deps: ApiDeps): void {
  for (const path of [PATH, `${PATH}/*`]) {
    app.use(path, authenticated(deps, BASIC), limitedBodies(deps.config.http.maxBodyBytes));
    app.all(path, permit('events.read'), async (c) => {
      const messages: unknown = await c.req.json().catch(() => null);
      if (
        !Array.isArray(messages) ||
        messages.length > MAX_MESSAGES ||
        !messages.every(isMessage)
      ) {
        throw new ApiError('REQUEST_MALFORMED', 'the body is not a list of Bayeux messages');
      }
      const { incoming, outgoing } = c.env as HttpBindings;
      comet.handle(Object.assign(incoming as ReadRequest, { body: messages }), outgoing);
      // The answer is made by the other side; this only says so to the server beneath.
      return RESPONSE_ALREADY_SENT;
    });
  }
}

function isMessage(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'channel' in message;
}
