// The HTTP face put together: what every request passes, the routes, and the last resort answers.
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { contextStorage } from 'hono/context-storage';
import { cors } from 'hono/cors';
import { HTTPException } from 'hono/http-exception';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { join } from 'node:path';
import { RingbackError } from '../core/errors.ts';
import { addressed } from './access/address.ts';
import { Auditor } from './access/auditor.ts';
import { ownership } from './access/ownership.ts';
import { unguarded } from './access/permit.ts';
import { currentScope, scopedDeps } from './access/scoped.ts';
import { scopedHub, scopedNotify, scopedRecordings } from './access/scoped-notify.ts';
import type { ApiDeps, ApiEnv } from './deps.ts';
import { genesysFace } from './gms/app.ts';
import { Notifications } from './gms/notification.ts';
import { EventHub } from './event-hub.ts';
import { ChatStreams } from './events/chat-stream.ts';
import { forgetting } from './forgetting.ts';
import { idempotent } from './idempotency/middleware.ts';
import { AnswerStore } from './idempotency/store.ts';
import { Metrics } from './metrics.ts';
import { closeAll, createNotify } from './notify.ts';
import { accessLog, authenticated, limitedBodies, securityHeaders } from './middleware.ts';
import { ApiError, problemResponse } from './problem.ts';
import { RecordingArchive } from './recording/archive.ts';
import { accessRoutes } from './routes/access.ts';
import { agentRoutes } from './routes/agents.ts';
import { callRoutes } from './routes/calls.ts';
import { callControlRoutes } from './routes/call-control.ts';
import { promptRoutes } from './routes/prompts.ts';
import { callbackRoutes } from './routes/callbacks.ts';
import { chatRoutes } from './routes/chats.ts';
import { traceRoutes } from './routes/traces.ts';
import { docsRoutes } from './routes/docs.ts';
import { cometRoutes } from './routes/comet.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { explanationRoutes } from './routes/explanation.ts';
import { peopleRoutes } from './routes/people.ts';
import { recordingRoutes } from './routes/recordings.ts';
import { reportRoutes } from './routes/reports.ts';
import { phoneRoutes } from './routes/phone.ts';
import { pushRoutes } from './routes/push.ts';
import { queueRoutes } from './routes/queues.ts';
import { timeRoutes } from './routes/times.ts';
import { installationRoutes } from './routes/installation.ts';
import { userRoutes } from './routes/users.ts';
import { systemRoutes } from './routes/system.ts';
import { trunkRoutes } from './routes/trunks.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { dataIn, requestInvalid } from './validation.ts';
import { versionedReads } from './versions.ts';

/** The API and what must be closed with it. */
export interface Api {
  readonly app: OpenAPIHono<ApiEnv>;
  /** Ends all event streams and deliveries; no request is served properly afterwards. */
  close(): void;
}

/** Paths that need an API key; everything else shows nothing of this installation. */
const PROTECTED = ['/api/*', '/metrics'] as const;

/** Paths that take sound instead of JSON. */
const UPLOADS: ReadonlySet<string> = new Set(['/api/v1/prompts']);

/** Builds the API over the faces of the other folders. Nothing listens yet. */
export function createApi(whole: ApiDeps): Api {
  const hub = new EventHub(whole);
  const told = createNotify(whole, hub);
  const metrics = new Metrics(whole, () => hub.clientCount);
  // From here on everything is as the one who asks may see it.
  const scope = currentScope(whole.config);
  const deps = scopedDeps(whole, scope);
  const events = scopedHub(hub, scope);
  const notify = scopedNotify(told, deps.callbacks, scope);
  const app = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw requestInvalid(result.target, result.error, dataIn(result));
    },
  });
  app.onError((error, c) => answerTo(error, c, deps));
  app.notFound((c) =>
    problemResponse(new ApiError('ROUTE_UNKNOWN', 'there is no such route'), c.get('requestId')),
  );
  const auditor = new Auditor(whole.access.audit, whole);
  const answers = deps.answers ?? new AnswerStore(':memory:');
  app.use(auditor.middleware((method, route) => operations.get(`${method} ${route}`) ?? null));
  useMiddleware(app, deps, metrics);
  app.use('/api/v1/*', idempotent(answers, deps));
  accessRoutes(app, deps);
  app.use('/api/v1/*', versionedReads());
  callbackRoutes(app, deps, notify.push);
  const chatStreams = new ChatStreams(deps.chats, deps.clock, {
    maxClients: deps.config.http.maxEventClients,
    heartbeatMs: deps.config.http.eventHeartbeatSeconds * 1_000,
  });
  chatRoutes(app, deps, chatStreams);
  agentRoutes(app, deps);
  queueRoutes(app, deps);
  timeRoutes(app, deps);
  promptRoutes(app, deps);
  trunkRoutes(app, deps);
  userRoutes(app, deps);
  installationRoutes(app, deps);
  systemRoutes(app, deps);
  peopleRoutes(app, { ...deps, forget: forgetting({ ...whole, answers }) });
  reportRoutes(app, deps);
  explanationRoutes(app, deps);
  const archive = new RecordingArchive(join(deps.config.dataDir, 'recordings'));
  recordingRoutes(app, deps, scopedRecordings(archive, deps.callbacks, scope));
  callRoutes(app, deps);
  callControlRoutes(app, deps);
  traceRoutes(app, deps);
  eventRoutes(app, events, deps);
  webhookRoutes(app, notify.webhooks);
  pushRoutes(app, notify.push);
  cometRoutes(app, notify.comet, deps);
  healthRoutes(app, deps, metrics);
  if (deps.phone !== undefined && deps.config.http.phone.enabled) {
    phoneRoutes(app, deps, deps.phone);
  }
  docsRoutes(app);
  if (deps.config.genesys.enabled) {
    const { outbound, comet } = notify;
    const tell = (channel: string, data: object): void => comet.tell(channel, data);
    app.route('/', genesysFace(deps, new Notifications({ ...deps, outbound, tell })));
  }
  const operations = operationsOf(app);
  const open = unguarded(app.routes);
  if (open.length > 0) throw new Error(`no permission is named by ${open.join(', ')}`);
  const close = (): void => {
    closeAll(hub, told, chatStreams);
    auditor.flush();
  };
  return { app, close };
}

/** `operationId` by method and route. */
function operationsOf({ openAPIRegistry }: OpenAPIHono<ApiEnv>): ReadonlyMap<string, string> {
  const pairs = openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return [];
    const { method, path, operationId = '' } = definition.route;
    return [[`${method.toUpperCase()} ${path.replace(/{(.+?)}/g, ':$1')}`, operationId] as const];
  });
  return new Map(pairs);
}

function useMiddleware(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, metrics: Metrics): void {
  const { corsOrigins, maxBodyBytes, maxUploadBytes } = deps.config.http;
  app.use(addressed(deps.config.http.trustedProxies));
  app.use(requestId({ generator: () => deps.ids.next(), limitLength: 64 }));
  app.use(securityHeaders());
  app.use(contextStorage());
  const owns = ownership(deps);
  app.use(async (c, next) => {
    c.set('owns', owns);
    await next();
  });
  app.use(accessLog(deps, (...request) => metrics.countRequest(...request)));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: methodRefused }));
  if (corsOrigins.length > 0) {
    app.use(
      '/api/*',
      cors({
        origin: corsOrigins,
        allowHeaders: [
          'Authorization',
          'Content-Type',
          'Idempotency-Key',
          'If-Match',
          'If-None-Match',
          'Last-Event-ID',
        ],
        exposeHeaders: [
          'ETag',
          'Location',
          'Retry-After',
          'X-Request-Id',
          'Idempotency-Replayed',
          'Link',
          'RateLimit',
          'RateLimit-Policy',
          'RateLimit-Limit',
          'RateLimit-Remaining',
          'RateLimit-Reset',
        ],
        maxAge: 600,
      }),
    );
  }
  const withKey = authenticated(deps);
  for (const path of PROTECTED) app.use(path, withKey);
  app.use('/api/*', limitedBodies(maxBodyBytes, { paths: UPLOADS, maxBytes: maxUploadBytes }));
}

function methodRefused(c: Context, methods: readonly string[]): Response {
  const { requestId: id } = c.var as ApiEnv['Variables'];
  const error = new ApiError('METHOD_NOT_ALLOWED', `${c.req.method} is not possible here`, {
    headers: { Allow: methods.join(', ') },
  });
  return problemResponse(error, id);
}

/** Every error ends here: ours as they are, the framework's translated, bugs logged and hidden. */
function answerTo(error: Error, c: Context<ApiEnv>, { log }: ApiDeps): Response {
  const known = error instanceof HTTPException ? translated(error) : error;
  const id = c.get('requestId');
  if (!(known instanceof RingbackError) || known.verdict.httpStatus >= 500) {
    log.error('http-request-failed', { requestId: id, method: c.req.method, error: known });
  }
  return problemResponse(known, id);
}

function translated(error: HTTPException): Error {
  switch (error.status) {
    case 400:
      return new ApiError('REQUEST_MALFORMED', 'the body is not valid JSON');
    case 415:
      return new ApiError('MEDIA_TYPE_UNSUPPORTED', 'send Content-Type: application/json');
    default:
      return error;
  }
}
