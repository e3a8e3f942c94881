// Web Push (RFC 8030, 8291, 8292): encrypted and signed by the library web-push, sent by our own
// client, because the address comes from a browser.
import webPush from 'web-push';
import { z } from 'zod';
import type { Outbound } from '../events/outbound.ts';
import { failed, type PushChannel, type PushResult, type PushText } from './channel.ts';

const subscriptionSchema = z.object({
  endpoint: z.string().max(2_000),
  keys: z.object({ p256dh: z.string().max(200), auth: z.string().max(100) }),
});

export interface Vapid {
  readonly subject: string;
  readonly publicKey: string;
  readonly privateKey: string;
}

const LIFE_SECONDS = 3_600;

export class WebPushChannel implements PushChannel {
  readonly #vapidDetails: Vapid;
  readonly #outbound: Outbound;

  constructor(vapidDetails: Vapid, outbound: Outbound) {
    this.#vapidDetails = vapidDetails;
    this.#outbound = outbound;
  }

  async send(target: string, text: PushText, dryRun: boolean): Promise<PushResult> {
    let details: webPush.RequestDetails;
    try {
      const subscription = subscriptionSchema.parse(JSON.parse(target));
      this.#outbound.check(subscription.endpoint);
      const options = { vapidDetails: this.#vapidDetails, TTL: LIFE_SECONDS };
      details = webPush.generateRequestDetails(subscription, JSON.stringify(text), options);
    } catch (error) {
      const why = error instanceof z.ZodError ? 'wrong fields' : String(error);
      return failed(`not a subscription: ${why}`, false);
    }
    if (dryRun) return { sent: true };
    const headers = Object.fromEntries(
      Object.entries(details.headers).map(([name, value]) => [name, String(value)]),
    );
    const { endpoint, body } = details;
    const answer = await this.#outbound.send({ url: endpoint, headers, body: body as Buffer });
    if (answer.status === null) return failed(answer.error, true);
    if (answer.status >= 200 && answer.status < 300) return { sent: true };
    const gone = answer.status === 404 || answer.status === 410;
    const retryable = answer.status === 429 || answer.status >= 500;
    return failed(`status ${answer.status}: ${answer.body}`, retryable, gone);
  }

  close(): void {
    // Nothing is held open.
  }
}
