// Configuration of events: how listeners are kept in bounds, and webhooks. PURE.
import { z } from 'zod';
import { addressRange, whole } from './fields.ts';

const webhooksSchema = z
  .strictObject({
    maxWebhooks: whole(0, 1_000)
      .default(50)
      .describe('Most webhooks; each may have one request under way. 0: none can be made.'),
    allow: z
      .array(addressRange())
      .max(100)
      .default([])
      .describe(
        'Private addresses that webhooks and push notifications may reach, such as 10.1.2.0/24. ' +
          'Loopback, private and link-local addresses are refused otherwise: a URL of a client ' +
          'must not open the inside of your network.',
      ),
    allowHttp: z
      .boolean()
      .default(false)
      .describe(
        'Whether `http:` URLs are taken too. Events hold telephone numbers, in clear then.',
      ),
    caFile: z
      .string()
      .min(1)
      .max(1_000)
      .meta({ allowed: 'a PEM file' })
      .nullable()
      .default(null)
      .describe('Authorities trusted beside the public ones: that of your own company.'),
    timeoutSeconds: whole(1, 60)
      .default(10)
      .describe('Longest time a delivery may take, from the name look-up to the whole answer.'),
    retrySeconds: whole(60, 604_800)
      .default(86_400)
      .describe('How long an event is tried before it is laid aside as a dead letter: a day.'),
    longestRetryDelaySeconds: whole(1, 86_400)
      .default(3_600)
      .describe('Delays double from 1 s up to this, each shortened by chance by up to a half.'),
    rotationSeconds: whole(0, 604_800)
      .default(86_400)
      .describe('How long deliveries carry the signature of the old secret beside the new one.'),
    keptDeliveries: whole(10, 100_000)
      .default(1_000)
      .describe('Deliveries that are over, kept for each webhook to be read and replayed.'),
  })
  .prefault({})
  .describe('Events sent to URLs of yours; see docs/events.md.');

export const eventsSchema = z
  .strictObject({
    stallSeconds: whole(5, 3_600)
      .default(120)
      .describe('A listener that reads nothing for so long is dropped: its place is for another.'),
    maxBufferedBytes: whole(16_384, 16_777_216)
      .default(1_048_576)
      .describe('Bytes under way to one WebSocket before the next event waits for it to read.'),
    bayeuxSessions: whole(0, 10_000)
      .default(200)
      .describe('Most clients at `/genesys/cometd` (Bayeux); each has a long poll open. 0: none.'),
    webhooks: webhooksSchema,
  })
  .prefault({})
  .describe('Events, to whoever listens. `http.maxEventClients` limits streams and WebSockets.');
