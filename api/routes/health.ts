// /healthz, /readyz and /metrics: for those who keep the process running.
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv, ReadinessCheck } from '../deps.ts';
import type { Metrics } from '../metrics.ts';
import { problems } from '../schemas/common.ts';

type Deps = Pick<ApiDeps, 'readiness' | 'clock'>;

/** A check that has not answered after this is not ready. */
const CHECK_LIMIT_MS = 2_000;

const TAGS = ['Health'];

const healthSchema = z.object({ status: z.literal('alive') }).openapi('Health');

export const readinessSchema = z
  .object({
    ready: z.boolean(),
    checks: z.record(
      z.string(),
      z.object({
        ready: z.boolean(),
        reason: z.string().nullable().openapi({ description: 'What is missing.' }),
      }),
    ),
  })
  .openapi('Readiness');

const ready = { content: { 'application/json': { schema: readinessSchema } } };

const healthz = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'getHealth',
  ...needs('open'),
  summary: 'Whether the process answers',
  tags: TAGS,
  security: [],
  responses: {
    200: { description: 'It does.', content: { 'application/json': { schema: healthSchema } } },
  },
});

const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'getReadiness',
  ...needs('open'),
  summary: 'Whether calls can be made and promises kept',
  tags: TAGS,
  security: [],
  responses: {
    200: { description: 'Ready.', ...ready },
    503: { description: 'Not ready; `checks` says why.', ...ready },
  },
});

const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  operationId: 'getMetrics',
  ...needs('metrics.read'),
  summary: 'Prometheus metrics',
  tags: TAGS,
  responses: {
    200: {
      description: 'Text exposition format.',
      content: { 'text/plain': { schema: z.string() } },
    },
    ...problems(),
  },
});

export function healthRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps, metrics: Metrics): void {
  app.openapi(healthz, (c) => c.json({ status: 'alive' as const }, 200));
  app.openapi(readyz, async (c) => {
    const found = await checksOf(deps);
    return c.json(found, found.ready ? 200 : 503);
  });
  app.openapi(metricsRoute, async (c) => {
    const text = await metrics.registry.metrics();
    return c.text(text, 200, { 'Content-Type': metrics.registry.contentType });
  });
}

/** Every check, asked now. */
export async function checksOf(deps: Deps): Promise<z.output<typeof readinessSchema>> {
  const answers = await Promise.all(
    Object.entries(deps.readiness).map(async ([name, check]) => {
      const reason = await limited(deps, check);
      return [name, { ready: reason === null, reason }] as const;
    }),
  );
  const checks = Object.fromEntries(answers);
  return { ready: answers.every(([, { ready: isReady }]) => isReady), checks };
}

/** The check's answer; a check that throws or hangs is an answer too. */
function limited({ clock }: Deps, check: ReadinessCheck): Promise<string | null> {
  return new Promise((resolve) => {
    const timer = clock.after(CHECK_LIMIT_MS, () => resolve(`no answer in ${CHECK_LIMIT_MS} ms`));
    void answerOf(check).then((reason) => {
      timer.cancel();
      resolve(reason);
    });
  });
}

async function answerOf(check: ReadinessCheck): Promise<string | null> {
  try {
    return await check();
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}
