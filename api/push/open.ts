// The push services that have credentials, by the name of their channel.
import { readFileSync } from 'node:fs';
import { RingbackError } from '../../core/errors.ts';
import type { Config } from '../config.ts';
import { Outbound } from '../events/outbound.ts';
import { ApnsChannel } from './apns.ts';
import type { ChannelName, PushChannel } from './channel.ts';
import { CustomChannel } from './custom.ts';
import { FcmChannel } from './fcm.ts';
import { WebPushChannel } from './web-push.ts';

/** What the operator configured may be anywhere. */
const ANYWHERE = { allow: ['0.0.0.0/0', '::/0'], allowHttp: true };

/**
 * @param strangers for addresses that come from browsers
 * @throws RingbackError PUSH_CREDENTIALS_UNUSABLE {channel}
 */
export function openChannels(
  config: Config,
  strangers: Outbound,
): ReadonlyMap<ChannelName, PushChannel> {
  const { fcm, apns, webPush, custom } = config.push;
  const own = new Outbound({ ...config.events.webhooks, ...ANYWHERE });
  const { caFile } = config.events.webhooks;
  const channels = new Map<ChannelName, PushChannel>();
  const open = (name: ChannelName, make: () => PushChannel): void => {
    try {
      channels.set(name, make());
    } catch (cause) {
      const verdict = { retryable: false, httpStatus: 500 };
      const text = `the credentials of ${name} cannot be used`;
      throw new RingbackError('PUSH_CREDENTIALS_UNUSABLE', text, verdict, { channel: name }, cause);
    }
  };
  const { credentialsFile } = fcm;
  if (credentialsFile !== null) open('fcm', () => new FcmChannel(fcm, credentialsFile, own));
  const { keyFile } = apns;
  if (keyFile !== null) {
    const ca = caFile === null ? null : readFileSync(caFile, 'utf8');
    open('apns', () => new ApnsChannel(apns, keyFile, ca));
  }
  const { privateKeyEnv, publicKey, subject } = webPush;
  if (privateKeyEnv !== null) {
    const vapid = { subject, publicKey, privateKey: config.secrets.get(privateKeyEnv) };
    open('web-push', () => new WebPushChannel(vapid, strangers));
  }
  const { url } = custom;
  if (url !== null) open('custom', () => new CustomChannel(url, own));
  return channels;
}
