// /api/v1/system: version, uptime, engine, workers and readiness, and the configuration in force.
import { readFileSync } from 'node:fs';
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { needs } from '../access/permit.ts';
import { configText, toExternalEngine } from '../config.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { isoTime, problems } from '../schemas/common.ts';
import { checksOf, readinessSchema } from './health.ts';

type Deps = Pick<ApiDeps, 'config' | 'clock' | 'readiness' | 'sip' | 'media'>;

const TAGS = ['System'];
const figures = z.record(z.string(), z.number());

const systemSchema = z
  .object({
    version: z.string().openapi({ example: '0.1.0' }),
    node: z.string().openapi({ example: 'v26.10.0' }),
    startedAt: z.string(),
    uptimeSeconds: z.number().int(),
    engine: z.enum(['own', 'external']).openapi({ description: 'What speaks SIP.' }),
    readiness: readinessSchema,
    sip: figures.openapi({ description: 'Figures of the SIP engine.' }),
    media: figures.openapi({ description: 'Figures of the media workers.' }),
  })
  .openapi('System');

const readSystem = createRoute({
  method: 'get',
  path: '/api/v1/system',
  operationId: 'getSystem',
  ...needs('system.read'),
  summary: 'Read version, uptime, engine, workers and readiness',
  tags: TAGS,
  responses: {
    200: {
      description: 'As it is now.',
      content: { 'application/json': { schema: systemSchema } },
    },
    ...problems(),
  },
});

const readConfiguration = createRoute({
  method: 'get',
  path: '/api/v1/system/configuration',
  operationId: 'getConfiguration',
  ...needs('system.read'),
  summary: 'Read the configuration in force',
  description: 'With every default written out. Secrets are not in it, only where they are.',
  tags: TAGS,
  responses: {
    200: {
      description: 'YAML, as `--print-config` writes it.',
      content: { 'application/yaml': { schema: { type: 'string' } } },
    },
    ...problems(),
  },
});

const PACKAGE = new URL('../../package.json', import.meta.url);

export function installationRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
  const { clock, config } = deps;
  const startedAtMs = clock.nowMs();
  const startedMs = clock.monotonicMs();
  app.openapi(readSystem, async (c) => {
    const [readiness, sip, media] = await Promise.all([
      checksOf(deps),
      figuresOf(() => deps.sip.stats()),
      figuresOf(() => deps.media.stats()),
    ]);
    const system = {
      version,
      node: process.version,
      startedAt: isoTime(startedAtMs),
      uptimeSeconds: Math.floor((clock.monotonicMs() - startedMs) / 1_000),
      engine: toExternalEngine(config) === null ? ('own' as const) : ('external' as const),
      readiness,
      sip,
      media,
    };
    return c.json(system, 200);
  });
  app.openapi(readConfiguration, (c) => {
    return c.body(configText(config), 200, { 'Content-Type': 'application/yaml' });
  });
}

/** What cannot be asked now has no figures; `readiness` says why. */
async function figuresOf(
  ask: () => Promise<Readonly<Record<string, number>>>,
): Promise<Record<string, number>> {
  try {
    return { ...(await ask()) };
  } catch {
    return {};
  }
}
