// From what a schema found in a request to the `errors` of a problem. PURE.
import type { z } from 'zod';
import { pathText } from './config/issues.ts';
import { maskedFields } from './mask.ts';
import { ApiError, type FieldIssue } from './problem.ts';

/** Parts of a request that schemas check; only the body has JSON pointers. */
export type RequestPart = 'json' | 'query' | 'param' | 'header' | 'cookie' | 'form';

/**
 * The problem for a request that did not fit its schema.
 * @param data what the schema was given; each issue shows its value out of it
 */
export function requestInvalid(part: RequestPart, error: z.ZodError, data?: unknown): ApiError {
  const issues = error.issues.flatMap((issue) => fieldIssues(part, issue, data));
  const names = issues.slice(0, 5).map((issue) => issue.field);
  const more = issues.length > names.length ? ' and more' : '';
  return new ApiError('REQUEST_INVALID', `wrong: ${names.join(', ')}${more}`, {
    issues: issues.slice(0, MAX_ISSUES),
  });
}

/** A hostile body can have thousands of wrong fields; the first ones are enough to act on. */
const MAX_ISSUES = 50;

function fieldIssues(part: RequestPart, issue: z.core.$ZodIssue, data: unknown): FieldIssue[] {
  const steps = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  // A query is flat: what is inside a parameter is a part of its text.
  const path = part === 'query' ? steps.slice(0, 1) : steps;
  if (issue.code !== 'unrecognized_keys') {
    return [{ ...located(part, path, codeOf(issue), issue.message), ...shownValue(path, data) }];
  }
  return issue.keys.map((key) => ({
    ...located(part, [...path, key], 'UNKNOWN_FIELD', 'is not a known field'),
    ...shownValue([...path, key], data),
  }));
}

function located(
  part: RequestPart,
  path: readonly (string | number)[],
  code: string,
  message: string,
): FieldIssue {
  const whole = path.length === 0;
  const field = whole ? 'body' : shortened(pathText(path));
  if (part !== 'json') return { field, code, message };
  const pointer = `#${path.map((step) => `/${pointerStep(step)}`).join('')}`;
  return { field, pointer: shortened(pointer), code, message };
}

/** The value at a path, as far as it may be shown; nothing for objects and what is not there. */
function shownValue(path: readonly (string | number)[], data: unknown): Pick<FieldIssue, 'value'> {
  const found = path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, step)
        ? (at as Record<string | number, unknown>)[step]
        : undefined,
    data,
  );
  const name = path.findLast((step) => typeof step === 'string') ?? '';
  return valueShown(name, found);
}

/** What the schema was given, where the validator tells. */
export function dataIn(result: object): unknown {
  return 'data' in result ? result.data : undefined;
}

/** A value that was refused, as a problem may repeat it: short, and masked like the log. */
export function valueShown(name: string, value: unknown): Pick<FieldIssue, 'value'> {
  if (value === null) return { value };
  if (typeof value === 'object' || value === undefined) return {};
  const shown = Object.values(maskedFields({ [name]: value }))[0];
  if (typeof shown === 'number' || typeof shown === 'boolean') return { value: shown };
  return typeof shown === 'string' ? { value: shown.slice(0, MAX_VALUE).toWellFormed() } : {};
}

const MAX_VALUE = 64;

/** RFC 6901 s.3 and s.6; a lone surrogate has no UTF-8 form and is replaced. */
function pointerStep(step: string | number): string {
  const escaped = String(step).replaceAll('~', '~0').replaceAll('/', '~1');
  return encodeURIComponent(escaped.toWellFormed());
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

function codeOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined') ? 'REQUIRED' : 'WRONG_TYPE';
    case 'too_big':
    case 'too_small':
      return 'OUT_OF_RANGE';
    default:
      return 'NOT_ALLOWED';
  }
}
