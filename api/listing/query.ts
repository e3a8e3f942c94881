// What every list may be asked: `limit`, `cursor`, `fields` and, where there is more than one
// order, `sort`; beside the list's own filters. Anything else is refused by name. PURE.
import { z } from '@hono/zod-openapi';
import { moment } from '../schemas/common.ts';

export const MAX_PAGE = 500;
const DEFAULT_PAGE = 100;

/** How many items, from where, and which fields of them. */
export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly fields?: readonly string[] | undefined;
}

/** Several values of one query parameter, separated by commas. */
export function several<Item extends z.ZodType<unknown, string>>(
  item: Item,
  description: string,
  example: string,
) {
  return z
    .string()
    .max(2_000)
    .transform((text) => text.split(','))
    .pipe(z.array(item).min(1).max(50))
    .optional()
    .openapi({ type: 'string', description, example });
}

/** `true` or `false`. */
export function flag(description: string) {
  return z.enum(['true', 'false']).optional().openapi({ description });
}

/** Whether a value is what a `flag` asks for; one that was not sent asks for nothing. */
export function isAsked(flagged: 'true' | 'false' | undefined, value: boolean): boolean {
  return flagged === undefined || (flagged === 'true') === value;
}

/** A moment of a query in milliseconds. */
export function msOf(moment: string | undefined): number | undefined {
  return moment === undefined ? undefined : Date.parse(moment);
}

/** Begin (inclusive) and end (exclusive) of a time range as two query parameters. */
export function timeRange<From extends string, To extends string>(from: From, to: To, of: string) {
  return {
    [from]: moment(`${of} at this moment or later.`).optional(),
    [to]: moment(`${of} before this moment.`).optional(),
  } as { readonly [Name in From | To]: z.ZodOptional<z.ZodISODateTime> };
}

/**
 * The query of a list.
 * @param item schema of its items, whose fields `fields` may name
 */
export function listQuery<Filters extends z.ZodRawShape>(
  item: { readonly shape: z.ZodRawShape },
  filters: Filters,
) {
  return z.strictObject({ ...filters, ...pageQuery(item) });
}

/** The same with a choice of orders; the first one is taken unless said otherwise. */
export function sortedQuery<Filters extends z.ZodRawShape, Sort extends string>(
  item: { readonly shape: z.ZodRawShape },
  filters: Filters,
  sorts: readonly [Sort, ...Sort[]],
) {
  const [first] = sorts;
  const all = [...sorts, ...sorts.map((name) => `-${name}` as const)];
  return z.strictObject({
    ...filters,
    sort: z
      .enum(all as [Sort | `-${Sort}`, ...(Sort | `-${Sort}`)[]])
      .default(first as never)
      .openapi({ description: 'The order; with `-` the other way round.', default: first }),
    ...pageQuery(item),
  });
}

function pageQuery(item: { readonly shape: z.ZodRawShape }) {
  const known = Object.keys(item.shape);
  return {
    limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE).openapi({
      description: 'Most items of the page.',
    }),
    cursor: z.string().min(1).max(1_024).optional().openapi({
      description: '`nextCursor` of the page before, with the same filters and order.',
    }),
    fields: z
      .string()
      .max(1_000)
      .transform((text) => text.split(','))
      .pipe(z.array(z.enum(known as [string, ...string[]])))
      .optional()
      .openapi({
        type: 'string',
        description: 'Only these fields of each item, separated by commas.',
        example: known.slice(0, 2).join(','),
      }),
  };
}

/** The answer of a list. */
export function listSchema<Item extends z.ZodType>(item: Item, name: string) {
  return z
    .object({
      items: z.array(item),
      nextCursor: z.string().nullable().openapi({
        description: '`cursor` of the next page, also in `Link: <...>; rel="next"`; null: the end.',
      }),
    })
    .openapi(name);
}
