// Calls to access numbers that somebody else's IVR took: whose they are, and which place they have.
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { AccessCall } from '../../callback/index.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { toE164 } from '../phone-number.ts';
import { callbackSchema, callbackView } from '../schemas/callbacks.ts';
import { problems } from '../schemas/common.ts';

type Deps = Pick<ApiDeps, 'callbacks' | 'config'>;

const matchSchema = z
  .strictObject({
    accessNumber: z.string().min(1).max(64).openapi({
      description: 'Called by the customer, as the configuration writes it.',
      example: '+12025550199',
    }),
    customerNumber: z.string().min(1).max(40).optional().openapi({
      description: 'Shown by the call. Absent: withheld.',
    }),
    accessCode: z
      .string()
      .regex(/^\d{1,12}$/, 'must be 1 to 12 digits')
      .optional()
      .openapi({ description: 'As keyed. Absent: the number shown tells.' }),
  })
  .openapi('MatchCall');

const match = createRoute({
  method: 'post',
  path: '/api/v1/callbacks/match',
  operationId: 'matchCallback',
  ...needs('callbacks.change'),
  summary: 'Find the callback that a call to an access number is for',
  description:
    'The call has its place from then on: the callback is over (`MERGED`), number and code are ' +
    'free. Calls to access numbers that end here are matched without this.',
  tags: ['Callbacks'],
  request: {
    body: { required: true, content: { 'application/json': { schema: matchSchema } } },
  },
  responses: {
    200: {
      description: 'The callback, with the place in line that the caller has.',
      content: { 'application/json': { schema: callbackSchema } },
    },
    ...problems(400, 404, 409, 413, 415, 429, 503),
  },
});

export function callInRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.openapi(match, async (c) => {
    const record = await deps.callbacks.callIns.match(toCall(deps, c.req.valid('json')));
    return c.json(callbackView(record, null), 200);
  });
}

/** @throws ApiError for numbers that cannot be */
function toCall({ config }: Deps, said: z.output<typeof matchSchema>): AccessCall {
  const { accessNumber, customerNumber, accessCode = null } = said;
  const callerNumber =
    customerNumber === undefined
      ? null
      : toE164(customerNumber, config.defaultCountry, 'customerNumber');
  return { accessNumber, callerNumber, accessCode };
}
