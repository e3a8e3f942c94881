// Problem details (RFC 9457): how every refusal and fault of the API looks on the wire.
import { RingbackError, type ErrorFields } from '../core/errors.ts';
import { errorEntry } from './errors.ts';

/** One fault of one field of a request. */
export interface FieldIssue {
  /** `requiredSkills[0].minLevel`; for headers and query parameters their name. */
  readonly field: string;
  /** JSON Pointer into the body as a URI fragment (RFC 6901 s.6); absent outside the body. */
  readonly pointer?: string;
  /** UNKNOWN_FIELD, REQUIRED, WRONG_TYPE, OUT_OF_RANGE, NOT_ALLOWED. */
  readonly code: string;
  readonly message: string;
  /** What was sent, where it can be shown: short, numbers masked, secrets never. */
  readonly value?: string | number | boolean | null;
}

/** The body of a problem response. */
export interface Problem {
  /** Reference to the explanation, relative to the API: `/docs/errors#CALLBACK_UNKNOWN`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** What to do about it. */
  readonly remedy: string;
  readonly code: string;
  readonly requestId: string;
  /** Facts of the error, by name. */
  readonly fields?: ErrorFields;
  readonly errors?: readonly FieldIssue[];
}

/** An error of the API itself: status and title come from the catalogue. */
export class ApiError extends RingbackError {
  readonly issues: readonly FieldIssue[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: string,
    detail: string,
    more: {
      readonly fields?: ErrorFields;
      readonly issues?: readonly FieldIssue[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    const { status, retryable } = errorEntry(code);
    super(code, detail, { retryable, httpStatus: status }, more.fields ?? {}, more.cause);
    this.name = 'ApiError';
    this.issues = more.issues ?? [];
    this.headers = more.headers ?? {};
  }
}

/** Seconds a client is asked to wait when an error says "later" and nothing better is known. */
const RETRY_AFTER_SECONDS = 5;

/** What stands in the response for an error. Unknown errors show nothing of themselves. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (!(error instanceof RingbackError)) {
    return problemOf(new ApiError('INTERNAL_ERROR', 'the request failed by our fault'), requestId);
  }
  const issues = error instanceof ApiError ? error.issues : [];
  const { title, help } = errorEntry(error.code);
  return {
    type: `/docs/errors#${error.code}`,
    title,
    status: error.verdict.httpStatus,
    detail: error.message,
    remedy: help,
    code: error.code,
    requestId,
    ...(Object.keys(error.fields).length === 0 ? {} : { fields: error.fields }),
    ...(issues.length === 0 ? {} : { errors: issues }),
  };
}

/** The response for an error, with the headers its status asks for. */
export function problemResponse(error: unknown, requestId: string): Response {
  const problem = problemOf(error, requestId);
  const headers = new Headers({
    'Content-Type': 'application/problem+json',
    'X-Request-Id': requestId,
  });
  if (problem.status === 503) headers.set('Retry-After', String(RETRY_AFTER_SECONDS));
  const { retryAfterSeconds } = problem.fields ?? {};
  if (typeof retryAfterSeconds === 'number') headers.set('Retry-After', String(retryAfterSeconds));
  if (error instanceof ApiError) {
    for (const [name, value] of Object.entries(error.headers)) headers.set(name, value);
  }
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
