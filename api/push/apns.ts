// Apple Push Notification service over HTTP/2, by @parse/node-apn with a signing key.
import { readFileSync } from 'node:fs';
import apn from '@parse/node-apn';
import type { Config } from '../config.ts';
import { failed, type PushChannel, type PushResult, type PushText } from './channel.ts';

/** Reasons after which a token is of no use any more. */
const GONE: ReadonlySet<string> = new Set(['BadDeviceToken', 'Unregistered', 'ExpiredToken']);

export class ApnsChannel implements PushChannel {
  readonly #topic: string;
  readonly #provider: apn.Provider;

  /** @param ca authorities trusted in place of the public ones; null: those */
  constructor(settings: Config['push']['apns'], keyFile: string, ca: string | null) {
    const { keyId, teamId, topic, address, port } = settings;
    this.#topic = topic;
    this.#provider = new apn.Provider({
      token: { key: readFileSync(keyFile), keyId, teamId },
      ...{ address, port, production: true, connectionRetryLimit: 1 },
      ...(ca === null ? {} : { ca: [ca] }),
    });
  }

  async send(token: string, text: PushText, dryRun: boolean): Promise<PushResult> {
    if (!/^[0-9a-f]{8,200}$/i.test(token)) return failed('not a device token', false);
    if (dryRun) return { sent: true };
    const note = new apn.Notification({
      alert: { title: text.title, body: text.body },
      topic: this.#topic,
      payload: { callbackId: text.callbackId, event: text.event },
    });
    try {
      const { failed: failures } = await this.#provider.send(note, token);
      const [failure] = failures;
      if (failure === undefined) return { sent: true };
      const reason = failure.response?.reason ?? failure.error?.message ?? 'no connection';
      const status = Number(failure.status ?? 0);
      const retryable = status === 0 || status === 429 || status >= 500;
      return failed(reason, retryable, GONE.has(reason));
    } catch (error) {
      return failed(error instanceof Error ? error.message : String(error), true);
    }
  }

  close(): void {
    void this.#provider.shutdown();
  }
}
