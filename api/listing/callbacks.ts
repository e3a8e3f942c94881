// Pages of callbacks: filters to the store's, and those it has no column for looked at in the rows
// it finds, so many at a time that nothing else waits for them.
import type { z } from '@hono/zod-openapi';
import type { CallbackFilter, CallbackRecord } from '../../callback/index.ts';
import type { ApiDeps } from '../deps.ts';
import { toE164 } from '../phone-number.ts';
import type { listCallbacksSchema } from '../schemas/callbacks.ts';
import { cursorKey, cursorText } from './cursor.ts';
import { questionOf, type Page } from './page.ts';
import { MAX_PAGE, msOf } from './query.ts';

type Query = z.output<typeof listCallbacksSchema>;

/**
 * One page of callbacks; it may be short, or empty, while there is a next one.
 * @throws ApiError CURSOR_INVALID, PHONE_NUMBER_INVALID
 */
export function callbackPage(
  { callbacks, config }: Pick<ApiDeps, 'callbacks' | 'config'>,
  query: Query,
): Page<CallbackRecord> {
  const question = questionOf('callbacks', query);
  const isLooked = query.agentId !== undefined || query.reason !== undefined;
  const { records, nextCursor: more } = callbacks.list({
    ...filterOf(query, config.defaultCountry),
    ...(query.cursor === undefined ? {} : { after: placeOf(cursorKey(question, query.cursor)) }),
    limit: isLooked ? MAX_PAGE : query.limit,
  });
  const found = records.filter((record) => isMeant(record, query));
  const items = found.slice(0, query.limit);
  const rest = more === null ? undefined : records.at(-1);
  const last = found.length > query.limit ? items.at(-1) : rest;
  const nextCursor = last === undefined ? null : cursorText(question, [last.createdAtMs, last.id]);
  return { items, nextCursor };
}

function placeOf(key: readonly (string | number)[]): { createdAtMs: number; id: string } {
  return { createdAtMs: Number(key[0]), id: String(key[1]) };
}

function filterOf(query: Query, defaultCountry: string): Omit<CallbackFilter, 'limit'> {
  const { queueId, state, customerNumber, createdFrom, createdTo } = query;
  const wanted = {
    queueId,
    states: state,
    customerNumber:
      customerNumber === undefined
        ? undefined
        : toE164(customerNumber, defaultCountry, 'customerNumber'),
    createdFromMs: msOf(createdFrom),
    createdToMs: msOf(createdTo),
    completedFromMs: msOf(query.completedFrom),
    completedToMs: msOf(query.completedTo),
    newestFirst: query.sort === '-createdAt',
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

function isMeant(record: CallbackRecord, { agentId, reason }: Query): boolean {
  const had =
    agentId === undefined ||
    record.agentId === agentId ||
    record.attempts.some((attempt) => attempt.agentId === agentId);
  return had && (reason === undefined || record.reason === reason);
}
