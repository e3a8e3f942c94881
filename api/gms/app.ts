// The Genesys-compatible face put together: REST under /genesys, and /engagement for the interface
// that came after it. Errors have the bodies its clients read.
import { Hono, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { RingbackError } from '../../core/errors.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { authenticated, BASIC, limitedBodies, rateLimitedOnly } from '../middleware.ts';
import { ApiError } from '../problem.ts';
import { adminRoutes } from './admin.ts';
import { callInRoutes } from './call-in.ts';
import { callbackServiceRoutes } from './callbacks.ts';
import { chatRoutes } from './chat.ts';
import { engagementFace } from './engagement.ts';
import { errorBody, errorHeaders, errorStatus } from './errors.ts';
import { notificationRoutes, type Notifications } from './notification.ts';
import { Statistics, statisticRoutes } from './statistic.ts';
import { storageRoutes } from './storage.ts';
import { Times, timeServiceRoutes } from './times.ts';

/** The face as an application of its own, to be mounted at the root. */
export function genesysFace(deps: ApiDeps, notifications: Notifications): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.onError((error, c) => {
    if (errorStatus(error) >= 500) logFault(deps, error, c.get('requestId'));
    const body = JSON.stringify(errorBody(error));
    return new Response(body, { status: errorStatus(error), headers: errorHeaders(error) });
  });
  const { http, genesys } = deps.config;
  const guard = genesys.auth === 'key' ? authenticated(deps, BASIC) : rateLimitedOnly(deps);
  for (const path of ['/genesys/*', '/engagement/*']) {
    if (http.corsOrigins.length > 0) app.use(path, cors({ origin: http.corsOrigins }));
    app.use(path, knownOrigins(http.corsOrigins));
    app.use(path, guard);
    app.use(path, limitedBodies(http.maxBodyBytes));
  }
  const times = new Times(deps);
  callbackServiceRoutes(app, deps);
  timeServiceRoutes(app, deps, times);
  callInRoutes(app, deps);
  chatRoutes(app, deps);
  notificationRoutes(app, notifications);
  adminRoutes(app, deps);
  statisticRoutes(app, new Statistics(deps));
  if (deps.gmsStorage !== undefined) storageRoutes(app, deps.gmsStorage, deps);
  app.route('/', engagementFace(deps, times));
  return app;
}

/**
 * Browsers send forms and remembered passwords anywhere, whichever page asks them to: a page of
 * another origin must be one of those configured (RFC 6454).
 * @throws ApiError GENESYS_ORIGIN_REFUSED
 */
function knownOrigins(allowed: readonly string[]): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const origin = c.req.header('Origin');
    if (origin !== undefined && !allowed.includes(origin)) {
      const own = URL.parse(origin)?.host === c.req.header('Host');
      if (!own) throw new ApiError('GENESYS_ORIGIN_REFUSED', 'pages of that origin may not ask');
    }
    await next();
  };
}

function logFault({ log }: ApiDeps, error: Error, requestId: string): void {
  const known = error instanceof RingbackError ? error.code : null;
  log.error('http-request-failed', { requestId, face: 'genesys', code: known, error });
}
