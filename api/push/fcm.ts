// Firebase Cloud Messaging, HTTP v1: access tokens by google-auth-library, messages by our own
// client. https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send
import { readFileSync } from 'node:fs';
import { JWT } from 'google-auth-library';
import { z } from 'zod';
import type { Config } from '../config.ts';
import type { Outbound } from '../events/outbound.ts';
import { failed, type PushChannel, type PushResult, type PushText } from './channel.ts';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';

const credentialsSchema = z.object({
  project_id: z.string(),
  client_email: z.string(),
  private_key: z.string(),
});

export class FcmChannel implements PushChannel {
  readonly #outbound: Outbound;
  readonly #url: string;
  readonly #auth: JWT;

  /** @throws an error of the file system or of zod when the credentials cannot be read */
  constructor({ endpoint, tokenUrl }: Config['push']['fcm'], path: string, outbound: Outbound) {
    const read = credentialsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    this.#outbound = outbound;
    this.#url = `${endpoint}/v1/projects/${read.project_id}/messages:send`;
    this.#auth = new JWT({
      email: read.client_email,
      key: read.private_key,
      scopes: [SCOPE],
      transporter: tokenTransporter(tokenUrl, outbound) as JWT['transporter'],
    });
  }

  async send(token: string, text: PushText, dryRun: boolean): Promise<PushResult> {
    let access: string | null | undefined;
    try {
      access = (await this.#auth.getAccessToken()).token;
    } catch (error) {
      return failed(`no access token: ${error instanceof Error ? error.message : ''}`, true);
    }
    const { title, body, callbackId, event } = text;
    const message = { token, notification: { title, body }, data: { callbackId, event } };
    const answer = await this.#outbound.send({
      url: this.#url,
      headers: { Authorization: `Bearer ${access ?? ''}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ validate_only: dryRun, message }),
    });
    if (answer.status === null) return failed(answer.error, true);
    if (answer.status === 200) return { sent: true };
    const retryable = answer.status === 429 || answer.status >= 500;
    const gone = answer.status === 404 || answer.body.includes('UNREGISTERED');
    return failed(`status ${answer.status}: ${answer.body}`, retryable, gone);
  }

  close(): void {
    // Nothing is held open.
  }
}

/** The part of a gaxios client that fetching a token needs, over our own client. */
function tokenTransporter(url: string, outbound: Outbound): unknown {
  return {
    defaults: {},
    interceptors: { request: new Set(), response: new Set() },
    request: async ({ data }: { readonly data: URLSearchParams }) => {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const answer = await outbound.send({ url, headers, body: data.toString() });
      if (answer.status !== 200) throw new Error(answer.error ?? `status ${answer.status}`);
      return { data: JSON.parse(answer.body) as unknown };
    },
  };
}
