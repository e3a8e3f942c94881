// The HTTP socket: bind it, say plainly when that fails, close it without cutting answers short.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type WebSocketServerLike } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Log } from '../core/ports.ts';
import type { ApiEnv } from './deps.ts';
import { webSocketServer } from './events/socket.ts';
import { ApiError } from './problem.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly maxConnections: number;
  readonly requestTimeoutSeconds: number;
}

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:8080`, with an address that clients can use. */
  readonly url: string;
  /** Takes no more connections, lets running answers end for a moment, then closes them. */
  stop(): Promise<void>;
}

/** Longest time running answers may take once the server stops. */
const STOP_GRACE_MS = 2_000;
const IDLE_SWEEP_MS = 20;

/**
 * Binds and serves.
 * @throws ApiError HTTP_LISTEN_FAILED {host, port, reason}
 */
export async function startServer(
  app: OpenAPIHono<ApiEnv>,
  options: ServerOptions,
  log: Log,
): Promise<RunningServer> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    websocket: { server: webSocketServer() as WebSocketServerLike },
    serverOptions: {
      requestTimeout: options.requestTimeoutSeconds * 1_000,
      headersTimeout: options.requestTimeoutSeconds * 1_000,
      maxHeaderSize: 16_384,
    },
  }) as Server;
  server.maxConnections = options.maxConnections;
  await listen(server, options);
  const { address, port } = server.address() as AddressInfo;
  server.on('error', (error) => log.error('http-server-failed', { error }));
  return { host: address, port, url: urlOf(address, port), stop: () => stop(server) };
}

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const reason = REASONS[cause.code ?? ''] ?? cause.message;
      reject(
        new ApiError(
          'HTTP_LISTEN_FAILED',
          `HTTP cannot listen on ${host} port ${port}: ${reason}`,
          {
            fields: { host, port, reason },
            cause,
          },
        ),
      );
    };
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use by another process; set http.port or stop that process',
  EACCES: 'this user may not bind the port; use one above 1023',
  EADDRNOTAVAIL: 'this machine does not have the address; set host or http.host',
};

function urlOf(address: string, port: number): string {
  const reachable = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
    // A connection whose answer ends after this moment would stay open, kept alive for more.
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
  });
}
