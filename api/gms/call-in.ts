// Customers who call in by themselves: access numbers given out (request-interaction,
// request-access), and calls of other IVRs found their callback by (match-interaction).
import type { Hono } from 'hono';
import type { CallbackRecord, CallInRequest } from '../../callback/index.ts';
import { conflict } from '../../core/errors.ts';
import { permit } from '../access/permit.ts';
import type { GenesysService } from '../config/genesys.ts';
import type { ApiEnv } from '../deps.ts';
import { isoTime } from '../schemas/common.ts';
import { toE164 } from '../phone-number.ts';
import { invalidOption } from './errors.ts';
import { confirmation, type DialogStep } from './next-action.ts';
import { flagOf, paramsOf, wholeOf, type Params } from './params.ts';
import { attachedOf, serviceNamed, serviceOf, toCreate, type GmsDeps } from './services.ts';

/** Seconds an access number may be kept, at least and at most. */
const BOOKING = [5, 1_800] as const;
const CODE_DIGITS = [4, 12] as const;

/** What clients read of an access number. */
export interface AccessView {
  readonly _id: string;
  readonly _access_number: string;
  readonly _expiration_time: string;
  readonly _access_code?: string;
}

/** How a request wants to be called in; `opens`: at its turn, or at once. */
export function callInOf(params: Params, opens: CallInRequest['opens']): CallInRequest {
  return {
    opens,
    callWithinSeconds: wholeOf(params, '_booking_expiration_timeout', BOOKING),
    whenNotCalled: null,
    withCode: params.has('_provide_code') ? flagOf(params, '_provide_code') : null,
    codeDigits: wholeOf(params, '_access_code_length', CODE_DIGITS),
  };
}

/** @throws RingbackError CALLBACK_STATE: nobody is to call in for it, or not any more */
export function accessOf({ id, access }: CallbackRecord): AccessView {
  if (access === null || access === undefined) {
    throw conflict('CALLBACK_STATE', 'nobody is to call in for this callback', { id });
  }
  const { accessNumber, accessCode, expiresAtMs } = access;
  return {
    _id: id,
    _access_number: accessNumber,
    _expiration_time: isoTime(expiresAtMs),
    ...(accessCode === null ? {} : { _access_code: accessCode }),
  };
}

/** What the application does about a callback whose customer calls in. */
export function dialStep(record: CallbackRecord): DialogStep {
  const { access = null } = record;
  if (access === null) return confirmation(record.id, 'There is nothing to call.');
  if (!access.isAwaited) {
    return confirmation(record.id, 'You will be told when it is your turn to call.');
  }
  const keyed = access.accessCode === null ? '' : `,,${access.accessCode}`;
  const _tel_url = `tel:${access.accessNumber}${keyed}`;
  return { ...accessOf(record), _action: 'DialNumber', _tel_url, _label: 'Call us now' };
}

export function callInRoutes(app: Hono<ApiEnv>, deps: GmsDeps): void {
  app.post('/genesys/1/service/:name', permit('callbacks.create'), async (c) => {
    const name = c.req.param('name');
    const known = deps.config.genesys.services.find((service) => service.name === name);
    const params = await paramsOf(c);
    if (known?.kind === 'match-interaction') return c.json(await matched(deps, params), 200);
    if (known?.kind === 'request-access') return c.json(await accessFor(deps, known, params), 200);
    const service = serviceNamed(deps, name, 'request-interaction');
    return c.json(accessOf(await requested(deps, service, params)), 200);
  });
}

/** A callback whose customer is awaited from now on. */
export async function requested(
  deps: GmsDeps,
  service: GenesysService,
  params: Params,
): Promise<CallbackRecord> {
  const customerNumber = params.get('_phone_number') ?? params.get('_customer_number') ?? '';
  if (customerNumber === '') throw invalidOption('_phone_number', 'is mandatory');
  const wish = {
    ...{ customerNumber, desiredTime: null, attached: attachedOf(params) },
    ...{ language: null, priority: null },
  };
  const request = toCreate(deps, service, wish, params);
  const callIn = callInOf(params, 'now');
  return (await deps.callbacks.create({ ...request, callIn })).record;
}

/** Of a callback that `_id` names, or of a new one. */
async function accessFor(
  deps: GmsDeps,
  service: GenesysService,
  params: Params,
): Promise<AccessView> {
  const id = params.get('_id');
  if (id === undefined) return accessOf(await requested(deps, service, params));
  const record = deps.callbacks.get(id);
  if (record === null || serviceOf(deps, record) === null) {
    throw invalidOption('_id', 'names no callback');
  }
  return accessOf(record);
}

async function matched(deps: GmsDeps, params: Params): Promise<Readonly<Record<string, unknown>>> {
  const accessNumber = params.get('_access_number') ?? '';
  if (accessNumber === '') throw invalidOption('_access_number', 'is mandatory');
  const shown = params.get('_phone_number') ?? '';
  const country = deps.config.defaultCountry;
  const call = {
    accessNumber,
    callerNumber: shown === '' ? null : toE164(shown, country, '_phone_number'),
    accessCode: params.get('_access_code') ?? null,
  };
  if (flagOf(params, '_return_multiple_matches')) {
    const finding = deps.callbacks.callIns.find(call);
    const records = finding.kind === 'several' ? finding.records : [];
    if (records.length > 0) return { matches: records.map((record) => matchOf(record, params)) };
    return { matches: [matchOf(await deps.callbacks.callIns.match(call), params)] };
  }
  return matchOf(await deps.callbacks.callIns.match(call), params);
}

function matchOf(record: CallbackRecord, params: Params) {
  const userData = flagOf(params, '_return_user_data') ? { _user_data: record.userData } : {};
  return { _id: record.id, _data_id: record.id, ...userData };
}
