// POST /public/callbacks: visitors of a web site promise themselves a callback, without a key. It
// is there only if a verifier of CAPTCHAs is configured.
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { cors } from 'hono/cors';
import { addressOf } from '../access/address.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { limitedBodies } from '../middleware.ts';
import { toE164 } from '../phone-number.ts';
import { ApiError } from '../problem.ts';
import { RateLimiter } from '../rate-limit.ts';
import { desiredTimeMs } from '../routes/callbacks.ts';
import { isoTimeOrNull, moment, problems } from '../schemas/common.ts';
import { verify, type PublicSettings } from './verifier.ts';

const PATH = '/public/callbacks';
const MAX_BODY_BYTES = 16_384;

const askSchema = z
  .strictObject({
    queueId: z.string().min(1).max(64),
    customerNumber: z.string().min(1).max(40),
    desiredTime: moment('Absent: as soon as possible.').optional(),
    captcha: z.string().min(1).max(8_192).openapi({ description: 'What the widget gave out.' }),
  })
  .openapi('PublicCallback');

const promisedSchema = z
  .object({ desiredTime: z.string().nullable() })
  .openapi('PublicCallbackPromised');

const createPublic = createRoute({
  method: 'post',
  path: PATH,
  operationId: 'createPublicCallback',
  ...needs('session'),
  summary: 'Promise a callback to a visitor of a web site',
  description: 'There only with `http.publicCallbacks`. One CAPTCHA is one callback.',
  tags: ['Callbacks'],
  security: [],
  request: { body: { required: true, content: { 'application/json': { schema: askSchema } } } },
  responses: {
    201: { description: 'Promised.', content: { 'application/json': { schema: promisedSchema } } },
    ...problems(400, 403, 404, 409, 413, 415, 503),
  },
});

type Deps = Pick<ApiDeps, 'callbacks' | 'config' | 'clock'>;

export function publicRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps, settings: PublicSettings): void {
  const { callbacks, clock, config } = deps;
  const secret = config.secrets.get(settings.secretEnv);
  const { requestsPerMinute } = settings;
  const limiter = new RateLimiter(clock, {
    perSecond: requestsPerMinute / 60,
    burst: requestsPerMinute,
  });
  const allowed = { origin: config.http.corsOrigins, allowHeaders: ['Content-Type'], maxAge: 600 };
  app.use(PATH, cors(allowed), limitedBodies(MAX_BODY_BYTES));
  app.openapi(createPublic, async (c) => {
    const address = addressOf(c);
    const { allowed: isAllowed, retryAfterSeconds } = limiter.take(address ?? '');
    if (!isAllowed) {
      throw new ApiError('RATE_LIMITED', 'too many callbacks from this address', {
        headers: { 'Retry-After': String(retryAfterSeconds) },
      });
    }
    const { queueId, customerNumber: number, desiredTime, captcha } = c.req.valid('json');
    if (!settings.queues.includes(queueId)) {
      throw new ApiError('QUEUE_UNKNOWN', 'there is no such queue', { fields: { queueId } });
    }
    const customerNumber = toE164(number, config.defaultCountry, 'customerNumber');
    const wishMs = desiredTimeMs(deps, queueId, desiredTime);
    await verify(settings, secret, { response: captcha, address });
    c.set('actor', 'public');
    const { record } = await callbacks.create({
      ...{ queueId, customerNumber, desiredTimeMs: wishMs, arrivedAtMs: null, priority: null },
      ...{ dialMode: null, firstParty: null, maxAttempts: null, retryGapSeconds: null },
      ...{ requiredSkills: [], userData: {}, timeZone: null, idempotencyKey: null },
    });
    return c.json({ desiredTime: isoTimeOrNull(record.desiredTimeMs) }, 201);
  });
}
