// Callback services: start, cancel, move and find callbacks, and the dialog about one.
import type { Context, Hono } from 'hono';
import type { CallbackRecord } from '../../callback/index.ts';
import { notFound } from '../../core/errors.ts';
import { permit } from '../access/permit.ts';
import type { ApiEnv } from '../deps.ts';
import { tokenOf, type GenesysService } from '../config/genesys.ts';
import { desiredTimeMs } from '../routes/callbacks.ts';
import { isoTime } from '../schemas/common.ts';
import { waitAtPosition } from '../schemas/queues.ts';
import { callInOf, dialStep } from './call-in.ts';
import { startChat } from './chat.ts';
import { invalidOption } from './errors.ts';
import { confirmation, type DialogStep } from './next-action.ts';
import { flagOf, momentOf, paramsOf, queryOf, type Params } from './params.ts';
import { callbacksOf, recordView, valueOf, type GmsRecord } from './records.ts';
import {
  attachedOf,
  checkMandatory,
  MAX_ATTACHED,
  numberOf,
  serviceNamed,
  serviceOf,
  toCreate,
  type GmsDeps,
} from './services.ts';

const ROOT = '/genesys/1/service';

export function callbackServiceRoutes(app: Hono<ApiEnv>, deps: GmsDeps): void {
  app.post(`${ROOT}/callback/:name`, permit('callbacks.create'), async (c) => {
    const service = serviceNamed(deps, c.req.param('name'));
    return c.json(await start(deps, service, await paramsOf(c)), 200);
  });
  app.get(`${ROOT}/callback`, permit('callbacks.read'), (c) => {
    const { record } = known(deps, queryOf(c).get('_id') ?? '', null);
    return c.json(shown(deps, record), 200);
  });
  app.get(`${ROOT}/callback/:name`, permit('callbacks.list'), (c) => {
    const service = serviceNamed(deps, c.req.param('name'));
    return c.json(found(deps, service, queryOf(c)), 200);
  });
  app.delete(`${ROOT}/callback/:name/:id`, permit('callbacks.cancel'), async (c) => {
    // Record and execution are one here: there is no failure between them to discard.
    flagOf(queryOf(c), 'discard_ors_failure');
    const { record } = known(deps, c.req.param('id'), c.req.param('name'));
    return c.json(shown(deps, await deps.callbacks.cancel(record.id)), 200);
  });
  app.put(`${ROOT}/callback/:name/:id`, permit('callbacks.change'), async (c) => {
    const { record, service } = known(deps, c.req.param('id'), c.req.param('name'));
    const moved = await move(deps, service, record, await paramsOf(c));
    return c.json(shown(deps, moved), 200);
  });
  const position = (c: Context<ApiEnv, `${typeof ROOT}/:id/check-queue-position`>) =>
    c.json(positionOf(deps, known(deps, c.req.param('id'), null).record), 200);
  app.post(`${ROOT}/:id/check-queue-position`, permit('callbacks.read'), position);
  app.get(`${ROOT}/:id/check-queue-position`, permit('callbacks.read'), position);
  for (const method of ['GET', 'POST']) {
    app.on(method, `${ROOT}/:id/menu`, permit('callbacks.read'), (c) =>
      c.json(menuOf(known(deps, c.req.param('id') ?? '', null).record), 200),
    );
    app.on(method, `${ROOT}/:id/dial`, permit('callbacks.read'), (c) =>
      c.json(dialStep(known(deps, c.req.param('id') ?? '', null).record), 200),
    );
    app.on(method, `${ROOT}/:id/cancel`, permit('callbacks.cancel'), async (c) => {
      const { record } = known(deps, c.req.param('id') ?? '', null);
      await deps.callbacks.cancel(record.id);
      return c.json(confirmation(record.id, 'Your callback is cancelled.'), 200);
    });
  }
}

/** Only what this face can do may be asked for. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  _call_direction: ['USERTERMINATED', 'USERORIGINATED'],
  _media_type: ['voice', 'chat'],
};

async function start(deps: GmsDeps, service: GenesysService, params: Params): Promise<DialogStep> {
  checkAllowed(params);
  if (params.get('_media_type') === 'chat') return startChat(service, params);
  checkMandatory(service, params);
  const customerNumber = params.get('_customer_number') ?? '';
  if (customerNumber === '') throw invalidOption('_customer_number', 'is mandatory');
  const wish = {
    customerNumber,
    desiredTime: momentOf(params, '_desired_time'),
    attached: attachedOf(params),
    language: null,
    priority: null,
  };
  const request = toCreate(deps, service, wish, params);
  if (params.get('_call_direction') === 'USERORIGINATED') {
    const opens = params.get('_wait_for_agent') === 'false' ? 'now' : 'turn';
    const callIn = callInOf(params, opens);
    return dialStep((await deps.callbacks.create({ ...request, callIn })).record);
  }
  if (params.get('_provide_code') === 'true') {
    throw invalidOption('_provide_code', 'goes with _call_direction=USERORIGINATED');
  }
  const { record } = await deps.callbacks.create(request);
  const when =
    record.desiredTimeMs === null
      ? 'as soon as it is your turn'
      : `at ${isoTime(record.desiredTimeMs)}`;
  return confirmation(record.id, `You will be called ${when}.`);
}

/** @throws ApiError GENESYS_PARAMETER_INVALID for what this face cannot do */
function checkAllowed(params: Params): void {
  for (const [name, allowed] of Object.entries(ALLOWED)) {
    const value = params.get(name);
    if (value !== undefined && !allowed.includes(value)) {
      throw invalidOption(name, `must be ${allowed.join(' or ')}`);
    }
  }
}

async function move(
  deps: GmsDeps,
  service: GenesysService,
  record: CallbackRecord,
  params: Params,
): Promise<CallbackRecord> {
  const desired = momentOf(params, '_new_desired_time');
  const number = params.get('_customer_number');
  const attached = attachedOf(params);
  const userData = { ...record.userData, ...attached };
  if (Object.keys(userData).length > MAX_ATTACHED + 1) {
    throw invalidOption('request', `leads to over ${MAX_ATTACHED} keys`);
  }
  return deps.callbacks.move(record.id, {
    ...(desired === null ? {} : { desiredTimeMs: desiredTimeMs(deps, record.queueId, desired) }),
    ...(number === undefined ? {} : { customerNumber: numberOf(deps, service, number) }),
    ...(Object.keys(attached).length === 0 ? {} : { userData }),
  });
}

/**
 * Callbacks of a service by any of its lookup keys.
 * @throws ApiError GENESYS_PARAMETER_INVALID for other keys
 */
function found(deps: GmsDeps, service: GenesysService, params: Params): readonly GmsRecord[] {
  const { _customer_lookup_keys: keys } = service.options;
  const operand = params.get('operand') ?? 'AND';
  if (operand !== 'AND' && operand !== 'OR') throw invalidOption('operand', 'must be AND or OR');
  const wanted = [...params].flatMap(([key, value]) => {
    if (key === 'operand') return [];
    if (!keys.includes(key)) throw invalidOption(key, `is not among ${keys.join(', ')}`);
    const compared = key === '_customer_number' ? numberOf(deps, service, value) : value;
    return [[key, compared] as const];
  });
  const [first] = wanted;
  if (first === undefined) throw invalidOption('query', `needs one of ${keys.join(', ')}`);
  const number = wanted.find(([key]) => key === '_customer_number')?.[1];
  const ofNumber = number === undefined ? [] : callbacksOf(deps, { customerNumber: number });
  const narrowed = number !== undefined && (operand === 'AND' || wanted.length === 1);
  const others = narrowed ? [] : callbacksOf(deps, queueFilter(service));
  const candidates = new Map([...ofNumber, ...others].map((record) => [record.id, record]));
  const matches = (record: CallbackRecord): boolean => {
    const equal = ([key, value]: readonly [string, string]) => valueOf(record, key) === value;
    return operand === 'AND' ? wanted.every(equal) : wanted.some(equal);
  };
  return [...candidates.values()].flatMap((record) => {
    if (serviceOf(deps, record)?.name !== service.name || !matches(record)) return [];
    const view = recordView(deps, record);
    return view === null ? [] : [view];
  });
}

/** Where callbacks of a service can be: in its queue, unless requests may name another. */
function queueFilter({ queue, options }: GenesysService): { readonly queueId?: string } {
  const isFixed = tokenOf(queue) === null && options._overwritable_options.length === 0;
  return isFixed && queue !== null ? { queueId: queue } : {};
}

/**
 * @param name of the service it must belong to; null: of any
 * @throws RingbackError CALLBACK_UNKNOWN
 */
function known(
  deps: GmsDeps,
  id: string,
  name: string | null,
): { readonly record: CallbackRecord; readonly service: GenesysService } {
  const record = deps.callbacks.get(id);
  const service = record === null ? null : serviceOf(deps, record);
  if (record === null || service === null || (name !== null && service.name !== name)) {
    throw notFound('CALLBACK_UNKNOWN', 'there is no such callback');
  }
  return { record, service };
}

function shown(deps: GmsDeps, record: CallbackRecord): GmsRecord {
  const view = recordView(deps, record);
  if (view === null) throw notFound('CALLBACK_UNKNOWN', 'there is no such callback');
  return view;
}

/** Place and expected wait in seconds, -1 when nobody can say. */
export function placeOf(
  { router }: Pick<GmsDeps, 'router'>,
  record: CallbackRecord,
): { readonly position: number; readonly etaSeconds: number; readonly total: number } | null {
  const entry = router.entry(record.id);
  const queue = router.queue(record.queueId);
  if (entry === null || queue === null) return null;
  const { ewtSeconds } = waitAtPosition(queue, entry.position);
  const total = queue.waitingLive + queue.waitingCallbacks;
  return { position: entry.position, etaSeconds: Math.round(ewtSeconds), total };
}

function positionOf(deps: GmsDeps, record: CallbackRecord): Readonly<Record<string, unknown>> {
  const place = placeOf(deps, record);
  if (place === null) throw invalidOption('_id', 'has no place in a queue now');
  return {
    _id: record.id,
    _position: place.position,
    _eta: place.etaSeconds,
    _total_waiting: place.total,
  };
}

/** What a customer can choose about a callback that is not over. */
function menuOf(record: CallbackRecord): DialogStep {
  if (record.state === 'completed') return confirmation(record.id, 'Your callback is over.');
  const url = (action: string): string => `${ROOT}/${record.id}/${action}`;
  const dials = (record.access ?? null) !== null;
  return {
    _id: record.id,
    _action: 'DisplayMenu',
    _label: 'Your callback',
    _content: [
      {
        _group_name: 'Callback',
        _group_content: [
          ...(dials ? [{ _label: 'Call now', _user_action_url: url('dial') }] : []),
          { _label: 'Cancel it', _user_action_url: url('cancel') },
          { _label: 'Where am I in line?', _user_action_url: url('check-queue-position') },
        ],
      },
    ],
  };
}
