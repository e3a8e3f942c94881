// Configuration of trunks and of groups of them: address, numbers, limits, health. PURE.
import { z } from 'zod';
import {
  addressRange,
  country,
  e164,
  environmentName,
  hostOrIp,
  name,
  text,
  whole,
} from './fields.ts';

const prefix = (): z.ZodString =>
  z
    .string()
    .regex(/^\+[1-9]\d{0,14}$/)
    .meta({ allowed: 'the first digits of E.164 numbers in quotes, such as "+44"' });

const redirectHost = () =>
  z
    .union([hostOrIp(), addressRange()])
    .meta({ allowed: 'a host name, an IP address, or a network such as 192.0.2.0/24' });

const headerName = (): z.ZodString =>
  z
    .string()
    .regex(/^[A-Za-z0-9\-.!*_+`'~]{2,64}$/)
    .meta({ allowed: 'the name of a SIP header, such as X-Account' });

const dialingSchema = z
  .strictObject({
    stripDigits: whole(0, 15)
      .default(0)
      .describe('Digits (and the +) taken from the front of the written number.'),
    prefix: z
      .string()
      .regex(/^[0-9*#+]{0,16}$/)
      .meta({ allowed: 'up to 16 of 0-9 * # +' })
      .default('')
      .describe('Put before it then, such as "9" to get an outside line or "00" for abroad.'),
  })
  .prefault({})
  .describe('Changes to the number as `numberFormat` writes it, on calls through this trunk.');

const destinationsSchema = z
  .strictObject({
    allowedPrefixes: z
      .array(prefix())
      .max(1_000)
      .default([])
      .describe('Where calls may go; the longest match decides. Empty: everywhere not forbidden.'),
    forbiddenPrefixes: z
      .array(prefix())
      .max(1_000)
      .default([])
      .describe('Where they may not; refused before anything is sent.'),
    forbiddenKinds: z
      .array(z.enum(['premium-rate', 'satellite', 'shared-cost', 'personal']))
      .max(4)
      .default(['premium-rate', 'satellite'])
      .describe('Kinds of numbers never called, whatever the prefixes say: where fraud earns.'),
  })
  .prefault({})
  .describe('Which numbers may be called through this trunk.');

const redirectsSchema = z
  .strictObject({
    max: whole(0, 5).default(3).describe('Redirects (3xx) followed for one call; 0: none.'),
    allowedHosts: z
      .array(redirectHost())
      .max(100)
      .default([])
      .describe(
        'Where a redirect may lead besides the host of the trunk. Numbers of redirects must pass ' +
          '`destinations` too.',
      ),
  })
  .prefault({})
  .describe('Redirects. To strangers they are not followed: they could lead anywhere.');

const limitsSchema = z
  .strictObject({
    callsPerSecond: z
      .number()
      .min(0.1)
      .max(1_000)
      .nullable()
      .default(null)
      .describe('New calls per second the carrier takes from us. null: no limit.'),
    maxCalls: whole(1, 100_000)
      .nullable()
      .default(null)
      .describe('Calls placed through it at once. null: no limit.'),
    maxWaitSeconds: whole(0, 60)
      .default(5)
      .describe('A call over these limits waits its turn so long, then tries the next trunk.'),
  })
  .prefault({})
  .describe('What the carrier allows. Ask it: calls over its limits are refused, or charged.');

const pingSchema = z
  .strictObject({
    enabled: z.boolean().default(false).describe('Whether OPTIONS are sent to it.'),
    intervalSeconds: whole(5, 3_600)
      .default(30)
      .describe('Between two pings, 10 % more or less. Also keeps a path through a NAT open.'),
    failuresToDown: whole(1, 20)
      .default(3)
      .describe('Unanswered in a row (calls too) until it is left out.'),
    successesToUp: whole(1, 20)
      .default(2)
      .describe('Answered in a row until it is used again: more keeps a flapping one out.'),
  })
  .prefault({})
  .describe('Whether it lives, each of its servers by itself. Without, calls find it out.');

const registrationSchema = z
  .strictObject({
    enabled: z.boolean().default(false).describe('Whether we register with it.'),
    domain: hostOrIp()
      .nullable()
      .default(null)
      .describe('Domain of the address of record. null: `host` of the trunk.'),
    expiresSeconds: whole(30, 86_400)
      .default(600)
      .describe('What is asked for; refreshed after three quarters of what is granted.'),
  })
  .prefault({})
  .describe('For carriers that must be told where we are. Needs `username`.');

export const trunkSchema = z.strictObject({
  name: name().describe('Used by queues, groups, metrics and the log.'),
  host: hostOrIp().describe('The carrier or gateway.'),
  port: whole(1, 65_535)
    .nullable()
    .default(null)
    .describe(
      'Its SIP port. null: what SRV records of `host` say (RFC 3263); for an address, and a ' +
        'name without any, 5060, over TLS 5061.',
    ),
  protocol: z
    .enum(['udp', 'tcp', 'tls', 'any'])
    .default('udp')
    .describe(
      'Transport towards it; needs a socket of that protocol in `sip.listen`. any: what NAPTR ' +
        'records of `host` say, else the first that there is a socket for of UDP, TCP, TLS.',
    ),
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
  allowedCallerIds: z
    .array(e164())
    .max(1_000)
    .default([])
    .describe('Other numbers that queues may show through it.'),
  withholdCallerId: z
    .boolean()
    .default(false)
    .describe('Customers see no number (RFC 3323). Many do not answer such calls.'),
  trusted: z
    .boolean()
    .default(false)
    .describe('It is told the number in P-Asserted-Identity (RFC 3325), withheld or not.'),
  numberFormat: z
    .enum(['e164', 'e164-without-plus', 'national'])
    .default('e164')
    .describe('How it wants numbers written.'),
  country: country()
    .nullable()
    .default(null)
    .describe('Country of its national form. null: `defaultCountry`.'),
  srtp: z
    .enum(['off', 'optional', 'required'])
    .default('off')
    .describe(
      'Encryption of the sound by keys in the SDP (RFC 4568). `optional`: when it does too; ' +
        '`required`: calls without it fail. Over UDP or TCP the keys can be read on the way.',
    ),
  codecs: z
    .array(z.enum(['PCMU', 'PCMA', 'G722', 'opus']))
    .min(1)
    .max(4)
    .nullable()
    .default(null)
    .describe(
      'What is spoken with it, in the order of the offer; of `media.codecs`. null: all of those. ' +
        'A group offers what all its trunks speak, in the order of the first.',
    ),
  headers: z
    .record(headerName(), text(1_024))
    .default({})
    .describe('Added to every INVITE, such as an account number. Those of the stack are refused.'),
  dialing: dialingSchema,
  destinations: destinationsSchema,
  redirects: redirectsSchema,
  limits: limitsSchema,
  inviteTimeoutSeconds: z
    .number()
    .min(0.5)
    .max(64)
    .nullable()
    .default(null)
    .describe(
      'A call of which it has said nothing at all, not even 100, goes to its next server or the ' +
        'next trunk after this. null: after `sip.timers.inviteSilenceMs`.',
    ),
  ping: pingSchema,
  registration: registrationSchema,
});

export const trunkGroupSchema = z.strictObject({
  name: name().describe('Used by queues as the name of a trunk is.'),
  members: z
    .array(
      z.strictObject({
        trunk: name().describe('Name of a trunk.'),
        priority: whole(0, 65_535).default(0).describe('Lower ones are tried first.'),
        weight: whole(0, 65_535)
          .default(1)
          .describe('Share of the calls among those of its priority; 0: when no other can.'),
      }),
    )
    .min(1)
    .max(100)
    .describe('Its trunks. The next is tried when one could not and nobody was rung.'),
});
