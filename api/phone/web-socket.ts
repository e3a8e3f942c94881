// Where the telephone page finds SIP over WebSocket, seen from the browser. PURE. RFC 7118.
import type { ListenAddress } from '../../sip/index.ts';

/** The host of a `Host` header; null when it is nothing that may stand in a policy. */
export function hostOf(header: string | undefined): string | null {
  const host = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i.exec(header ?? '')?.[1] ?? null;
  return host !== null && host.length <= 255 ? host : null;
}

/**
 * @param configured `http.phone.webSocketUrl`, which wins
 * @param host by which the browser reached the page
 * @returns null when no socket is for browsers
 */
export function webSocketUrl(
  configured: string | null,
  listening: readonly ListenAddress[],
  host: string | null,
): string | null {
  if (configured !== null) return configured;
  const socket =
    listening.find(({ protocol }) => protocol === 'wss') ??
    listening.find(({ protocol }) => protocol === 'ws');
  if (socket === undefined || host === null) return null;
  return `${socket.protocol}://${host}:${socket.port}`;
}
