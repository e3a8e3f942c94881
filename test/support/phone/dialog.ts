// The test phone's own dialogs (RFC 3261 s.12): who is who, where requests go, and CSeq numbers.
import { randomBytes } from 'node:crypto';
import type { OutgoingRequest } from './endpoint.ts';
import type { HeaderLines, HostPort, SipText } from './message.ts';
import { cseqOf, header, headerLines, hostPortOf, parameter, uriOf } from './message.ts';

function freshTag(): string {
  return randomBytes(6).toString('hex');
}

/** One dialog, from the first INVITE on. */
export class Dialog {
  readonly callId: string;
  readonly localTag = freshTag();
  /** Addresses without tags, `<sip:...>` or with a display name. */
  readonly #local: string;
  readonly #remote: string;
  readonly #contact: string;
  #remoteTag = '';
  #target: string;
  #routes: readonly string[] = [];
  #outbound: HostPort | null;
  #cseq = 0;

  private constructor(init: {
    callId: string;
    local: string;
    remote: string;
    contact: string;
    target: string;
    outbound: HostPort | null;
  }) {
    this.callId = init.callId;
    this.#local = init.local;
    this.#remote = init.remote;
    this.#contact = init.contact;
    this.#target = init.target;
    this.#outbound = init.outbound;
  }

  /** The side that calls. `outbound`: where the first request goes, null for the URI's host. */
  static calling(from: string, to: string, contact: string, outbound: HostPort | null): Dialog {
    const callId = `${randomBytes(10).toString('hex')}@phone`;
    return new Dialog({
      callId,
      local: `<${from}>`,
      remote: `<${to}>`,
      contact,
      target: to,
      outbound,
    });
  }

  /** The side that is called. */
  static called(invite: SipText, contact: string): Dialog {
    const from = header(invite, 'from');
    const dialog = new Dialog({
      callId: header(invite, 'call-id'),
      local: header(invite, 'to').replace(/;tag=.*$/, ''),
      remote: from.replace(/;\s*tag=[^;]*/i, ''),
      contact,
      target: uriOf(header(invite, 'contact')),
      outbound: null,
    });
    dialog.#remoteTag = parameter(from, 'tag');
    dialog.#routes = splitRoutes(invite);
    return dialog;
  }

  /** To header of our responses, with our tag. */
  get toWithTag(): string {
    return `${this.#local};tag=${this.localTag}`;
  }

  /** A Replaces value that names this dialog to its peer (RFC 3891 s.6.1). */
  get replaces(): string {
    return `${this.callId};to-tag=${this.#remoteTag};from-tag=${this.localTag}`;
  }

  get contactHeader(): readonly [string, string] {
    return ['Contact', `<${this.#contact}>`];
  }

  /** Takes what a 2xx to our INVITE says about the peer (s.12.1.2). */
  established(response: SipText): void {
    this.#remoteTag = parameter(header(response, 'to'), 'tag');
    this.#routes = splitRoutes(response).reverse();
    this.#outbound = null;
    this.refreshed(response);
  }

  /** Target refresh (s.12.2). */
  refreshed(message: SipText): void {
    const contact = header(message, 'contact');
    if (contact !== '') this.#target = uriOf(contact);
  }

  /** The next request of this dialog. */
  request(method: string, more: HeaderLines = [], body = ''): OutgoingRequest {
    this.#cseq++;
    return this.#compose(method, this.#cseq, more, body);
  }

  /** The ACK of a 2xx: the number of its INVITE (s.13.2.2.4). */
  ack(response: SipText): OutgoingRequest {
    return this.#compose('ACK', cseqOf(response).number, [], '');
  }

  #compose(method: string, cseq: number, more: HeaderLines, body: string): OutgoingRequest {
    const first = this.#routes[0];
    const toTag = this.#remoteTag === '' ? '' : `;tag=${this.#remoteTag}`;
    const routes = this.#routes.map((route): [string, string] => ['Route', `<${route}>`]);
    return {
      method,
      uri: this.#target,
      destination: this.#outbound ?? hostPortOf(first ?? this.#target),
      headers: [
        ...routes,
        ['From', `${this.#local};tag=${this.localTag}`],
        ['To', `${this.#remote}${toTag}`],
        ['Call-ID', this.callId],
        ['CSeq', `${cseq} ${method}`],
        this.contactHeader,
        ...more,
      ],
      body,
    };
  }
}

function splitRoutes(message: SipText): string[] {
  const values = headerLines(message, 'record-route').flatMap((line) => line.split(/,(?=\s*<)/));
  return values.map(uriOf);
}
