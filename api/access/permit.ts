// The guard of a route: a middleware that lets in whom the table of permissions lets in. Routes
// carry it in their definition, so that it can be seen which one has none.
import type { Context, MiddlewareHandler } from 'hono';
import type { RouterRoute } from 'hono/types';
import { findTargetHandler, isMiddleware } from 'hono/utils/handler';
import type { ApiEnv } from '../deps.ts';
import { ApiError } from '../problem.ts';
import type { Identity } from './identity.ts';
import { reachOf, ruleOf, type Permission } from './permissions.ts';

/** What decides `own`: whether the thing a request is about is the agent's. */
export type Ownership = (agentId: string, c: Context<ApiEnv>) => boolean;

const marked = new WeakMap<object, Permission>();

/**
 * The middleware of a permission. Whoever has it may repeat a request and get its first answer; the
 * others do not get that either. @throws ApiError ACCESS_DENIED, API_KEY_MISSING
 */
export function permit(permission: Permission): MiddlewareHandler<ApiEnv> {
  const guard: MiddlewareHandler<ApiEnv> = async (c, next) => {
    c.set('permission', permission);
    demand(permission, c);
    const repeatable = c.get('repeatable');
    return repeatable === undefined ? next() : repeatable(c, next);
  };
  marked.set(guard, permission);
  return guard;
}

/** The same as part of a route's definition; the API description shows it as `x-permission`. */
export function needs<P extends Permission>(permission: P) {
  return { middleware: permit(permission), 'x-permission': permission } as const;
}

function demand(permission: Permission, c: Context<ApiEnv>): void {
  const rule = ruleOf(permission);
  if (rule === 'open' || rule === 'session') return;
  const identity = c.get('identity');
  if (identity === undefined) throw new ApiError('API_KEY_MISSING', 'this route needs an API key');
  const reach = reachOf(permission, identity.roles, identity.lines !== null);
  if (reach === 'all') return;
  const own = c.get('owns');
  if (reach === 'own' && identity.agentId !== null && own?.(identity.agentId, c) === true) return;
  throw denied(permission, identity);
}

function denied(permission: Permission, { roles, lines }: Identity): ApiError {
  const limit = lines === null ? '' : ', limited to lines of business';
  const has = roles.join(', ') || 'none';
  return new ApiError('ACCESS_DENIED', `this needs ${permission}, which ${has}${limit} has not`, {
    fields: { permission, roles: [...roles] },
  });
}

/**
 * Routes as `GET /path` that answer before a permission was asked for: there must be none. What is
 * there for every method is looked at only if it answers by itself.
 */
export function unguarded(routes: readonly RouterRoute[]): readonly string[] {
  const guarded = new Set<string>();
  const open = new Set<string>();
  for (const { method, path, handler } of routes) {
    const target = findTargetHandler(handler);
    const name = `${method} ${path}`;
    if (marked.has(target)) guarded.add(name);
    else if (!guarded.has(name) && !(method === 'ALL' && isMiddleware(target))) open.add(name);
  }
  return [...open];
}

/** Every guarded route with its permission, in the order of their definition. */
export function guardedRoutes(
  routes: readonly RouterRoute[],
): readonly { readonly method: string; readonly path: string; readonly permission: Permission }[] {
  return routes.flatMap(({ method, path, handler }) => {
    const permission = marked.get(findTargetHandler(handler));
    return permission === undefined ? [] : [{ method, path, permission }];
  });
}
