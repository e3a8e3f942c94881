// A page of a list: cut by key, so that what comes or goes between two pages moves nothing else;
// with the fields that were asked for, and a link to the next one (RFC 8288).
import type { Context } from 'hono';
import { cursorKey, cursorText, type CursorKey } from './cursor.ts';
import type { PageQuery } from './query.ts';

/** What makes a list of items in memory one that can be paged. */
export interface ListRules<Item> {
  readonly name: string;
  readonly idOf: (item: Item) => string;
  /** Value of an item in each order there is; the id decides between equals. */
  readonly sorts?: Readonly<Record<string, (item: Item) => string | number>>;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

type Query = PageQuery & { readonly sort?: string };

/** List, filters and order of a query: what its cursors belong to. */
export function questionOf(name: string, query: Query): unknown {
  const { limit: _limit, cursor: _cursor, fields: _fields, ...question } = query;
  return [name, question];
}

/**
 * One page of items that are filtered already, in any order.
 * @throws ApiError CURSOR_INVALID
 */
export function pageOf<Item>(
  all: readonly Item[],
  query: Query,
  { name, idOf, sorts = {} }: ListRules<Item>,
): Page<Item> {
  const sort = query.sort ?? '';
  const sign = sort.startsWith('-') ? -1 : 1;
  const valueOf = sorts[sort.replace(/^-/, '')];
  const keyOf = (item: Item): CursorKey =>
    valueOf === undefined ? [idOf(item)] : [valueOf(item), idOf(item)];
  const question = questionOf(name, query);
  const after = query.cursor === undefined ? null : cursorKey(question, query.cursor);
  const found = all
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === null || sign * compared(key, after) > 0)
    .sort((a, b) => sign * compared(a.key, b.key));
  const page = found.slice(0, query.limit);
  const last = found.length > query.limit ? page.at(-1) : undefined;
  return {
    items: page.map(({ item }) => item),
    nextCursor: last === undefined ? null : cursorText(question, last.key),
  };
}

function compared(a: CursorKey, b: CursorKey): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? '';
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/**
 * The body of a list's answer; sets `Link` when there is a next page. With `fields` items have only
 * those, though the type says that they have all.
 */
export function listAnswer<Item extends object>(
  c: Context,
  { items, nextCursor }: Page<Item>,
  fields: readonly string[] | undefined,
): { items: Item[]; nextCursor: string | null } {
  if (nextCursor !== null) {
    const url = new URL(c.req.url);
    url.searchParams.set('cursor', nextCursor);
    c.header('Link', `<${url.pathname}${url.search}>; rel="next"`);
  }
  if (fields === undefined) return { items: [...items], nextCursor };
  const asked = new Set(fields);
  const shown = items.map((item) =>
    Object.fromEntries(Object.entries(item).filter(([name]) => asked.has(name))),
  );
  return { items: shown as Item[], nextCursor };
}
