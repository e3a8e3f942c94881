// What the sockets are made from when nobody says otherwise; the same as the configuration's.
import type { ConnectionOptions, WebSocketOptions } from './options.ts';

export const DEFAULT_CONNECTIONS: ConnectionOptions = {
  maxPerSource: 500,
  idleMs: 600_000,
  partialMessageMs: 10_000,
};

export const DEFAULT_WEB_SOCKET: WebSocketOptions = {
  allowedOrigins: [],
  maxMessageBytes: 65_536,
  pingMs: 30_000,
};
