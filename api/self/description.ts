// What goes over the wire of a customer's link, and its part of the API description. The routes
// read their bodies themselves: as forms of the page, or as JSON.
import { z, type OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import type { ApiEnv } from '../deps.ts';
import { moment, problems } from '../schemas/common.ts';
import { LINK_ACTIONS } from './links.ts';

/** A time with its offset, or null for as soon as possible; forms send a local one or none. */
export const moveSchema = z.union([
  z.strictObject({ desiredTime: moment('null: as soon as possible.').nullable() }),
  z.strictObject({ localTime: z.string().max(64) }),
]);

export const numberSchema = z.strictObject({ customerNumber: z.string().max(64) });

/** What a customer may know of the own callback. */
const customerViewSchema = z
  .object({
    state: z.enum(['waiting', 'scheduled', 'calling']),
    position: z.number().int().nullable().openapi({ description: 'In line; null: none now.' }),
    waitSeconds: z.number().int().nullable().openapi({ description: 'null: not known.' }),
    promised: z
      .object({ from: z.string(), to: z.string() })
      .nullable()
      .openapi({ description: 'When an agent was promised for; null: nothing was promised.' }),
    desiredTime: z.string().nullable().openapi({ description: 'null: as soon as possible.' }),
    timeZone: z.string().openapi({ description: 'Of the customer, or of the office.' }),
    customerNumber: z.string().openapi({ description: 'Masked but for its last digits.' }),
    actions: z.array(z.enum(LINK_ACTIONS)).readonly(),
  })
  .openapi('CustomerView');

export type CustomerView = z.output<typeof customerViewSchema>;

const doneSchema = z.object({ done: z.literal(true) }).openapi('CustomerDone');

const html = { 'text/html': { schema: z.string() } };
const path = z.object({ token: z.string().openapi({ description: 'The token of the link.' }) });

type Refusal = ReturnType<typeof problems>[401];

/** Refusals come as pages too, unless `Accept` asks for JSON. */
function withPages(refusals: Readonly<Record<number, Refusal>>): RouteConfig['responses'] {
  const each = Object.entries(refusals).map(([status, { description, content }]) => [
    status,
    { description, content: { ...content, ...html } },
  ]);
  return Object.fromEntries(each) as RouteConfig['responses'];
}

/** Describes the routes of routes.ts. */
export function describeSelf({ openAPIRegistry }: OpenAPIHono<ApiEnv>): void {
  const common = { tags: ['Callbacks'], security: [], 'x-permission': 'session' };
  openAPIRegistry.registerPath({
    ...common,
    method: 'get',
    path: '/self/{token}',
    operationId: 'showToCustomer',
    summary: 'The page of a link, or with `Accept: application/json` what is on it',
    request: { params: path },
    responses: {
      200: {
        description: 'Of the one callback.',
        content: { 'application/json': { schema: customerViewSchema }, ...html },
      },
      ...withPages(problems(410)),
    },
  });
  const change = (action: string, operationId: string, summary: string, schema?: z.ZodType) =>
    openAPIRegistry.registerPath({
      ...common,
      method: 'post',
      path: `/self/{token}/${action}`,
      operationId,
      summary,
      request: {
        params: path,
        ...(schema === undefined
          ? {}
          : {
              body: {
                required: true,
                content: {
                  'application/json': { schema },
                  'application/x-www-form-urlencoded': { schema },
                },
              },
            }),
      },
      responses: {
        200: {
          description: 'Done.',
          content: { 'application/json': { schema: doneSchema }, ...html },
        },
        ...withPages(problems(400, 403, 409, 410, 413, 415)),
      },
    });
  change('move', 'moveByCustomer', 'Move the callback of a link', moveSchema);
  change('number', 'renumberByCustomer', 'Call another number', numberSchema);
  change('cancel', 'cancelByCustomer', 'Cancel the callback of a link');
}
