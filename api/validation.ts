// From what a schema found in a request to the `errors` of a problem. PURE.
import type { z } from 'zod';
import { pathText } from './config/issues.ts';
import { ApiError, type FieldIssue } from './problem.ts';

/** Parts of a request that schemas check; only the body has JSON pointers. */
export type RequestPart = 'json' | 'query' | 'param' | 'header' | 'cookie' | 'form';

/** The problem for a request that did not fit its schema. */
export function requestInvalid(part: RequestPart, error: z.ZodError): ApiError {
  const issues = error.issues.flatMap((issue) => fieldIssues(part, issue));
  const names = issues.slice(0, 5).map((issue) => issue.field);
  const more = issues.length > names.length ? ' and more' : '';
  return new ApiError('REQUEST_INVALID', `wrong: ${names.join(', ')}${more}`, {
    issues: issues.slice(0, MAX_ISSUES),
  });
}

/** A hostile body can have thousands of wrong fields; the first ones are enough to act on. */
const MAX_ISSUES = 50;

function fieldIssues(part: RequestPart, issue: z.core.$ZodIssue): FieldIssue[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code !== 'unrecognized_keys') {
    return [located(part, path, codeOf(issue), issue.message)];
  }
  return issue.keys.map((key) =>
    located(part, [...path, key], 'UNKNOWN_FIELD', 'is not a known field'),
  );
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
