// Configuration of SIP: listening sockets, timers, registrar and trunks. PURE.
import { z } from 'zod';
import {
  addressRange,
  country,
  e164,
  environmentName,
  hostOrIp,
  ipAddress,
  name,
  port,
  text,
  whole,
} from './fields.ts';

const protocol = z.enum(['udp', 'tcp']);

const listenSchema = z.strictObject({
  protocol: protocol.describe('Transport (RFC 3261 s.18).'),
  host: ipAddress().nullable().default(null).describe('Address to bind. null: the common `host`.'),
  port: port().default(5_060).describe('Port to bind; 0 takes any free one.'),
});

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

const trunkSchema = z.strictObject({
  name: name().describe('Used by queues, metrics and the log.'),
  host: hostOrIp().describe('The carrier or gateway.'),
  port: whole(1, 65_535).default(5_060).describe('Its SIP port.'),
  protocol: protocol.default('udp').describe('Transport towards it.'),
  username: text(128)
    .nullable()
    .default(null)
    .describe('Digest user name for its challenges. null: it knows us by our address.'),
  passwordEnv: environmentName()
    .nullable()
    .default(null)
    .describe('Environment variable that holds the digest password; set with `username`.'),
  inboundFrom: z
    .array(addressRange())
    .max(100)
    .default([])
    .describe('Source addresses its calls come from. Empty: no calls are taken from this trunk.'),
  callerId: e164().describe('Number shown to customers who are called through this trunk.'),
  numberFormat: z
    .enum(['e164', 'e164-without-plus', 'national'])
    .default('e164')
    .describe('How it wants numbers written.'),
  country: country()
    .nullable()
    .default(null)
    .describe('Country of its national form. null: `defaultCountry`.'),
});

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
          'NAT, or when bound to all addresses. null: the bound address.',
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
    timers: timersSchema,
    registrar: registrarSchema,
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
    trunks: z
      .array(trunkSchema)
      .max(100)
      .default([])
      .describe('Ways to the telephone network, the first being the usual one.'),
  })
  .prefault({})
  .describe('Signalling (RFC 3261).');
