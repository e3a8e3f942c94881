// Configuration of the SIP sockets: addresses, certificates, WebSocket and connection limits. PURE.
import { z } from 'zod';
import type { SipOptions } from '../../sip/index.ts';
import { ipAddress, port, text, whole } from './fields.ts';

export const listenSchema = z.strictObject({
  protocol: z
    .enum(['udp', 'tcp', 'tls', 'ws', 'wss'])
    .describe('Transport (RFC 3261 s.18); `ws` and `wss` are for browsers (RFC 7118).'),
  host: ipAddress()
    .nullable()
    .default(null)
    .describe('Address to bind, of one family: `::` takes IPv6 only. null: the common `host`.'),
  port: port().default(5_060).describe('Port to bind; 0 takes any free one.'),
});

const file = () => text(1_024).nullable().default(null);

export const tlsSchema = z
  .strictObject({
    certificateFile: file().describe(
      'PEM file with our certificate and those between it and its authority.',
    ),
    keyFile: file().describe('PEM file with the key of the certificate; set with it.'),
    caFile: file().describe(
      'PEM file with the authorities we trust. null: those that the runtime knows.',
    ),
    verifyClients: z
      .boolean()
      .default(false)
      .describe('Whoever connects must show a certificate that we trust.'),
    verifyServers: z
      .boolean()
      .default(true)
      .describe('Whom we connect to must show a trusted certificate for the name in its URI.'),
    reloadCheckSeconds: whole(1, 3_600)
      .default(30)
      .describe(
        'How often the files are looked at. Changed ones serve new connections at once; those ' +
          'that stand, and their calls, are left alone. Broken ones are logged and not used.',
      ),
  })
  .prefault({})
  .describe('Certificates of the `tls` and `wss` sockets; TLS 1.2 at least.');

export const webSocketSchema = z
  .strictObject({
    allowedOrigins: z
      .array(
        z
          .string()
          .regex(/^https?:\/\/[A-Za-z0-9.:[\]-]{1,253}$/)
          .meta({ allowed: 'an origin such as https://desk.example' }),
      )
      .max(100)
      .default([])
      .describe('Web sites whose pages may connect. Empty: any; passwords are still asked for.'),
    maxMessageBytes: whole(2_000, 1_048_576)
      .default(65_536)
      .describe('Longest message; more closes the connection, which bounds memory.'),
    pingSeconds: whole(5, 600)
      .default(30)
      .describe(
        'Quiet time between pings. It keeps proxies from closing, and a browser that does not ' +
          'answer one is taken for gone.',
      ),
  })
  .prefault({})
  .describe('SIP over WebSocket (RFC 7118).');

export const connectionsSchema = z
  .strictObject({
    maxPerSource: whole(1, 100_000)
      .default(500)
      .describe('Most connections of one address; raise it when all come through one proxy.'),
    idleSeconds: whole(30, 86_400)
      .default(600)
      .describe('A TCP or TLS connection without any traffic is closed after this.'),
    partialMessageSeconds: whole(1, 300)
      .default(10)
      .describe('A message that has begun must be whole after this, or its connection is closed.'),
  })
  .prefault({})
  .describe('Limits of TCP, TLS and WebSocket connections together.');

export const dnsServersSchema = z
  .array(ipAddress())
  .max(8)
  .default([])
  .describe(
    'Name servers for SIP (RFC 3263: NAPTR, SRV, A, AAAA). Empty: those of the system, and its ' +
      'hosts file for addresses. A name that comes with a port is looked up as an address only.',
  );

interface TransportSettings {
  readonly tls: z.output<typeof tlsSchema>;
  readonly webSocket: z.output<typeof webSocketSchema>;
  readonly connections: z.output<typeof connectionsSchema>;
  readonly dnsServers: readonly string[];
}

/** What the engine's sockets are made from. */
export function toTransports({
  tls: { certificateFile, keyFile, reloadCheckSeconds, ...trust },
  webSocket: { pingSeconds, ...webSocket },
  connections,
  dnsServers,
}: TransportSettings): Pick<
  SipOptions['engine'],
  'tls' | 'webSocket' | 'connections' | 'dnsServers'
> {
  return {
    tls:
      certificateFile === null || keyFile === null
        ? null
        : { ...trust, certificateFile, keyFile, reloadCheckMs: reloadCheckSeconds * 1_000 },
    dnsServers,
    webSocket: { ...webSocket, pingMs: pingSeconds * 1_000 },
    connections: {
      maxPerSource: connections.maxPerSource,
      idleMs: connections.idleSeconds * 1_000,
      partialMessageMs: connections.partialMessageSeconds * 1_000,
    },
  };
}
