// The interface that came after the first: /engagement/v3, in plain names and JSON alone.
import { Hono } from 'hono';
import type { Context } from 'hono';
import { z } from 'zod';
import { notFound, RingbackError } from '../../core/errors.ts';
import { permit } from '../access/permit.ts';
import type { ApiEnv } from '../deps.ts';
import { ApiError } from '../problem.ts';
import { isoTime, moment } from '../schemas/common.ts';
import { requestInvalid } from '../validation.ts';
import { accessOf, requested } from './call-in.ts';
import { placeOf } from './callbacks.ts';
import { errorBody, errorHeaders, errorStatus, invalidOption } from './errors.ts';
import { jsonObject, queryOf } from './params.ts';
import { stateOf } from './records.ts';
import { MAX_ATTACHED, serviceNamed, serviceOf, toCreate, type GmsDeps } from './services.ts';
import type { Times } from './times.ts';

const ROOT = '/engagement/v3';

const plain = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const KEY = /^[\w.-]{1,64}$/;

const createSchema = z.strictObject({
  serviceName: z.string().min(1).max(64),
  phoneNumber: z.string().min(1).max(40),
  desiredTime: moment('').optional(),
  language: z.string().max(35).optional(),
  channel: z
    .string()
    .regex(/^voice$/i, 'must be voice')
    .optional(),
  priority: z.number().int().min(0).max(1_000).optional(),
  userData: z.record(z.string().regex(KEY), plain.pipe(z.string().max(1_024))).default({}),
  /** So it is always: a full slot is refused, never exchanged for another. */
  alwaysCheckCapacity: z.boolean().optional(),
  cbOfferType: z.enum(['ASAP', 'SCHEDULED', 'COMBINED_SCHEDULED_AND_ASAP']).optional(),
  inboundVQ: z.string().max(256).optional(),
  offerThreshold: plain.optional(),
  offerTiming: z.enum(['ON-HOURS', 'OFF-HOURS']).optional(),
  cbOriginationIxnId: z.string().max(256).optional(),
});

const idSchema = z.strictObject({ id: z.string().min(1).max(128) });

/** For reports alone: attached, so that whoever reports finds them. */
const REPORTED = [
  'cbOfferType',
  'inboundVQ',
  'offerThreshold',
  'offerTiming',
  'cbOriginationIxnId',
] as const;

export function engagementFace(deps: GmsDeps, times: Times): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.onError((error, c) => {
    const { message, proposedSlots } = errorBody(error);
    const code = error instanceof RingbackError ? error.code : 'INTERNAL_ERROR';
    const status = { code, corrId: c.get('requestId'), message };
    const body = proposedSlots === undefined ? { status } : { status, data: { proposedSlots } };
    const headers = errorHeaders(error);
    return new Response(JSON.stringify(body), { status: errorStatus(error), headers });
  });
  callbackRoutes(app, deps);
  callInRoutes(app, deps);
  app.get(`${ROOT}/callbacks/availability/:service`, permit('queues.read'), (c) => {
    const service = serviceNamed(deps, c.req.param('service'));
    return answered(c, times.availability(service, queryOf(c)));
  });
  app.get(`${ROOT}/callbacks/open-for/:service`, permit('queues.read'), (c) => {
    const service = serviceNamed(deps, c.req.param('service'));
    return answered(c, { openFor: times.openForSeconds(service, queryOf(c)) });
  });
  app.get(`${ROOT}/callbacks/queue-status/:queue`, permit('queues.read'), (c) =>
    answered(c, queueStatus(deps, c.req.param('queue'))),
  );
  app.get(`${ROOT}/estimated-wait-time`, permit('queues.read'), (c) => {
    const queues = (queryOf(c).get('virtual-queues') ?? '').split(',').filter(Boolean);
    if (queues.length === 0 || queues.length > 100) {
      throw invalidOption('virtual-queues', 'must name 1 to 100 queues');
    }
    return answered(c, Object.fromEntries(queues.map((id) => [id, waitOf(deps, id)])));
  });
  return app;
}

function callbackRoutes(app: Hono<ApiEnv>, deps: GmsDeps): void {
  app.post(`${ROOT}/callbacks/create`, permit('callbacks.create'), async (c) => {
    const body = await bodyOf(c, createSchema);
    const reported = REPORTED.flatMap((key) => {
      const value = body[key];
      return value === undefined ? [] : [[key, value] as const];
    });
    const attached = { ...body.userData, ...Object.fromEntries(reported) };
    if (Object.keys(attached).length > MAX_ATTACHED) {
      throw invalidOption('userData', `has over ${MAX_ATTACHED} keys`);
    }
    const wish = {
      customerNumber: body.phoneNumber,
      desiredTime: body.desiredTime ?? null,
      attached,
      language: body.language ?? null,
      priority: body.priority ?? null,
    };
    const params = new Map(Object.entries(body.userData));
    const request = toCreate(deps, serviceNamed(deps, body.serviceName), wish, params);
    const { record } = await deps.callbacks.create(request);
    return answered(c, { id: record.id });
  });
  app.post(`${ROOT}/callbacks/cancel`, permit('callbacks.cancel'), async (c) => {
    const { id } = known(deps, (await bodyOf(c, idSchema)).id);
    await deps.callbacks.cancel(id);
    return answered(c, { id });
  });
  app.post(`${ROOT}/callbacks/retrieve`, permit('callbacks.read'), async (c) => {
    const record = known(deps, (await bodyOf(c, idSchema)).id);
    const place = placeOf(deps, record);
    return answered(c, {
      id: record.id,
      desiredTime: isoTime(record.desiredTimeMs ?? record.createdAtMs),
      callbackState: stateOf(record.state),
      ...(record.reason === null ? {} : { callbackReason: record.reason }),
      phoneNumber: record.customerNumber,
      ...(place === null
        ? {}
        : { positionInQueue: place.position, estimatedWaitTime: place.etaSeconds }),
    });
  });
}

const callInSchema = z.strictObject({
  groupName: z.string().min(1).max(64),
  fromPhoneNumber: z.string().min(1).max(40),
  userData: z.record(z.string().regex(KEY), plain.pipe(z.string().max(1_024))).default({}),
  callbackServiceId: z.string().min(1).max(128).optional(),
});

function callInRoutes(app: Hono<ApiEnv>, deps: GmsDeps): void {
  app.post(`${ROOT}/call-in/requests/create`, permit('callbacks.create'), async (c) => {
    const { groupName, fromPhoneNumber, userData, callbackServiceId } = await bodyOf(
      c,
      callInSchema,
    );
    const params = new Map([...Object.entries(userData), ['_phone_number', fromPhoneNumber]]);
    const service = serviceNamed(deps, groupName, 'request-interaction');
    const record =
      callbackServiceId === undefined
        ? await requested(deps, service, params)
        : known(deps, callbackServiceId);
    const access = accessOf(record);
    return answered(c, {
      id: record.id,
      toPhoneNumber: access._access_number,
      accessCode: access._access_code ?? null,
      expirationTime: access._expiration_time,
    });
  });
}

function answered(c: Context<ApiEnv>, data: object): Response {
  return c.json({ status: { code: 'OK', corrId: c.get('requestId') }, data }, 200);
}

/** @throws ApiError MEDIA_TYPE_UNSUPPORTED, REQUEST_MALFORMED, REQUEST_INVALID */
async function bodyOf<Schema extends z.ZodType>(
  c: Context<ApiEnv>,
  schema: Schema,
): Promise<z.output<Schema>> {
  if (!/^application\/json\b/i.test(c.req.header('Content-Type') ?? '')) {
    throw new ApiError('MEDIA_TYPE_UNSUPPORTED', 'send Content-Type: application/json');
  }
  const parsed = schema.safeParse(jsonObject(await c.req.text()));
  if (parsed.success) return parsed.data;
  throw requestInvalid('json', parsed.error);
}

/** @throws RingbackError CALLBACK_UNKNOWN */
function known(deps: GmsDeps, id: string) {
  const record = deps.callbacks.get(id);
  if (record !== null && serviceOf(deps, record) !== null) return record;
  throw notFound('CALLBACK_UNKNOWN', 'there is no such callback');
}

/** @throws ApiError QUEUE_UNKNOWN */
function queueStatus({ router, config, callbacks, clock }: GmsDeps, queueId: string) {
  const queue = router.queue(queueId);
  const settings = config.queues.find(({ id }) => id === queueId)?.callback;
  if (queue === null || settings === undefined) {
    throw new ApiError('QUEUE_UNKNOWN', 'there is no such queue');
  }
  const ewt = Math.round(queue.estimatedWait.ewtSeconds);
  const nowMs = clock.nowMs();
  const calledAtMs = nowMs + Math.max(0, ewt) * 1_000;
  const open = callbacks.openPeriods(queueId, nowMs, calledAtMs + 1);
  // Open without a break from now until the call: nobody is promised a call after closing.
  const lasts = open === null || (open[0]?.fromMs === nowMs && open[0].toMs > calledAtMs);
  return {
    ewt,
    offerImmediateCallback: ewt >= 0 && lasts,
    offerScheduledCallback: settings.slots !== null && settings.maxScheduleAheadSeconds > 0,
  };
}

function waitOf({ router }: GmsDeps, queueId: string) {
  const queue = router.queue(queueId);
  const wait = queue === null ? -1 : Math.round(queue.estimatedWait.ewtSeconds);
  const message = queue === null ? 'no such queue' : queue.estimatedWait.reason;
  return { estimatedWaitTime: wait, message, resultCode: wait < 0 ? 1 : 0 };
}
