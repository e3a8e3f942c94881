// The driver of the four machines: matches messages to transactions, keeps timers, performs
// effects. Knows no dialog and no application. RFC 3261 s.17.1.3, s.17.2.3, s.18.1.2.
import type { Log } from '../../core/ports.ts';
import type { OutgoingRequest } from '../message/build.ts';
import type { SipMessage } from '../message/message.ts';
import type { Flow, SendOnFlow } from '../transport/flow.ts';
import type { SipTimers } from '../types.ts';
import { ClientTransaction, type ClientUser } from './client.ts';
import { Finished, type Remains, type Rule } from './finished.ts';
import { ServerTransaction } from './server.ts';
import type { TimerWheel } from './wheel.ts';

/** Who stands above the transactions. */
export interface TransactionUser {
  /** A new request in a transaction of its own. */
  requestReceived(transaction: ServerTransaction, request: SipMessage): void;
  /** An ACK for a 2xx: it belongs to no transaction. */
  ackReceived(ack: SipMessage, flow: Flow): void;
  /** A CANCEL; `invite` is the transaction it wants cancelled, or null when there is none. */
  cancelReceived(cancel: ServerTransaction, invite: ServerTransaction | null): void;
  /** A 2xx of another fork, long after the INVITE's first 2xx had this ACK (s.13.2.2.4). */
  forkAnswered(response: SipMessage, flow: Flow, otherAck: string): void;
  /** A request that finds the transaction table full: answer without state. */
  overloaded(request: SipMessage, flow: Flow): void;
}

export interface TransactionDeps {
  readonly timers: SipTimers;
  readonly wheel: TimerWheel;
  readonly send: SendOnFlow;
  readonly log: Log;
  readonly maxTransactions: number;
  /** Most bytes of finished transactions; below 512 MiB. */
  readonly maxFinishedBytes: number;
  /** Any number that strangers do not know, for hashes. */
  readonly hashSeed: number;
}

/** Gauges, under the names that the engine gives them. */
export interface TransactionSizes {
  readonly transactionsClient: number;
  readonly transactionsServer: number;
  readonly transactionsFinished: number;
  readonly transactionsFinishedBytes: number;
}

/** All transactions: live ones, and what is left of those that only meet repetitions. */
export class TransactionLayer {
  readonly deps: TransactionDeps;
  readonly #user: TransactionUser;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();
  readonly #finishedClients: Finished;
  readonly #finishedServers: Finished;
  retransmissions = 0;
  /** Requests that came again. */
  repeats = 0;

  constructor(user: TransactionUser, deps: TransactionDeps) {
    this.#user = user;
    this.deps = deps;
    this.#finishedClients = new Finished(deps.wheel, deps.hashSeed);
    this.#finishedServers = new Finished(deps.wheel, deps.hashSeed);
  }

  get size(): number {
    const finished = this.#finishedClients.size + this.#finishedServers.size;
    return this.#clients.size + this.#servers.size + finished;
  }

  /** Transactions of each side, how many of them are finished, and the bytes these take. */
  get sizes(): TransactionSizes {
    const [clients, servers] = [this.#finishedClients, this.#finishedServers];
    return {
      transactionsClient: this.#clients.size + clients.size,
      transactionsServer: this.#servers.size + servers.size,
      transactionsFinished: clients.size + servers.size,
      transactionsFinishedBytes: clients.bytes + servers.bytes,
    };
  }

  /** True when a new transaction would pass the limit. */
  get full(): boolean {
    const { maxTransactions, maxFinishedBytes } = this.deps;
    const bytes = this.#finishedClients.bytes + this.#finishedServers.bytes;
    return this.size >= maxTransactions || bytes >= maxFinishedBytes;
  }

  /** Sends a request in a client transaction; the user hears of responses and failures. */
  request(
    outgoing: OutgoingRequest,
    text: string,
    flow: Flow,
    user: ClientUser,
  ): ClientTransaction {
    const transaction = new ClientTransaction(this, outgoing, text, flow, user);
    this.#clients.set(transaction.key, transaction);
    transaction.start();
    return transaction;
  }

  /** A well-formed message from the network. */
  receive(message: SipMessage, flow: Flow): void {
    if (!message.isRequest) this.#response(message, flow);
    else if (message.method === 'ACK') this.#ack(message, flow);
    else this.#request(message, flow);
  }

  #response(response: SipMessage, flow: Flow): void {
    const branch = response.topVia?.branch ?? '';
    const key = clientKey(branch, response.method);
    const client = this.#clients.get(key);
    if (client !== undefined) {
      client.received(response, flow);
      return;
    }
    const finished = this.#finishedClients.find(key);
    if (finished === null) this.deps.log.debug('stray-response', { callId: response.callId });
    else if (response.status >= 300) this.#answerAgain(finished, 'answer');
    else if (finished.rule !== 'acknowledge' || response.status < 200) return;
    else if (finished.text.includes(`\r\nTo: ${response.to}\r\n`)) {
      this.#answerAgain(finished, 'acknowledge');
    } else this.#user.forkAnswered(response, flow, finished.text);
  }

  #ack(ack: SipMessage, flow: Flow): void {
    const key = serverKey(ack, 'INVITE');
    const server = this.#servers.get(key);
    const rule = server === undefined ? (this.#finishedServers.find(key)?.rule ?? null) : null;
    const toUser = server === undefined ? rule !== 'absorb' : server.ackReceived();
    if (toUser) this.#user.ackReceived(ack, flow);
  }

  #request(request: SipMessage, flow: Flow): void {
    const key = serverKey(request, request.method);
    const known = this.#servers.get(key);
    if (known !== undefined) {
      this.repeats++;
      known.received();
      return;
    }
    const finished = this.#finishedServers.find(key);
    if (finished !== null) {
      this.repeats++;
      this.#answerAgain(finished, 'answer');
      return;
    }
    if (this.full) {
      this.#user.overloaded(request, flow);
      return;
    }
    const server = new ServerTransaction(this, key, request, flow);
    this.#servers.set(key, server);
    if (request.method === 'CANCEL') {
      const invite = this.#servers.get(serverKey(request, 'INVITE')) ?? null;
      this.#user.cancelReceived(server, invite);
    } else {
      this.#user.requestReceived(server, request);
    }
  }

  #answerAgain({ rule, flow, text }: Remains, when: Rule): void {
    if (rule !== when || flow === null) return;
    this.retransmissions++;
    this.deps.send(flow, text, null);
  }

  /** For transactions: this one is over. */
  forgetClient(transaction: ClientTransaction): void {
    this.#clients.delete(transaction.key);
  }

  /** For transactions: of this one no more than that is needed, for so long. */
  finishClient(transaction: ClientTransaction, afterMs: number, remains: Remains): void {
    this.#clients.delete(transaction.key);
    this.#finishedClients.add(transaction.key, afterMs, remains);
  }

  /** For transactions: of this one no more than that is needed, for so long. */
  finishServer(transaction: ServerTransaction, afterMs: number, remains: Remains): void {
    this.#servers.delete(transaction.key);
    this.#finishedServers.add(transaction.key, afterMs, remains);
  }

  /** For transactions: this one is over. */
  forgetServer(transaction: ServerTransaction): void {
    this.#servers.delete(transaction.key);
  }

  /** Stops every timer; nothing is sent any more. */
  stop(): void {
    for (const client of this.#clients.values()) client.abandon();
    for (const server of this.#servers.values()) server.abandon();
    this.#clients.clear();
    this.#servers.clear();
    this.#finishedClients.stop();
    this.#finishedServers.stop();
  }
}

/** s.17.1.3: branch of the top Via and method of the CSeq. */
export function clientKey(branch: string, method: string): string {
  return `${branch} ${method}`;
}

/**
 * s.17.2.3: branch, sent-by and method; without the magic cookie (RFC 2543) what identifies the
 * request instead. ACK and CANCEL find their INVITE by its method.
 */
function serverKey(request: SipMessage, method: string): string {
  const via = request.topVia!;
  const sentBy = `${via.host.toLowerCase()}:${via.port ?? ''}`;
  if (via.branch?.startsWith('z9hG4bK') === true) {
    return `${via.branch} ${sentBy} ${method} ${request.callId}`;
  }
  const tag = request.fromTag ?? '';
  const sequence = `${request.callId} ${tag} ${request.cseqNumber}`;
  return `${sequence} ${via.branch ?? ''} ${sentBy} ${method}`;
}
