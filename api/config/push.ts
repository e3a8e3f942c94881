// Configuration of push notifications: the services, each off until it has its credentials, and
// what is said at which event. PURE.
import { z } from 'zod';
import { environmentName, hostOrIp, text, whole } from './fields.ts';

const file = () => z.string().min(1).max(1_000).meta({ allowed: 'a file' });
const url = () => z.url().max(1_000).meta({ allowed: 'a URL' });

const fcmSchema = z
  .strictObject({
    credentialsFile: file()
      .nullable()
      .default(null)
      .describe('JSON key of a service account, which also names the project. null: off.'),
    endpoint: url().default('https://fcm.googleapis.com').describe('Where its HTTP v1 API is.'),
    tokenUrl: url()
      .default('https://oauth2.googleapis.com/token')
      .describe('Where access tokens are given out.'),
  })
  .prefault({})
  .describe('Firebase Cloud Messaging, by its HTTP v1 API. Targets are registration tokens.');

const apnsSchema = z
  .strictObject({
    keyFile: file().nullable().default(null).describe('Signing key (.p8). null: off.'),
    keyId: text(32).default('KEY').describe('Id of that key, as Apple gave it.'),
    teamId: text(32).default('TEAM').describe('Id of the team, as Apple gave it.'),
    topic: text(200).default('app').describe('Bundle id of the app.'),
    address: hostOrIp()
      .default('api.push.apple.com')
      .describe('The service; `api.sandbox.push.apple.com` for apps under development.'),
    port: whole(1, 65_535).default(443).describe('Its TCP port; 2197 where firewalls ask for it.'),
  })
  .prefault({})
  .describe('Apple Push Notification service. Targets are device tokens.');

const webPushSchema = z
  .strictObject({
    privateKeyEnv: environmentName()
      .nullable()
      .default(null)
      .describe('Environment variable that holds the private VAPID key, base64url. null: off.'),
    publicKey: text(200).default('-').describe('The public VAPID key, as browsers got it.'),
    subject: z
      .string()
      .max(300)
      .regex(/^(mailto:|https:\/\/)\S+$/)
      .meta({ allowed: 'mailto: or https: and who to turn to' })
      .default('mailto:operator@localhost')
      .describe('Whom push services may turn to (RFC 8292).'),
  })
  .prefault({})
  .describe('Web Push (RFC 8030). Targets are subscriptions of browsers, as JSON text.');

const customSchema = z
  .strictObject({
    url: url().nullable().default(null).describe('Gets `{deviceId, message}` by POST. null: off.'),
  })
  .prefault({})
  .describe('A service of your own. Targets are whatever it understands.');

const messageSchema = z.strictObject({
  event: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/)
    .meta({ allowed: 'the type of a callback event' })
    .describe('Sent when this happens to the callback, such as `customer-ringing`.'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$/)
    .meta({ allowed: 'a language tag' })
    .nullable()
    .default(null)
    .describe('For devices of this language; null: for those without a message in their own.'),
  title: text(100).describe('First line.'),
  body: text(500).describe('The text.'),
});

export const pushSchema = z
  .strictObject({
    fcm: fcmSchema,
    apns: apnsSchema,
    webPush: webPushSchema,
    custom: customSchema,
    messages: z
      .array(messageSchema)
      .max(200)
      .default([])
      .describe('What is said at which event, in which language. Empty: nothing is pushed.'),
  })
  .prefault({})
  .describe(
    'Push notifications to devices registered with a callback; see docs/events.md. ' +
      '`events.webhooks.timeoutSeconds`, `.caFile` and `.allow` hold for them too.',
  );
