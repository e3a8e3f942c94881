// How refusals look on this face: `{message, exception, phrase}`, with the class names that clients
// of the original are known to look for. PURE.
import { RingbackError } from '../../core/errors.ts';
import { ApiError } from '../problem.ts';

export interface ErrorBody {
  readonly message: string;
  /** A class name where one is known, else the code of the error. */
  readonly exception: string;
  readonly phrase?: 'BAD_PARAMETER';
  /** Times that can be asked for instead, ISO 8601. */
  readonly proposedSlots?: readonly string[];
}

/** Names without their packages, of which nothing is known. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  GENESYS_SERVICE_UNKNOWN: 'CallbackExceptionResource',
  GENESYS_NOT_SCHEDULABLE: 'CallbackExceptionResource',
  CALLBACK_CLOSED: 'CallbackExceptionAvailability',
  CALLBACK_NOT_BEFORE_CLOSING: 'CallbackExceptionAvailability',
  CALLBACK_QUIET_HOURS: 'CallbackExceptionAvailability',
  CALLBACK_SLOT_FULL: 'CallbackExceptionAvailability',
};

/** @throws nothing; for an error that is not ours the body says nothing of it */
export function errorBody(error: unknown): ErrorBody {
  if (!(error instanceof RingbackError)) {
    return { message: 'the request failed by our fault', exception: 'INTERNAL_ERROR' };
  }
  const { alternatives } = error.fields;
  return {
    message: error.message,
    exception: EXCEPTIONS[error.code] ?? error.code,
    ...(error.verdict.httpStatus === 400 ? { phrase: 'BAD_PARAMETER' as const } : {}),
    ...(Array.isArray(alternatives) ? { proposedSlots: alternatives as readonly string[] } : {}),
  };
}

/** Clients of the original know no 409: what is not possible is a bad request to them. */
export function errorStatus(error: unknown): number {
  if (!(error instanceof RingbackError)) return 500;
  const { httpStatus } = error.verdict;
  return httpStatus === 409 ? 400 : httpStatus;
}

/** Headers the status asks for. */
export function errorHeaders(error: unknown): Headers {
  const headers = new Headers({ 'Content-Type': 'application/json' });
  if (error instanceof RingbackError) {
    const { retryAfterSeconds } = error.fields;
    if (typeof retryAfterSeconds === 'number') {
      headers.set('Retry-After', String(retryAfterSeconds));
    }
  }
  if (error instanceof ApiError) {
    for (const [name, value] of Object.entries(error.headers)) headers.set(name, value);
  }
  return headers;
}

/** A parameter that is missing, unknown or wrong; clients look for "invalid option". */
export function invalidOption(parameter: string, why: string): ApiError {
  return new ApiError('GENESYS_PARAMETER_INVALID', `invalid option: ${parameter} ${why}`, {
    issues: [{ field: parameter, code: 'NOT_ALLOWED', message: why }],
  });
}
