// What is refused at the door: unknown queues, impossible times and numbers, bad settings.
import { badRequest, conflict, notFound, unavailable } from '../core/errors.ts';
import type { RingbackError } from '../core/errors.ts';
import type { CallbackSettings, CreateCallback } from './model.ts';
import { judgeDesiredTime } from './schedule.ts';

/** Attempts a callback may be given at most. */
export const maxMaxAttempts = 20;
/** Longest gap between two attempts: three days. */
const maxRetryGapSeconds = 3 * 86_400;

/**
 * The settings of the request's queue, when the request can be promised.
 * @throws RingbackError CALLBACK_QUEUE_UNKNOWN, CALLBACK_TIME_PAST, CALLBACK_TIME_TOO_FAR,
 *   CALLBACK_REQUEST_INVALID {field}
 */
export function checkRequest(
  request: CreateCallback,
  settings: ReadonlyMap<string, CallbackSettings>,
  nowMs: number,
): CallbackSettings {
  const own = settings.get(request.queueId);
  if (own === undefined) {
    const { queueId } = request;
    throw notFound('CALLBACK_QUEUE_UNKNOWN', 'no callback settings for this queue', { queueId });
  }
  const { desiredTimeMs } = request;
  switch (judgeDesiredTime(desiredTimeMs, nowMs)) {
    case 'past':
      throw badRequest('CALLBACK_TIME_PAST', 'the desired time is over', { desiredTimeMs });
    case 'too-far':
      throw badRequest('CALLBACK_TIME_TOO_FAR', 'the desired time is more than a year ahead', {
        desiredTimeMs,
      });
    case 'accepted':
      break;
  }
  requireRange('CALLBACK_REQUEST_INVALID', 'priority', request.priority, -1e6, 1e6);
  requireRange('CALLBACK_REQUEST_INVALID', 'arrivedAtMs', request.arrivedAtMs, 0, 1e15);
  requireAttempts('CALLBACK_REQUEST_INVALID', request.maxAttempts, request.retryGapSeconds);
  return own;
}

/** @throws RingbackError CALLBACK_SETTINGS_INVALID {field} */
export function checkSettings(settings: CallbackSettings): void {
  const code = 'CALLBACK_SETTINGS_INVALID';
  requireAttempts(code, settings.maxAttempts, settings.retryGapSeconds);
  requireRange(code, 'ringTimeoutSeconds', settings.ringTimeoutSeconds, 1, 600);
  requireRange(code, 'maxWaitOnLineSeconds', settings.maxWaitOnLineSeconds, 1, 86_400);
  // A ttl that ends before the first telephone could ring would expire every callback.
  const leastTtl = settings.ringTimeoutSeconds + 1;
  requireRange(code, 'ttlSeconds', settings.ttlSeconds, leastTtl, 366 * 86_400);
}

function requireAttempts(
  code: string,
  maxAttempts: number | null,
  retryGapSeconds: number | null,
): void {
  requireRange(code, 'maxAttempts', maxAttempts, 1, maxMaxAttempts);
  if (maxAttempts !== null && !Number.isInteger(maxAttempts)) {
    throw badRequest(code, 'maxAttempts must be whole', { field: 'maxAttempts' });
  }
  requireRange(code, 'retryGapSeconds', retryGapSeconds, 0, maxRetryGapSeconds);
}

/** @throws RingbackError `code` {field, least, most} */
export function requireRange(
  code: string,
  field: string,
  value: number | null,
  least: number,
  most: number,
): void {
  if (value === null || (value >= least && value <= most)) return; // NaN is in no range
  throw badRequest(code, `${field} must be between ${least} and ${most}`, { field, least, most });
}

export function duplicate(callbackId: string): RingbackError {
  return conflict('CALLBACK_DUPLICATE', 'this number already waits in this queue', { callbackId });
}

export function keyReused(): RingbackError {
  return conflict('IDEMPOTENCY_KEY_REUSED', 'the idempotency key was used for another request');
}

export function callbackUnknown(callbackId: string): RingbackError {
  return notFound('CALLBACK_UNKNOWN', 'no such callback', { callbackId });
}

export function callbackCompleted(callbackId: string): RingbackError {
  return conflict('CALLBACK_COMPLETED', 'the callback is over', { callbackId });
}

/** Customer and agent talk: there is nothing left to cancel. */
export function callbackConnected(callbackId: string): RingbackError {
  const state = 'connected';
  return conflict('CALLBACK_STATE', 'the customer is talking to an agent', { callbackId, state });
}

/** Nobody asked that, or not that agent. */
export function callbackNotAsked(callbackId: string): RingbackError {
  return conflict('CALLBACK_NOT_ASKED', 'there is no such question open', { callbackId });
}

/** There is nothing to say about it yet. */
export function callbackNotTalked(callbackId: string): RingbackError {
  const message = 'customer and agent have not talked';
  return conflict('CALLBACK_STATE', message, { callbackId });
}

/** Somebody is on the telephone for it, so it cannot be moved now. */
export function callbackBusy(callbackId: string): RingbackError {
  return conflict('CALLBACK_STATE', 'the customer is being called', { callbackId });
}

export function callbacksStopped(): RingbackError {
  return unavailable('CALLBACKS_STOPPED', 'callbacks are not running');
}

export function tooManyCallbacks(limit: number): RingbackError {
  return unavailable('CALLBACK_LIMIT_REACHED', 'too many callbacks wait', { limit });
}
