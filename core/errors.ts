// The error family. An error carries its own verdict, next to its cause, so that no table far away
// has to guess what HTTP status it means or whether trying again can help.

/** What a caller may conclude from an error. */
export interface Verdict {
  /** True when the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** The HTTP status that says it best. */
  readonly httpStatus: number;
}

/** Named facts of an error; values are shown to API clients, so no secrets. */
export type ErrorFields = Readonly<
  Record<string, string | number | boolean | null | readonly string[]>
>;

/**
 * The base of every fault this software reports on purpose.
 * @param code stable, UPPER_SNAKE, prefixed by the folder (`SIP_TRUNK_UNKNOWN`).
 */
export class RingbackError extends Error {
  readonly code: string;
  readonly verdict: Verdict;
  readonly fields: ErrorFields;

  constructor(
    code: string,
    message: string,
    verdict: Verdict,
    fields: ErrorFields = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RingbackError';
    this.code = code;
    this.verdict = verdict;
    this.fields = fields;
  }
}

/** The request is wrong and will stay wrong. */
export function badRequest(code: string, message: string, fields: ErrorFields = {}): RingbackError {
  return new RingbackError(code, message, { retryable: false, httpStatus: 400 }, fields);
}

/** There is no such thing. */
export function notFound(code: string, message: string, fields: ErrorFields = {}): RingbackError {
  return new RingbackError(code, message, { retryable: false, httpStatus: 404 }, fields);
}

/** The thing is in a state that does not allow this. */
export function conflict(code: string, message: string, fields: ErrorFields = {}): RingbackError {
  return new RingbackError(code, message, { retryable: false, httpStatus: 409 }, fields);
}

/** Too much of it: the same request passes after `retryAfterSeconds`. */
export function limited(
  code: string,
  message: string,
  fields: ErrorFields & { readonly retryAfterSeconds: number },
): RingbackError {
  return new RingbackError(code, message, { retryable: true, httpStatus: 429 }, fields);
}

/** We cannot do it now: trying later may help. */
export function unavailable(
  code: string,
  message: string,
  fields: ErrorFields = {},
  cause?: unknown,
): RingbackError {
  return new RingbackError(code, message, { retryable: true, httpStatus: 503 }, fields, cause);
}
