// /phone: a telephone for agents in the browser, and the few requests it makes. An agent shows the
// SIP password once and gets a token that is good for that agent alone.
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { notFound } from '../../core/errors.ts';
import { permit } from '../access/permit.ts';
import type { ApiDeps, ApiEnv, PhoneDeps } from '../deps.ts';
import { contentOf, pageFiles } from '../phone/files.ts';
import { PhoneSessions } from '../phone/sessions.ts';
import { hostOf, webSocketUrl } from '../phone/web-socket.ts';
import { ApiError } from '../problem.ts';
import { RateLimiter } from '../rate-limit.ts';
import { agentView, notReadySchema } from '../schemas/agents.ts';
import { requestInvalid } from '../validation.ts';

type Deps = Pick<ApiDeps, 'router' | 'sip' | 'config' | 'clock' | 'log'>;
type Call = Context<ApiEnv>;

/** Wrong passwords share one bucket: guessing is slow, and those who are in do not notice. */
const GUESSES = { perSecond: 1, burst: 10 };
const MAX_BODY_BYTES = 4_096;

const loginSchema = z.strictObject({
  agentId: z.string().min(1).max(64),
  password: z.string().min(1).max(256),
});

export function phoneRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps, phone: PhoneDeps): void {
  sessionRoutes(app, deps, phone);
  pageRoutes(app, deps, phone);
}

function pageRoutes(app: OpenAPIHono<ApiEnv>, { config }: Deps, phone: PhoneDeps): void {
  const files = pageFiles();
  const { webSocketUrl: configured } = config.http.phone;
  app.get('/phone', permit('open'), (c) => c.redirect('/phone/', 308));
  app.get('/phone/:file{.*}', permit('open'), (c) => {
    const file = files.get(c.req.param('file') || 'index.html');
    if (file === undefined) throw new ApiError('ROUTE_UNKNOWN', 'there is no such page');
    const socket = webSocketUrl(configured, phone.listening, hostOf(c.req.header('Host')));
    return c.body(contentOf(file), 200, {
      'Content-Type': file.type,
      'Content-Security-Policy': policy(socket),
      'Permissions-Policy': 'microphone=(self), camera=(), geolocation=()',
      'Cache-Control': file.lasting ? 'public, max-age=86400' : 'no-cache',
    });
  });
}

/** Nothing but our own files, and one WebSocket. */
function policy(socket: string | null): string {
  const origin = socket === null ? '' : ` ${new URL(socket).origin}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self'${origin}`,
    "media-src 'self' blob:",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

function sessionRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps, phone: PhoneDeps): void {
  const { router, sip, clock, log } = deps;
  const sessions = new PhoneSessions(clock);
  const guesses = new RateLimiter(clock, GUESSES);
  const shown = (agentId: string) => {
    const view = router.agent(agentId);
    if (view === null) throw notFound('ROUTING_AGENT_UNKNOWN', 'no such agent', { agentId });
    return agentView(view, sip.bindings(view.username).length > 0);
  };
  const withAgent = (act: (c: Call, agentId: string) => unknown) => async (c: Call) => {
    const agentId = sessions.agentOf(tokenOf(c));
    if (agentId === null) throw new ApiError('PHONE_SESSION_INVALID', 'log in again');
    c.set('actor', `agent:${agentId}`);
    await act(c, agentId);
    return c.json(shown(agentId), 200);
  };
  app.use('/phone/session/*', bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }));
  app.post(
    '/phone/session',
    permit('session'),
    bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }),
    async (c) => {
      const { agentId, password } = await bodyOf(c, loginSchema);
      const agent = router.agent(agentId);
      if (agent === null || !phone.verifyPassword(agent.username, password)) {
        const answer = guesses.take('');
        if (!answer.allowed) throw tooMany(answer.retryAfterSeconds);
        log.warn('phone-login-refused', { agentId: agent === null ? null : agentId });
        throw new ApiError('PHONE_LOGIN_REFUSED', 'Unknown agent or wrong password.');
      }
      if (agent.state === 'logged-out') router.login(agentId);
      const { username } = agent;
      const url = webSocketUrl(
        deps.config.http.phone.webSocketUrl,
        phone.listening,
        hostOf(c.req.header('Host')),
      );
      const { realm } = deps.config.sip;
      const token = sessions.open(agentId);
      return c.json({ token, agent: shown(agentId), sip: { username, realm, url } }, 201);
    },
  );
  app.get(
    '/phone/session/agent',
    permit('session'),
    withAgent(() => undefined),
  );
  app.post(
    '/phone/session/ready',
    permit('session'),
    withAgent((_, agentId) => router.ready(agentId)),
  );
  app.post(
    '/phone/session/not-ready',
    permit('session'),
    withAgent(async (c, agentId) => {
      const { reason } = await bodyOf(c, notReadySchema);
      router.notReady(agentId, reason);
    }),
  );
  app.post(
    '/phone/session/logout',
    permit('session'),
    withAgent((c, agentId) => {
      router.logout(agentId);
      sessions.close(tokenOf(c));
    }),
  );
}

function tokenOf(c: Call): string {
  return /^Bearer +([\w-]{1,128})$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? '';
}

/** @throws ApiError REQUEST_MALFORMED, REQUEST_INVALID */
async function bodyOf<T>(c: Call, schema: z.ZodType<T>): Promise<T> {
  const body: unknown = await c.req.json().catch(() => {
    throw new ApiError('REQUEST_MALFORMED', 'the body is not valid JSON');
  });
  const read = schema.safeParse(body);
  if (!read.success) throw requestInvalid('json', read.error);
  return read.data;
}

function tooMany(retryAfterSeconds: number): ApiError {
  return new ApiError('RATE_LIMITED', 'too many wrong passwords', {
    headers: { 'Retry-After': String(retryAfterSeconds) },
  });
}

function tooLarge(): never {
  throw new ApiError('BODY_TOO_LARGE', `the body is longer than ${MAX_BODY_BYTES} bytes`);
}
