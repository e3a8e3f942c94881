// Error codes about customers who call in by themselves. PURE.
import { entry, type ErrorEntry } from './entry.ts';

export const CALL_IN_ERRORS: readonly ErrorEntry[] = [
  entry(
    'CALLBACK_CALL_IN_OFF',
    409,
    false,
    'Customers of this queue do not call in',
    'Leave out `origination: customer`, or give the queue `callback.callIn`.',
  ),
  entry(
    'CALLBACK_ACCESS_EXHAUSTED',
    503,
    true,
    'No access number or code is free',
    'Try again later, or give the queue more `accessNumbers` or longer codes.',
  ),
  entry(
    'CALLBACK_ACCESS_UNKNOWN',
    404,
    false,
    'Nobody is expected to call so',
    'Ask the caller for the access code, or treat the call as any other.',
  ),
  entry(
    'CALLBACK_ACCESS_AMBIGUOUS',
    409,
    false,
    'The caller has several callbacks there',
    'Ask the caller for the access code.',
  ),
  entry(
    'CALLBACK_CODES_LIMITED',
    429,
    true,
    'Too many wrong access codes',
    'No code of this caller, or of this access number, is looked at before `Retry-After`.',
  ),
];
