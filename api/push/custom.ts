// A push service of the site itself: one URL that gets `{deviceId, message}` by POST.
import type { Outbound } from '../events/outbound.ts';
import { failed, type PushChannel, type PushResult, type PushText } from './channel.ts';

export class CustomChannel implements PushChannel {
  readonly #url: string;
  readonly #outbound: Outbound;

  constructor(url: string, outbound: Outbound) {
    this.#url = url;
    this.#outbound = outbound;
  }

  async send(deviceId: string, message: PushText, dryRun: boolean): Promise<PushResult> {
    if (dryRun) return { sent: true };
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ deviceId, message });
    const answer = await this.#outbound.send({ url: this.#url, headers, body });
    if (answer.status === null) return failed(answer.error, true);
    if (answer.status >= 200 && answer.status < 300) return { sent: true };
    return failed(`status ${answer.status}`, answer.status === 429 || answer.status >= 500);
  }

  close(): void {
    // Nothing is held open.
  }
}
