// Devices of a callback on the wire. Targets are credentials of a kind: taken, never shown. PURE.
import { z } from '@hono/zod-openapi';
import type { PushResult } from '../push/channel.ts';
import type { Device } from '../push/store.ts';
import { pathId } from './common.ts';

const channelSchema = z.enum(['fcm', 'apns', 'web-push', 'custom']).openapi('PushChannel');

const fields = {
  channel: channelSchema,
  target: z.string().min(1).max(4_000).openapi({
    description: 'Registration token, device token, subscription as JSON text, or your own.',
  }),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}$/, 'not a language tag')
    .optional(),
};

/** A device that comes with the request for a callback. */
export const pushDeviceSchema = z.strictObject(fields).openapi('PushDevice');

export const registerDeviceSchema = z
  .strictObject({
    ...fields,
    validateOnly: z.boolean().optional().openapi({
      description: 'Checks the device as far as its service can, and registers nothing.',
    }),
  })
  .openapi('RegisterDevice');

export const deviceSchema = z
  .object({ id: z.string(), channel: channelSchema, language: z.string().nullable() })
  .openapi('Device');

export const deviceListSchema = z.object({ items: z.array(deviceSchema) }).openapi('DeviceList');

export const dryRunSchema = z
  .object({ valid: z.boolean(), error: z.string().nullable() })
  .openapi('DeviceCheck');

export const deviceIdSchema = z.object({
  id: pathId('Id of the callback.'),
  deviceId: pathId('Id of the device.'),
});

export function deviceView({ id, channel, language }: Device): z.output<typeof deviceSchema> {
  return { id, channel, language };
}

export function dryRunView(result: PushResult): z.output<typeof dryRunSchema> {
  return { valid: result.sent, error: result.sent ? null : result.error };
}
