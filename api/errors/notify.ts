// Error codes of events, webhooks and push notifications. PURE.
import { entry, type ErrorEntry } from './entry.ts';

export const NOTIFY_ERRORS: readonly ErrorEntry[] = [
  entry('WEBSOCKET_EXPECTED', 426, false, 'WebSocket only', 'Connect with a WebSocket client.'),
  entry('WEBHOOK_UNKNOWN', 404, false, 'No such webhook', '`GET /api/v1/webhooks` lists them.'),
  entry(
    'WEBHOOKS_LIMIT',
    409,
    false,
    'Too many webhooks',
    'Delete some, or raise `events.webhooks.maxWebhooks`.',
  ),
  entry(
    'WEBHOOK_URL_REFUSED',
    400,
    false,
    'URL is not called',
    'Use TLS and a public address, or see `events.webhooks.allow` and `.allowHttp`.',
  ),
  entry(
    'WEBHOOK_DELIVERY_UNKNOWN',
    404,
    false,
    'No such delivery',
    'Old ones are forgotten: see `events.webhooks.keptDeliveries`.',
  ),
  entry(
    'WEBHOOK_DELIVERY_PENDING',
    409,
    false,
    'Delivery is still being tried',
    'Nothing to replay: wait for its end.',
  ),
  entry('PUSH_CHANNEL_OFF', 409, false, 'No such push service', 'Set its credentials in `push`.'),
  entry('PUSH_DEVICES_LIMIT', 409, false, 'Too many devices', 'Remove one of the callback first.'),
  entry('PUSH_DEVICE_UNKNOWN', 404, false, 'No such device', 'List those of the callback.'),
  entry(
    'PUSH_CREDENTIALS_UNUSABLE',
    500,
    false,
    'Credentials of a push service cannot be used',
    'Check the files and the variable that `push` names.',
  ),
  entry(
    'OUTBOUND_CA_UNREADABLE',
    500,
    false,
    'Authorities cannot be read',
    'Check the PEM file of `events.webhooks.caFile`.',
  ),
];
