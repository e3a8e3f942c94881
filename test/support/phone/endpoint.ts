// The test phone's SIP over UDP (RFC 3261 s.17, s.18): client requests with retransmission, server
// requests with remembered answers. Faults for tests: chosen messages dropped, answers delayed.
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import type { HeaderLines, HostPort, SipText } from './message.ts';
import { cseqOf, header, parameter, parseMessage, writeMessage } from './message.ts';
import type { ServerRequest } from './server.ts';
import { ackKey, GIVE_UP_MS, retransmit, ServerTransaction, T1_MS, T2_MS } from './server.ts';

/** Finished server transactions kept to answer retransmissions. */
const MAX_REMEMBERED = 2000;

/** One message on the wire, as told to `trace`. */
export interface PhoneTrace {
  readonly direction: 'sent' | 'received';
  readonly remote: HostPort;
  readonly text: string;
}

export interface EndpointOptions {
  readonly host: string;
  readonly port: number;
  readonly trace: (message: PhoneTrace) => void;
  /** Whether the nth received message (from 1) is lost. */
  readonly dropReceived: (n: number, message: SipText) => boolean;
  /** Whether the nth sent message (from 1) is lost. */
  readonly dropSent: (n: number, message: SipText) => boolean;
  /** Every received message is read this much later. */
  readonly delayMs: number;
}

export interface OutgoingRequest {
  readonly method: string;
  readonly uri: string;
  readonly destination: HostPort;
  /** Everything but Via and Content-Length. */
  readonly headers: HeaderLines;
  readonly body?: string;
}

/** A request under way. */
export interface ClientRequest {
  /** The final response; 408 is made up when none came (RFC 3261 s.8.1.3.1). */
  readonly final: Promise<SipText>;
  /** Sends CANCEL, or does so once a provisional response has come (s.9.1). */
  cancel(reason?: string): void;
}

interface Client {
  readonly request: OutgoingRequest;
  readonly branch: string;
  readonly onProvisional: (response: SipText) => void;
  readonly resolve: (final: SipText) => void;
  timer: NodeJS.Timeout | null;
  provisional: boolean;
  cancelWith: string | null;
  done: boolean;
}

/** A UDP socket that speaks SIP. */
export class Endpoint {
  readonly address: HostPort;
  readonly #socket: Socket;
  readonly #options: EndpointOptions;
  readonly #onRequest: (request: ServerRequest) => void;
  readonly #clients = new Map<string, Client>();
  readonly #servers = new Map<string, ServerTransaction>();
  /** ACKs of 2xx by Call-ID and CSeq number, to repeat them. */
  readonly #acks = new Map<string, { text: string; destination: HostPort }>();
  #sent = 0;
  #received = 0;
  #closed = false;

  static async open(
    options: EndpointOptions,
    onRequest: (request: ServerRequest) => void,
  ): Promise<Endpoint> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(options.port, options.host, resolve);
    });
    socket.on('error', () => undefined);
    return new Endpoint(socket, options, onRequest);
  }

  private constructor(
    socket: Socket,
    options: EndpointOptions,
    onRequest: (request: ServerRequest) => void,
  ) {
    this.#socket = socket;
    this.#options = options;
    this.#onRequest = onRequest;
    this.address = { host: options.host, port: socket.address().port };
    socket.on('message', (bytes, source) => {
      const from = { host: source.address, port: source.port };
      if (options.delayMs === 0) this.#read(bytes.toString(), from);
      else setTimeout(() => this.#read(bytes.toString(), from), options.delayMs);
    });
  }

  /** Sends a request other than ACK; provisional responses go to the listener. */
  request(
    request: OutgoingRequest,
    onProvisional: (response: SipText) => void = () => undefined,
  ): ClientRequest {
    const branch = `z9hG4bK${randomBytes(8).toString('hex')}`;
    let resolve: (final: SipText) => void = () => undefined;
    const final = new Promise<SipText>((settle) => {
      resolve = settle;
    });
    const client: Client = {
      request,
      branch,
      onProvisional,
      resolve,
      timer: null,
      provisional: false,
      cancelWith: null,
      done: false,
    };
    this.#clients.set(`${branch} ${request.method}`, client);
    const text = this.#compose(request, branch);
    const timedOut = () => this.#finish(client, madeUp(408, 'Request Timeout'));
    const capMs = request.method === 'INVITE' ? GIVE_UP_MS : T2_MS;
    retransmit(
      () => this.#send(text, request.destination),
      capMs,
      timedOut,
      (timer) => (client.timer = timer),
    );
    return {
      final,
      cancel: (reason = '') => {
        if (client.done || client.cancelWith !== null) return;
        client.cancelWith = reason;
        if (client.provisional) this.#cancel(client);
      },
    };
  }

  /** Sends the ACK of a 2xx and repeats it when the 2xx is repeated (s.13.2.2.4). */
  acknowledge(ack: OutgoingRequest): void {
    const branch = `z9hG4bK${randomBytes(8).toString('hex')}`;
    const text = this.#compose(ack, branch);
    const message = parseMessage(text);
    if (message) this.#acks.set(ackKey(message), { text, destination: ack.destination });
    this.#send(text, ack.destination);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const client of this.#clients.values()) {
      if (client.timer) clearTimeout(client.timer);
      this.#finish(client, madeUp(503, 'Phone closed'));
    }
    for (const server of this.#servers.values()) server.stop(null);
    this.#socket.close();
  }

  #compose(request: OutgoingRequest, branch: string): string {
    const via = `SIP/2.0/UDP ${this.address.host}:${this.address.port};branch=${branch};rport`;
    const headers: HeaderLines = [['Via', via], ['Max-Forwards', '70'], ...request.headers];
    return writeMessage(`${request.method} ${request.uri} SIP/2.0`, headers, request.body);
  }

  #send(text: string, to: HostPort): void {
    const message = parseMessage(text);
    if (this.#closed || !message) return;
    this.#sent++;
    if (this.#options.dropSent(this.#sent, message)) return;
    this.#options.trace({ direction: 'sent', remote: to, text });
    this.#socket.send(text, to.port, to.host);
  }

  #read(text: string, source: HostPort): void {
    const message = parseMessage(text);
    if (this.#closed || !message) return;
    this.#received++;
    if (this.#options.dropReceived(this.#received, message)) return;
    this.#options.trace({ direction: 'received', remote: source, text });
    if (message.method === null) this.#readResponse(message);
    else this.#readRequest(message, source);
  }

  #readResponse(response: SipText): void {
    const { method } = cseqOf(response);
    const key = `${parameter(header(response, 'via'), 'branch')} ${method}`;
    const client = this.#clients.get(key);
    if (method === 'INVITE' && response.status >= 200) {
      const ack = this.#acks.get(ackKey(response));
      if (ack && response.status < 300) this.#send(ack.text, ack.destination);
      if (client && response.status >= 300) this.#acknowledgeFailure(client, response);
    }
    if (!client || client.done) return;
    if (response.status >= 200) {
      this.#finish(client, response);
      return;
    }
    const first = !client.provisional;
    client.provisional = true;
    if (method === 'INVITE' && client.timer) clearTimeout(client.timer);
    if (first && client.cancelWith !== null) this.#cancel(client);
    client.onProvisional(response);
  }

  #finish(client: Client, final: SipText): void {
    if (client.done) return;
    client.done = true;
    if (client.timer) clearTimeout(client.timer);
    client.resolve(final);
    // Kept a while: a repeated failure response must be acknowledged again.
    const key = `${client.branch} ${client.request.method}`;
    setTimeout(() => this.#clients.delete(key), GIVE_UP_MS).unref();
  }

  /** ACK of a non-2xx: same branch, same URI, the response's To (s.17.1.1.3). */
  #acknowledgeFailure(client: Client, response: SipText): void {
    const { number } = cseqOf(response);
    this.#send(
      this.#sibling(client, 'ACK', number, header(response, 'to')),
      client.request.destination,
    );
  }

  #cancel(client: Client): void {
    const reason: HeaderLines = client.cancelWith ? [['Reason', client.cancelWith]] : [];
    const { number } = cseqOf(asMessage(client.request));
    const to = header(asMessage(client.request), 'to');
    const text = this.#sibling(client, 'CANCEL', number, to, reason);
    const gaveUp = () => this.#finish(client, madeUp(408, 'Request Timeout'));
    client.timer = setTimeout(gaveUp, GIVE_UP_MS);
    // CANCEL is its own transaction under the INVITE's branch; its 200 needs no reader, but a
    // lost CANCEL must be repeated until the INVITE ends.
    const repeat = (waitMs: number) => {
      if (client.done || this.#closed) return;
      this.#send(text, client.request.destination);
      setTimeout(() => repeat(Math.min(2 * waitMs, T2_MS)), waitMs).unref();
    };
    repeat(T1_MS);
  }

  #sibling(
    client: Client,
    method: string,
    cseq: number,
    to: string,
    more: HeaderLines = [],
  ): string {
    const kept = client.request.headers.filter(([name]) => /^(from|call-id|route)$/i.test(name));
    const headers: HeaderLines = [...kept, ['To', to], ['CSeq', `${cseq} ${method}`], ...more];
    return this.#compose({ ...client.request, method, headers, body: '' }, client.branch);
  }

  #readRequest(message: SipText, source: HostPort): void {
    if (message.method === 'ACK') {
      for (const server of this.#servers.values()) server.ackReceived(message);
      return;
    }
    const key = `${parameter(header(message, 'via'), 'branch')} ${message.method}`;
    const known = this.#servers.get(key);
    if (known) {
      known.repeat();
      return;
    }
    const server = new ServerTransaction(message, source, (text) => this.#send(text, source));
    this.#servers.set(key, server);
    const [oldest] = this.#servers.keys();
    if (this.#servers.size > MAX_REMEMBERED && oldest) this.#servers.delete(oldest);
    this.#onRequest(server);
  }
}

function asMessage(request: OutgoingRequest): SipText {
  const headers = request.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    startLine: '',
    method: request.method,
    uri: '',
    status: 0,
    reason: '',
    headers,
    body: '',
  };
}

/** A response nobody sent. */
function madeUp(status: number, reason: string): SipText {
  const startLine = `SIP/2.0 ${status} ${reason}`;
  return { startLine, method: null, uri: '', status, reason, headers: [], body: '' };
}
