// Callbacks as this face shows and finds them: `_` names, its five states. PURE.
import type { CallbackFilter, CallbackRecord, CallbackStateName } from '../../callback/index.ts';
import { isoTime } from '../schemas/common.ts';
import { serviceOf, type GmsDeps } from './services.ts';

export type GmsState = 'SCHEDULED' | 'QUEUED' | 'ROUTING' | 'PROCESSING' | 'COMPLETED';

/** What is always shown. */
export interface GmsRecord extends Readonly<Record<string, string>> {
  readonly _id: string;
  readonly _desired_time: string;
  readonly _service_name: string;
  readonly _callback_state: GmsState;
  readonly _expiration_time: string;
  readonly _customer_number: string;
  readonly _url: string;
}

export function stateOf(state: CallbackStateName): GmsState {
  switch (state) {
    case 'scheduled':
      return 'SCHEDULED';
    case 'queued':
    case 'dialing':
    case 'waiting-retry':
      return 'QUEUED';
    case 'routing':
      return 'ROUTING';
    case 'connected':
      return 'PROCESSING';
    case 'completed':
      return 'COMPLETED';
  }
}

/**
 * A callback of one of the services; null when it belongs to none.
 * @param more attached keys to show beside those that always are
 */
export function recordView(
  deps: Pick<GmsDeps, 'config'>,
  record: CallbackRecord,
  more: readonly string[] = [],
): GmsRecord | null {
  const service = serviceOf(deps, record);
  if (service === null) return null;
  const shown = [...service.options._customer_lookup_keys, ...more].flatMap((key) => {
    const value = valueOf(record, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    ...Object.fromEntries(shown),
    _id: record.id,
    _desired_time: isoTime(record.desiredTimeMs ?? record.createdAtMs),
    _service_name: service.name,
    _callback_state: stateOf(record.state),
    _expiration_time: isoTime(record.expiresAtMs),
    _customer_number: record.customerNumber,
    _url: `/genesys/1/service/callback/${service.name}/${record.id}`,
    ...(record.reason === null ? {} : { _callback_reason: record.reason }),
  };
}

/** What a record is compared by under a key. */
export function valueOf(record: CallbackRecord, key: string): string | undefined {
  switch (key) {
    case '_customer_number':
      return record.customerNumber;
    case '_callback_state':
      return stateOf(record.state);
    case '_callback_reason':
      return record.reason ?? undefined;
    case '_vq':
      return record.queueId;
    default:
      return Object.hasOwn(record.userData, key) ? record.userData[key] : undefined;
  }
}

/** Callbacks one search looks at: beyond that it would hold up others. */
const MAX_LOOKED_AT = 2_000;
const PAGE = 200;

const LIVING: readonly CallbackStateName[] = [
  'scheduled',
  'queued',
  'dialing',
  'routing',
  'connected',
  'waiting-retry',
];

/** Callbacks of a queue, those not over first, at most MAX_LOOKED_AT. */
export function* callbacksOf(
  { callbacks }: Pick<GmsDeps, 'callbacks'>,
  filter: Pick<CallbackFilter, 'queueId' | 'customerNumber'>,
): Generator<CallbackRecord> {
  let left = MAX_LOOKED_AT;
  for (const state of [...LIVING, 'completed' as const]) {
    let cursor: string | null = null;
    do {
      const page: ReturnType<GmsDeps['callbacks']['list']> = callbacks.list({
        ...filter,
        state,
        limit: Math.min(PAGE, left),
        ...(cursor === null ? {} : { cursor }),
      });
      yield* page.records;
      left -= page.records.length;
      cursor = page.nextCursor;
    } while (cursor !== null && left > 0);
    if (left <= 0) return;
  }
}
