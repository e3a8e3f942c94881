// The SIP engine assembled: sockets, transactions, dialogs and the control port, in this thread.
// Applications reach it only over the control port, so it could as well be another process.
import { badRequest } from '../core/errors.ts';
import type { Clock, Ids, Log, Rng } from '../core/ports.ts';
import { ApplicationSide } from './control/application-side.ts';
import { Applications } from './control/applications.ts';
import { DEFAULT_LIMITS, type Core, type EngineLimits } from './control/core.ts';
import { DialogTable } from './control/dialog-table.ts';
import { NetworkSide } from './control/network-side.ts';
import { OperatorSide } from './control/operator-side.ts';
import { Registrations } from './control/registrations.ts';
import { ControlServer } from './control/server.ts';
import { Guard } from './guard/guard.ts';
import type { GuardHandle } from './guard/types.ts';
import { looksLikeResponse } from './guard/source.ts';
import { plainResponse } from './message/build.ts';
import { HepExporter, type Captured } from './hep/exporter.ts';
import { MessageCounters } from './message-counters.ts';
import type { SipMessage } from './message/message.ts';
import { parseMessage, type Parsed } from './message/parse.ts';
import { stampedVia } from './message/stamp.ts';
import { hostPort } from './message/uri.ts';
import { StateFile } from './state-file.ts';
import { TransactionLayer, type TransactionUser } from './transaction/layer.ts';
import { TimerWheel } from './transaction/wheel.ts';
import { isByteStream, type Flow } from './transport/flow.ts';
import { LargeRequests } from './transport/large.ts';
import { TransportLayer } from './transport/layer.ts';
import { cachedDns, liveDns, type Dns } from './transport/dns.ts';
import type { EngineHandle, EngineOptions, TracedMessage } from './types.ts';

/** How often a draining engine looks whether calls are left. */
const DRAIN_STEP_MS = 50;

/** What the engine needs of the world beyond sockets. */
export interface EngineDeps {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly ids: Ids;
  readonly log: Log;
  /** Name resolution; the servers of the options, or the system's, when left out. */
  readonly dns?: Dns;
  /** Bounds of the tables; the defaults of control/core.ts where left out. */
  readonly limits?: Partial<EngineLimits>;
}

/** An engine of this process. */
export interface LocalEngine extends EngineHandle {
  /** Lets applications go and ends what calls they leave behind, within `limitMs`. */
  drain(limitMs: number): Promise<void>;
}

/**
 * Binds every address and the control port and serves until `stop`.
 * @throws RingbackError SIP_LISTEN_FAILED, SIP_ENGINE_OPTIONS_INVALID
 */
export async function startEngine(options: EngineOptions, deps: EngineDeps): Promise<LocalEngine> {
  if (options.listen.length === 0 || options.control.secret === '') {
    const message = 'the SIP engine needs an address to listen on and a control secret';
    throw badRequest('SIP_ENGINE_OPTIONS_INVALID', message);
  }
  const engine = new Engine(options, deps);
  await engine.start();
  return engine;
}

class Engine implements LocalEngine {
  readonly #core: Core;
  readonly #server: ControlServer;
  readonly #traceListeners: ((message: TracedMessage) => void)[] = [];
  readonly #counters = new MessageCounters();
  readonly #hep: HepExporter | null;
  readonly #guard: Guard | null;
  readonly #bans: StateFile | null;
  #controlPort = 0;
  #received = 0;
  #sent = 0;
  #refused = 0;
  #stopped: Promise<void> | null = null;

  constructor(options: EngineOptions, deps: EngineDeps) {
    const wheel = new TimerWheel(deps.clock);
    const limits = { ...DEFAULT_LIMITS, ...options.limits, ...deps.limits };
    const { log } = deps;
    const transports = new TransportLayer(
      {
        received: (text, flow) => this.#receive(text, flow),
        sent: (text, flow) => this.#sentText(text, flow),
      },
      {
        ...{ log, wheel, options, maxConnections: limits.tcpConnections },
      },
    );
    const { guard } = options;
    const { bansFile } = guard ?? {};
    this.#bans = bansFile === undefined ? null : new StateFile(bansFile, log);
    this.#guard = guard === undefined ? null : new Guard(guard, deps.clock, log, this.#bans);
    this.#hep = options.hep === undefined ? null : new HepExporter(options.hep, deps.clock, log);
    // The transaction layer and its user need each other: the user is looked up when called.
    const user: TransactionUser = {
      requestReceived: (transaction, request) => network.requestReceived(transaction, request),
      ackReceived: (ack, flow) => network.ackReceived(ack, flow),
      cancelReceived: (cancel, invite) => network.cancelReceived(cancel, invite),
      forkAnswered: (response, flow, ack) => network.forkAnswered(response, flow, ack),
      overloaded: (request, flow) => {
        if (this.#guard?.mayAnswer() !== false) network.overloaded(request, flow);
      },
    };
    const transactions = new TransactionLayer(user, {
      ...{ timers: options.timers, wheel, log, maxTransactions: limits.transactions },
      maxFinishedBytes: limits.finishedBytes,
      hashSeed: Math.floor(deps.rng.next() * 0x1_0000_0000),
      send: (flow, text, onFailed) => transports.send(flow, text, onFailed),
    });
    this.#core = {
      ...{ options, limits, wheel, transports, transactions, log },
      ...{ clock: deps.clock, rng: deps.rng, ids: deps.ids },
      applications: new Applications(),
      dial: (handler) => this.#server.dial(handler),
      dialogs: new DialogTable(),
      registrations: new Registrations(),
      large: new LargeRequests(),
      dns: cachedDns(deps.dns ?? liveDns(options.dnsServers ?? []), deps.clock),
      routeToken: deps.ids.next(),
      inbound: new Map(),
      merging: new Set(),
      outbound: new Map(),
    };
    const network = new NetworkSide(this.#core);
    const handler = new ApplicationSide(this.#core);
    this.#server = new ControlServer(this.#core.applications, handler, {
      ...{ secret: options.control.secret, ids: deps.ids, log, wheel },
      maxApplications: limits.applications,
      maxDialled: limits.tcpConnections,
      operator: new OperatorSide(this),
      hostPorts: () => this.#hostPorts(),
    });
  }

  async start(): Promise<void> {
    const { transports, options } = this.#core;
    try {
      await transports.start(options.listen);
      this.#controlPort = await this.#server.start(options.control.host, options.control.port);
    } catch (error) {
      this.#hep?.stop();
      await transports.stop();
      throw error;
    }
  }

  get control(): EngineHandle['control'] {
    const { host, secret } = this.#core.options.control;
    return { host, port: this.#controlPort, secret };
  }

  get listening(): EngineHandle['listening'] {
    return this.#core.transports.listeners.map(({ protocol, host, port }) => {
      return { protocol, host, port };
    });
  }

  onTrace(listener: (message: TracedMessage) => void): void {
    this.#traceListeners.push(listener);
  }

  /** In this thread the engine never dies alone: a bug in it is a bug of the process. */
  onDeath(_listener: (cause: Error) => void): void {
    return;
  }

  stats(): Promise<Readonly<Record<string, number>>> {
    const { transactions, dialogs, transports, applications } = this.#core;
    return Promise.resolve({
      transactions: transactions.size,
      ...transactions.sizes,
      dialogs: dialogs.size,
      tcpConnections: transports.tcpConnections,
      appConnections: applications.size,
      messagesReceived: this.#received,
      messagesSent: this.#sent,
      messagesRefused: this.#refused,
      retransmissionsSent: transactions.retransmissions,
      retransmissionsReceived: transactions.repeats,
      ...this.#hep?.stats(),
      ...this.#guard?.stats(),
      ...this.#counters.stats(),
    });
  }

  get guard(): GuardHandle {
    const guard = this.#guard;
    return {
      authenticated: (address, proven) => guard?.authenticated(address, proven),
      bans: () => Promise.resolve(guard?.bans() ?? []),
      liftBan: (source) => Promise.resolve(guard?.liftBan(source) ?? false),
    };
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async drain(limitMs: number): Promise<void> {
    const { clock, options, dialogs, inbound, outbound } = this.#core;
    const live = () => dialogs.size + inbound.size + outbound.size;
    if (live() === 0) return;
    const pause = (forMs: number) =>
      new Promise<void>((resolve) => void clock.after(forMs, resolve));
    const untilMs = clock.monotonicMs() + limitMs;
    // Without its applications the engine hangs up for them.
    await this.#server.stop();
    while (live() > 0 && clock.monotonicMs() < untilMs) await pause(DRAIN_STEP_MS);
    // A BYE that was lost goes out once more.
    await pause(2 * options.timers.t1Ms);
  }

  async #stop(): Promise<void> {
    const { dialogs, transactions, transports, wheel } = this.#core;
    await this.#server.stop();
    dialogs.clear();
    transactions.stop();
    wheel.stop();
    await transports.stop();
    this.#hep?.stop();
    await this.#bans?.settled();
  }

  #hostPorts(): { advertised: string; bound: string } {
    const { listeners } = this.#core.transports;
    return {
      advertised: listeners.map(({ protocol, hostPort }) => `${protocol}/${hostPort}`).join(','),
      bound: listeners
        .map(({ protocol, host, port }) => `${protocol}/${hostPort(host, port)}`)
        .join(','),
    };
  }

  /** Parses, answers 400 or 505 to what is wrong, stamps the Via, passes on what is right. */
  #receive(text: string, flow: Flow): void {
    this.#received++;
    const admission = this.#guard?.admit(flow.address, text) ?? 'pass';
    if (admission === 'drop') return;
    this.#trace('received', text, flow);
    const stream = isByteStream(flow.protocol);
    const parsed = parseMessage(text, { stream });
    if (parsed === null || parsed.message.topVia === null) {
      this.#refused++;
      this.#core.log.debug('message-dropped', { remote: `${flow.address}:${flow.port}` });
      return;
    }
    const { message } = parsed;
    this.#counters.count('received', message.method, message.status);
    if (message.isRequest) message.stampVia((top) => stampedVia(top, message.topVia, flow));
    if (parsed.defect !== null) this.#refuse(parsed, flow);
    else if (admission === 'pass') this.#core.transactions.receive(message, flow);
    else this.#later(message, flow);
  }

  /** Too many requests of one source: told so without any state. */
  #later(message: SipMessage, flow: Flow): void {
    if (message.method === 'ACK' || message.method === 'CANCEL') return;
    const tag = this.#core.ids.next();
    const reply = plainResponse(message, 503, 'Too Many Requests', tag, 'Retry-After: 10\r\n');
    this.#core.transports.send(flow, reply, null);
  }

  #refuse({ message, defect }: Parsed, flow: Flow): void {
    this.#refused++;
    this.#core.log.debug('message-refused', { reason: defect?.reason, callId: message.callId });
    if (defect === null || !message.isRequest || message.method === 'ACK') return;
    const reply = plainResponse(message, defect.status, defect.reason, this.#core.ids.next());
    // What could not be cut into lines cannot be repeated safely either: silence.
    if (/\r[^\n]|[^\r]\n/.test(reply)) return;
    this.#core.transports.send(flow, reply, null);
  }

  #sentText(text: string, flow: Flow): void {
    this.#sent++;
    this.#counters.countText('sent', text);
    if (this.#guard !== null && !looksLikeResponse(text)) this.#guard.called(flow.address);
    this.#trace('sent', text, flow);
  }

  #trace(direction: 'sent' | 'received', text: string, flow: Flow): void {
    const heard = this.#core.options.trace && this.#traceListeners.length > 0;
    if (!heard && this.#hep === null) return;
    const payload = Buffer.from(text, 'latin1');
    const utf8 = payload.toString('utf8');
    const atMs = this.#core.clock.nowMs();
    const callId = lineValue(utf8, /^(?:call-id|i)[ \t]*:(.*)\r$/im);
    this.#capture(direction, flow, { atMs, payload, correlationId: callId });
    if (!heard) return;
    const traced: TracedMessage = {
      ...{ atMs, direction, protocol: flow.protocol, callId },
      local: hostPort(flow.local.host, flow.local.port),
      remote: hostPort(flow.address, flow.port),
      startLine: utf8.slice(0, Math.max(0, utf8.indexOf('\r\n'))),
      cseq: lineValue(utf8, /^cseq[ \t]*:(.*)\r$/im),
      text: utf8,
    };
    for (const listener of this.#traceListeners) listener(traced);
  }

  #capture(
    direction: 'sent' | 'received',
    { protocol, local, address, port }: Flow,
    message: Pick<Captured, 'atMs' | 'payload' | 'correlationId'>,
  ): void {
    if (this.#hep === null) return;
    const [us, peer] = [
      { host: local.host, port: local.port },
      { host: address, port },
    ];
    const [source, destination] = direction === 'sent' ? [us, peer] : [peer, us];
    this.#hep.export({
      ...{ ...message, source, destination },
      protocol: protocol === 'udp' ? 'udp' : 'tcp',
    });
  }
}

/** The value of the first line of that name, in time linear in the text. */
function lineValue(text: string, line: RegExp): string {
  return line.exec(text)?.[1]?.trim() ?? '';
}
