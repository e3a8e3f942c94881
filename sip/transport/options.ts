// What the sockets are made from beyond their addresses. Types only.

/** Keys and trust of the TLS and WSS sockets; files are PEM. */
export interface TlsOptions {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Whom we trust instead of the well-known authorities; null: those. */
  readonly caFile: string | null;
  /** Peers that connect to us must show a certificate that we trust. */
  readonly verifyClients: boolean;
  /** Peers that we connect to must show a certificate that we trust, for the name we wanted. */
  readonly verifyServers: boolean;
  /** How often the files are looked at for a change. */
  readonly reloadCheckMs: number;
}

/** Limits of the WebSocket sockets. */
export interface WebSocketOptions {
  /** Values of Origin that browsers may come from, such as `https://a.example`; empty: any. */
  readonly allowedOrigins: readonly string[];
  readonly maxMessageBytes: number;
  /** A connection is pinged this often, and dropped when the pong is missing at the next one. */
  readonly pingMs: number;
}

/** Limits of all connections: TCP, TLS and WebSocket together. */
export interface ConnectionOptions {
  readonly maxPerSource: number;
  /** A connection without any traffic is closed after this. */
  readonly idleMs: number;
  /** A message whose first byte is here must be whole after this. */
  readonly partialMessageMs: number;
}
