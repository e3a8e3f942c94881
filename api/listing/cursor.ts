// Cursors: where a page ended, in a text that clients keep and never read. Each carries a check
// over the list, its filters and its order, so that one that was cut, changed or taken from another
// question is refused instead of answered with the wrong page.
import { createHash } from 'node:crypto';
import { ApiError } from '../problem.ts';

/** What the last item of a page is found by: its value in the order, then its id. */
export type CursorKey = readonly (string | number)[];

const CHECK_LENGTH = 12;

/** @param question list, filters and order: anything that says which items there are */
export function cursorText(question: unknown, key: CursorKey): string {
  const payload = Buffer.from(JSON.stringify(key), 'utf8').toString('base64url');
  return `${payload}.${checkOf(question, payload)}`;
}

/** @throws ApiError CURSOR_INVALID for what was not made by `cursorText` for this question */
export function cursorKey(question: unknown, cursor: string): CursorKey {
  const [payload = '', check = ''] = cursor.split('.');
  if (check !== checkOf(question, payload) || payload === '') {
    const message = 'is not a cursor of this list with these filters and this order';
    throw new ApiError('CURSOR_INVALID', `cursor ${message}`, {
      issues: [{ field: 'cursor', code: 'NOT_ALLOWED', message, value: cursor.slice(0, 64) }],
    });
  }
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as CursorKey;
}

function checkOf(question: unknown, payload: string): string {
  return createHash('sha256')
    .update(JSON.stringify(question))
    .update('\n')
    .update(payload)
    .digest('base64url')
    .slice(0, CHECK_LENGTH);
}
