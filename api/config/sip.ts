// Configuration of SIP: listening sockets, timers and registrar; trunks are in trunks.ts. PURE.
import { z } from 'zod';
import { guardSchema } from './guard.ts';
import { hostOrIp, whole } from './fields.ts';
import {
  connectionsSchema,
  dnsServersSchema,
  listenSchema,
  tlsSchema,
  webSocketSchema,
} from './transports.ts';
import { trunkGroupSchema, trunkSchema } from './trunks.ts';
import { drachtioSchema, hepSchema } from './external.ts';

const timersSchema = z
  .strictObject({
    t1Ms: whole(50, 5_000)
      .default(500)
      .describe('Round-trip estimate T1: first retransmission; 64 x T1 is the transaction limit.'),
    t2Ms: whole(100, 32_000)
      .default(4_000)
      .describe('Longest interval T2 between retransmissions of non-INVITE requests.'),
    t4Ms: whole(100, 32_000)
      .default(5_000)
      .describe('Longest life T4 of a message in the network.'),
    inviteSilenceMs: whole(1_000, 64_000)
      .default(8_000)
      .describe(
        'A call of which nothing at all is heard, not even 100, fails after this (timer B, at ' +
          'most 64 x T1), so that the next trunk can be tried while the customer still waits.',
      ),
  })
  .prefault({})
  .describe('RFC 3261 table 4. Change only for links with a known round trip, such as satellites.');

const registrarSchema = z
  .strictObject({
    minExpiresSeconds: whole(10, 86_400)
      .default(60)
      .describe('Shortest registration; shorter requests get 423, which bounds the load.'),
    maxExpiresSeconds: whole(10, 604_800)
      .default(3_600)
      .describe('Longest registration; longer requests are shortened, so that dead ones go.'),
    defaultExpiresSeconds: whole(10, 604_800)
      .default(600)
      .describe('Registration of a telephone that asks for no time.'),
    maxContactsPerUser: whole(1, 100)
      .default(5)
      .describe('Telephones one user may have registered at once; more get 403.'),
    nonceTtlSeconds: whole(10, 3_600)
      .default(300)
      .describe(
        'How long a digest nonce may be used; shorter makes stolen answers useless sooner.',
      ),
  })
  .prefault({})
  .describe('The registrar for the telephones of agents.');

export const sipSchema = z
  .strictObject({
    listen: z
      .array(listenSchema)
      .min(1)
      .max(16)
      .default([
        { protocol: 'udp', host: null, port: 5_060 },
        { protocol: 'tcp', host: null, port: 5_060 },
      ])
      .describe('Sockets for SIP. Messages that do not fit a datagram need TCP beside UDP.'),
    externalHost: hostOrIp()
      .nullable()
      .default(null)
      .describe(
        'Name or address put into Via, Contact and Record-Route: how others reach us through a ' +
          'NAT, or when bound to all addresses; an address speaks for sockets of its own family ' +
          'only. null: the bound address.',
      ),
    realm: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,128}$/)
      .meta({ allowed: '1 to 128 letters, digits, ".", "_" and "-"' })
      .default('ringback')
      .describe(
        'Realm of the digest challenge and domain of the users. Stored password hashes are made ' +
          'with it: after a change the passwords must be set again.',
      ),
    tls: tlsSchema,
    webSocket: webSocketSchema,
    connections: connectionsSchema,
    dnsServers: dnsServersSchema,
    timers: timersSchema,
    registrar: registrarSchema,
    guard: guardSchema,
    maxCalls: whole(1, 100_000)
      .default(500)
      .describe('Most calls at once, both directions; more get 503 with Retry-After.'),
    trace: z
      .boolean()
      .default(true)
      .describe(
        'Keeps the recent SIP messages in memory for the call ladders of the API. Costs a copy ' +
          'of each message; turn off on very busy systems.',
      ),
    hep: hepSchema,
    drachtio: drachtioSchema,
    trunks: z
      .array(trunkSchema)
      .max(100)
      .default([])
      .describe('Ways to the telephone network, the first being the usual one.'),
    trunkGroups: z
      .array(trunkGroupSchema)
      .max(100)
      .default([])
      .describe('Trunks under a common name, for shares and failover.'),
  })
  .prefault({})
  .describe('Signalling (RFC 3261).');
