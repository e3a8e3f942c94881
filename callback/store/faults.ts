// The faults every store reports in the same words.
import { badRequest, RingbackError, unavailable } from '../../core/errors.ts';

/** Another revision is stored than the writer thought. */
export function storeConflict(callbackId: string): RingbackError {
  return new RingbackError(
    'STORE_CONFLICT',
    'the callback was changed by somebody else',
    { retryable: true, httpStatus: 409 },
    { callbackId },
  );
}

export function cursorUnknown(cursor: string): RingbackError {
  return badRequest('CALLBACK_CURSOR_UNKNOWN', 'no callback has the id of the cursor', { cursor });
}

/** Nothing can be written now. */
export function storeUnavailable(why: string, cause?: unknown): RingbackError {
  return unavailable('STORE_UNAVAILABLE', `the callback store cannot be used: ${why}`, {}, cause);
}
