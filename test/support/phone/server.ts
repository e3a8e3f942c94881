// The answering side of the test phone's SIP transactions (RFC 3261 s.17.2): the latest answer is
// kept and given again, and a final answer to an INVITE is repeated until its ACK.
import type { HeaderLines, HostPort, SipText } from './message.ts';
import { cseqOf, header, headerLines, writeMessage } from './message.ts';

export const T1_MS = 500;
export const T2_MS = 4000;
export const GIVE_UP_MS = 64 * T1_MS;

/** A request received; answers are remembered and given again to its retransmissions. */
export interface ServerRequest {
  readonly message: SipText;
  readonly source: HostPort;
  respond(status: number, reason: string, headers?: HeaderLines, body?: string): void;
  /** The ACK of the final response to an INVITE; null when none came. */
  readonly acknowledged: Promise<SipText | null>;
}

/** Resends `send` from T1 on, doubling, until told to stop; gives up after 64 T1. */
export function retransmit(
  send: () => void,
  capMs: number,
  gaveUp: () => void,
  keep: (timer: NodeJS.Timeout) => void,
): void {
  const startedAtMs = performance.now();
  let intervalMs = T1_MS;
  const again = () => {
    if (performance.now() - startedAtMs >= GIVE_UP_MS) {
      gaveUp();
      return;
    }
    send();
    intervalMs = Math.min(2 * intervalMs, capMs);
    keep(setTimeout(again, intervalMs));
  };
  send();
  keep(setTimeout(again, intervalMs));
}

/** One server transaction: its latest answer, repeated to repeated requests. */
export class ServerTransaction implements ServerRequest {
  readonly message: SipText;
  readonly source: HostPort;
  readonly acknowledged: Promise<SipText | null>;
  readonly #send: (text: string) => void;
  #settle: (ack: SipText | null) => void = () => undefined;
  #last: string | null = null;
  #final = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(message: SipText, source: HostPort, send: (text: string) => void) {
    this.message = message;
    this.source = source;
    this.#send = send;
    this.acknowledged = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  respond(status: number, reason: string, headers: HeaderLines = [], body = ''): void {
    if (this.#final) return;
    const { source } = this;
    const vias = headerLines(this.message, 'via').map((via, index): [string, string] => {
      const seen = index === 0 ? `;received=${source.host}` : '';
      const value =
        index === 0 ? via.replace(/;rport(?==|;|$)=?\d*/, `;rport=${source.port}`) : via;
      return ['Via', `${value}${seen}`];
    });
    const named = new Set(headers.map(([name]) => name.toLowerCase()));
    const copied = (['From', 'To', 'Call-ID', 'CSeq'] as const)
      .filter((name) => !named.has(name.toLowerCase()))
      .map((name): [string, string] => [name, header(this.message, name.toLowerCase())]);
    const routes = headerLines(this.message, 'record-route');
    const recorded = routes.map((route): [string, string] => ['Record-Route', route]);
    const lines = [...vias, ...recorded, ...copied, ...headers];
    const text = writeMessage(`SIP/2.0 ${status} ${reason}`, lines, body);
    this.#last = text;
    this.#final = status >= 200;
    if (this.#final && this.message.method === 'INVITE') {
      const gaveUp = () => this.#settle(null);
      retransmit(
        () => this.#send(text),
        T2_MS,
        gaveUp,
        (timer) => (this.#timer = timer),
      );
    } else {
      this.#send(text);
    }
  }

  repeat(): void {
    if (this.#last !== null) this.#send(this.#last);
  }

  ackReceived(ack: SipText): void {
    const invite = this.message.method === 'INVITE';
    if (this.#final && invite && ackKey(ack) === ackKey(this.message)) this.stop(ack);
  }

  stop(ack: SipText | null): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#settle(ack);
  }
}

/** What an ACK and its INVITE share. */
export function ackKey(message: SipText): string {
  return `${header(message, 'call-id')} ${cseqOf(message).number}`;
}
