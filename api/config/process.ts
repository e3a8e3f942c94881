// Configuration of the process itself: where it lives, what it says, who may talk to it over HTTP.
// PURE.
import { z } from 'zod';
import { keysSchema } from './access.ts';
import { oidcSchema } from './oidc.ts';
import { publicSchema } from './public.ts';
import { addressRange, country, environmentName, ipAddress, name, port, whole } from './fields.ts';

export const dataDirSchema = z
  .string()
  .min(1)
  .max(1_000)
  .default('./data')
  .meta({ allowed: 'a folder' })
  .describe(
    'Folder for everything that must survive a restart: callbacks, registrations, recordings ' +
      'and the generated API key. Relative to the working directory; created when missing.',
  );

export const hostSchema = ipAddress()
  .default('127.0.0.1')
  .describe(
    'Address that SIP, RTP and HTTP bind to unless their own section says otherwise. The default ' +
      'is reachable from this machine only, so that a first start opens nothing to a network; ' +
      'set the address of this machine to let telephones and trunks in.',
  );

export const defaultCountrySchema = country()
  .default('US')
  .describe('Country whose national form is assumed for numbers written without a leading +.');

export const logSchema = z
  .strictObject({
    level: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe('Least severe events written. `debug` names every SIP message and state step.'),
  })
  .prefault({})
  .describe('The log: JSON lines on standard output, telephone numbers masked.');

/** An origin as browsers send it: no path, no trailing slash. */
const origin = z
  .string()
  .regex(/^https?:\/\/[^\s/?#]{1,253}$/)
  .meta({ allowed: 'an origin such as https://desk.example.com' });

const phoneSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Whether `/phone` is there: a telephone for agents in the browser.'),
    webSocketUrl: z
      .string()
      .regex(/^wss?:\/\/[A-Za-z0-9.:[\]-]{1,253}(\/[\w./~-]{0,200})?$/)
      .meta({ allowed: 'a URL such as wss://sip.example.com:7443' })
      .nullable()
      .default(null)
      .describe(
        'Where browsers find SIP, when a proxy stands before it. null: the `wss` or `ws` port of ' +
          '`sip.listen` on the host of the page.',
      ),
  })
  .prefault({})
  .describe('The telephone page.');

export const httpSchema = z
  .strictObject({
    host: ipAddress()
      .nullable()
      .default(null)
      .describe('Address to bind. null: the common `host`.'),
    port: port().default(8_080).describe('TCP port of the API; 0 takes any free one.'),
    apiKeys: z
      .record(name(), environmentName())
      .default({})
      .describe(
        'Who may use the API: a name for each key (shown in the log) and the environment ' +
          'variable that holds it (16 characters or more). Empty: one key is made at the first ' +
          'start and kept in `dataDir`/api-key, readable by its owner only. These keys have the ' +
          'role `administrator`.',
      ),
    keys: keysSchema,
    oidc: oidcSchema,
    publicUrl: origin
      .nullable()
      .default(null)
      .describe('Where customers reach this server: links for them begin with it. null: unknown.'),
    publicCallbacks: publicSchema,
    maxBodyBytes: whole(1_024, 1_048_576)
      .default(65_536)
      .describe('Longest request body; longer ones get 413 before they are read to the end.'),
    maxUploadBytes: whole(65_536, 134_217_728)
      .default(16_777_216)
      .describe('Longest sound file that may be uploaded as a prompt.'),
    maxConnections: whole(1, 100_000)
      .default(1_000)
      .describe('Most open connections; more are closed at once, which bounds memory.'),
    requestTimeoutSeconds: whole(1, 300)
      .default(30)
      .describe('Longest time a client may take to send one request: slow senders hold memory.'),
    requestsPerSecond: whole(1, 100_000)
      .default(50)
      .describe('Rate each API key may keep up (token bucket); more get 429 with Retry-After.'),
    requestBurst: whole(1, 100_000)
      .default(100)
      .describe('Requests a key that was quiet may make at once before the rate counts.'),
    requestsPerSecondPerAddress: whole(1, 100_000)
      .nullable()
      .default(null)
      .describe(
        'Rate of one address over all its keys, twice as many at once; more get 429. null: none.',
      ),
    trustedProxies: z
      .array(addressRange())
      .max(100)
      .default([])
      .describe(
        'Proxies whose X-Forwarded-For says who asks, for rates and the audit log. Empty: the ' +
          'address of the connection counts.',
      ),
    corsOrigins: z
      .array(origin)
      .max(100)
      .default([])
      .describe('Web pages of these origins may call the API from a browser. Empty: none.'),
    maxEventClients: whole(1, 10_000)
      .default(100)
      .describe('Most open event streams; more get 503 with Retry-After.'),
    maxEventClientsPerKey: whole(1, 10_000)
      .default(50)
      .describe('Most open event streams of one key or token; more get 503 with Retry-After.'),
    eventHeartbeatSeconds: whole(1, 300)
      .default(15)
      .describe('A comment is sent on quiet event streams, so that proxies keep them open.'),
    phone: phoneSchema,
  })
  .prefault({})
  .describe('The HTTP API.');
