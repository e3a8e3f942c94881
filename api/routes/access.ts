// /api/v1/keys and /api/v1/audit: who may use the API, and who did what; and links for customers.
import { setImmediate } from 'node:timers/promises';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { cursorKey, cursorText } from '../listing/cursor.ts';
import { listAnswer, pageOf, questionOf } from '../listing/page.ts';
import { isAsked, msOf } from '../listing/query.ts';
import { ApiError } from '../problem.ts';
import {
  auditCheckSchema,
  auditListSchema,
  auditView,
  createKeySchema,
  keyListSchema,
  keyNameSchema,
  keySchema,
  keyView,
  listAuditSchema,
  listKeysSchema,
  newKeySchema,
} from '../schemas/access.ts';
import { problems } from '../schemas/common.ts';
import { publicRoutes } from '../public/routes.ts';
import { selfRoutes } from '../self/routes.ts';
import { linkRoutes } from './links.ts';

const TAGS = ['Access'];

const json = <S>(description: string, schema: S) => ({
  description,
  content: { 'application/json': { schema } },
});

const createKey = createRoute({
  method: 'post',
  path: '/api/v1/keys',
  operationId: 'createKey',
  ...needs('keys.manage'),
  summary: 'Make an API key',
  description: 'The key is in this answer and in no other; only its hash is kept.',
  tags: TAGS,
  request: { body: { required: true, ...json('The key.', createKeySchema) } },
  responses: {
    201: json('Made, good from now on.', newKeySchema),
    ...problems(400, 409, 413, 415),
  },
});

const listKeys = createRoute({
  method: 'get',
  path: '/api/v1/keys',
  operationId: 'listKeys',
  ...needs('keys.manage'),
  summary: 'List API keys that were made here, revoked ones too',
  tags: TAGS,
  request: { query: listKeysSchema },
  responses: { 200: json('One page.', keyListSchema), ...problems(400) },
});

const revokeKey = createRoute({
  method: 'delete',
  path: '/api/v1/keys/{name}',
  operationId: 'revokeKey',
  ...needs('keys.manage'),
  summary: 'Revoke an API key',
  description: 'At once and for ever. It stays in the list.',
  tags: TAGS,
  request: { params: keyNameSchema },
  responses: { 200: json('Revoked, now or before.', keySchema), ...problems(400, 404) },
});

const listAudit = createRoute({
  method: 'get',
  path: '/api/v1/audit',
  operationId: 'listAudit',
  ...needs('audit.read'),
  summary: 'Read the audit log, newest first',
  tags: TAGS,
  request: { query: listAuditSchema },
  responses: { 200: json('One page.', auditListSchema), ...problems(400) },
});

const checkAudit = createRoute({
  method: 'get',
  path: '/api/v1/audit/check',
  operationId: 'checkAudit',
  ...needs('audit.read'),
  summary: 'Check that nothing was changed in the audit log or taken out of it',
  tags: TAGS,
  responses: { 200: json('What was found.', auditCheckSchema), ...problems() },
});

type Deps = Pick<ApiDeps, 'access' | 'callbacks' | 'router' | 'config' | 'clock'>;

export function accessRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  const { keys, audit } = deps.access;
  linkRoutes(app, deps);
  selfRoutes(app, deps);
  const { publicCallbacks } = deps.config.http;
  if (publicCallbacks !== null) publicRoutes(app, deps, publicCallbacks);
  app.openapi(createKey, (c) => {
    const { linesOfBusiness: lines, expiresAt, ...wanted } = c.req.valid('json');
    const known = new Set(deps.config.queues.map(({ lineOfBusiness }) => lineOfBusiness));
    const lost = lines?.find((line) => !known.has(line));
    if (lost !== undefined) throw wrong('linesOfBusiness', `"${lost}" is the line of no queue`);
    const expiresAtMs = expiresAt === null ? null : Date.parse(expiresAt);
    if (expiresAtMs !== null && expiresAtMs <= deps.clock.nowMs()) {
      throw wrong('expiresAt', 'is past');
    }
    const by = c.get('identity')?.name ?? '';
    const { key, stored } = keys.create({ ...wanted, lines, expiresAtMs }, by);
    c.set('isAnswerSecret', true);
    return c.json({ ...keyView(stored), key }, 201);
  });
  app.openapi(listKeys, (c) => {
    const query = c.req.valid('query');
    const rules = { name: 'keys', idOf: ({ name }: { readonly name: string }) => name };
    const page = pageOf(keys.list().map(keyView), query, rules);
    return c.json(listAnswer(c, page, query.fields), 200);
  });
  app.openapi(revokeKey, (c) => c.json(keyView(keys.revoke(c.req.valid('param').name)), 200));
  app.openapi(checkAudit, async (c) => c.json(await audit.check(() => setImmediate()), 200));
  app.openapi(listAudit, (c) => {
    const query = c.req.valid('query');
    const question = questionOf('audit', query);
    const [before] = query.cursor === undefined ? [] : cursorKey(question, query.cursor);
    const found = audit.list({
      ...{ actor: query.actor, operation: query.operation },
      ...{ fromMs: msOf(query.from), toMs: msOf(query.to) },
      refused: query.refused !== undefined && isAsked(query.refused, true),
      before: before === undefined ? undefined : Number(before),
      limit: query.limit + 1,
    });
    const items = found.slice(0, query.limit).map(auditView);
    const last = found.length > query.limit ? items.at(-1) : undefined;
    const nextCursor = last === undefined ? null : cursorText(question, [last.sequence]);
    return c.json(listAnswer(c, { items, nextCursor }, query.fields), 200);
  });
}

function wrong(field: string, message: string): ApiError {
  const issue = { field, pointer: `#/${field}`, code: 'NOT_ALLOWED', message };
  return new ApiError('REQUEST_INVALID', `${field} ${message}`, { issues: [issue] });
}
