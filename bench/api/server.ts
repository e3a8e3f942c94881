// The server that is measured, in a process of its own: the real one with its stores and telephony,
// or a bare route with the same validation and nothing behind it. Says its address in one line.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenAPIHono, createRoute } from '@hono/zod-openapi';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { parseConfig } from '../../api/config.ts';
import { startServer } from '../../api/main.ts';
import { createCallbackSchema } from '../../api/schemas/callbacks.ts';

const MOST = 100_000;

/** What the measured server answers to; ends with the process. */
async function ringback(key: string): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ringback-bench-api-'));
  process.on('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const config = parseConfig(
    JSON.stringify({
      dataDir,
      log: { level: 'warn' },
      http: {
        ...{ port: 0, apiKeys: { bench: 'BENCH_KEY' }, maxConnections: MOST },
        ...{ requestsPerSecond: MOST, requestBurst: MOST },
        ...{ maxEventClients: 10_000, maxEventClientsPerKey: 10_000 },
      },
      sip: {
        listen: [{ protocol: 'udp', port: 0 }],
        trunks: [{ name: 'carrier', host: '127.0.0.1', port: 9, callerId: '+12025550100' }],
      },
      queues: [{ id: 'support', numbers: ['+12025550100'] }],
      media: { workers: 1 },
    }),
    { BENCH_KEY: key },
  );
  const server = await startServer({ config });
  process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
  return server.http.url;
}

async function bare(): Promise<string> {
  const app = new OpenAPIHono();
  const json = { 'application/json': { schema: createCallbackSchema } };
  const route = createRoute({
    ...{ method: 'post', path: '/api/v1/callbacks' },
    request: { body: { required: true, content: json } },
    responses: { 201: { description: 'what was sent', content: json } },
  });
  app.openapi(route, (c) => c.json(c.req.valid('json'), 201));
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const [kind = '', key = ''] = process.argv.slice(2);
const url = kind === 'bare' ? await bare() : await ringback(key);
process.stdout.write(`${JSON.stringify({ url })}\n`);
