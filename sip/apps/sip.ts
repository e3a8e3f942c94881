// The face of sip/, assembled: engine link, registrar, reception and calls.
import { isIPv6 } from 'node:net';
import { badRequest } from '../../core/errors.ts';
import type {
  CallLeg,
  EngineHandle,
  EngineOptions,
  ListenAddress,
  OriginateRequest,
  OutboundCallEvents,
  Sip,
  SipDeps,
  SipOptions,
  TracedMessage,
  TransportProtocol,
  TrunkView,
} from '../types.ts';
import { startEngine } from '../engine.ts';
import { StateFile } from '../state-file.ts';
import { cachedDns, liveDns } from '../transport/dns.ts';
import { startEngineInWorker } from '../worker.ts';
import { admitting } from './admission.ts';
import { Authenticator } from './authenticator.ts';
import { checkRequest, planCall } from './call-plan.ts';
import { EngineLink } from './link.ts';
import { LiveCalls } from './live-calls.ts';
import { impossibleCall, OutboundCall } from './originate.ts';
import type { BranchFailure } from './outbound-rules.ts';
import { Reception } from './reception.ts';
import { refuseStrays } from './strays.ts';
import { Registrar } from './registrar.ts';
import type { SrfApp, SrfHandler } from './srf.ts';
import { TrunkBoard } from './trunk/board.ts';
import { readGroups } from './trunk/groups.ts';
import type { TrunkNames } from './trunk/groups.ts';
import { HuntedCall } from './trunk/hunt.ts';
import { readTrunks } from './trunks.ts';

/** How long `stop` waits for BYEs to be answered. */
const STOP_PATIENCE_MS = 2_000;

/** Brings an engine up: in this thread, in a worker, or wherever the control port leads. */
export type EngineStarter = (options: EngineOptions) => Promise<EngineHandle>;

/**
 * Assembles sip/; nothing is bound before `start`. The registrar store stays the caller's.
 * @param starter another engine than our own, for example a drachtio-server elsewhere
 * @throws RingbackError SIP_TRUNK_INVALID {trunk, why}, SIP_TRUNK_GROUP_INVALID {group, why},
 *   SIP_HEADER_REFUSED, SIP_REALM_INVALID
 */
export function createSip(options: SipOptions, deps: SipDeps, starter?: EngineStarter): Sip {
  const own: EngineStarter = (engine) =>
    options.engineInWorker ? startEngineInWorker(engine, deps.log) : startEngine(engine, deps);
  return new SipFace(options, deps, starter ?? own);
}

class SipFace implements Sip {
  readonly #options: SipOptions;
  readonly #deps: SipDeps;
  readonly #live = new LiveCalls();
  #trunks: TrunkNames;
  readonly #board: TrunkBoard;
  readonly #link: EngineLink;
  readonly #registrar: Registrar;
  readonly #reception: Reception;
  readonly #traceListeners: ((message: TracedMessage) => void)[] = [];

  constructor(options: SipOptions, deps: SipDeps, starter: EngineStarter) {
    const { clock, log, registrarStore: store, trunkSwitchesFile: switches } = deps;
    const { realm, nonceTtlSeconds } = options.registrar;
    // The realm is written into quoted strings and into hashes as it is.
    if (!/^[A-Za-z0-9._-]{1,128}$/.test(realm)) {
      throw badRequest('SIP_REALM_INVALID', 'the realm must be a domain name');
    }
    this.#options = options;
    this.#deps = deps;
    this.#trunks = readGroups(readTrunks(options.trunks), options.trunkGroups ?? []);
    this.#board = new TrunkBoard(this.#trunks, {
      ...deps,
      dns: cachedDns(deps.dns ?? liveDns(options.engine.dnsServers ?? []), clock),
      srf: () => this.#link.srf,
      switches: switches === undefined ? null : new StateFile(switches, log),
      canReach: (protocol, address) => this.#canReach(protocol, address),
    });
    const authenticator = new Authenticator(
      { realm, nonceTtlMs: nonceTtlSeconds * 1_000 },
      {
        ...{ store, clock, log },
        judged: (address, proven) => this.#link.guard?.authenticated(address, proven),
      },
    );
    this.#registrar = new Registrar(options.registrar, { store, authenticator, clock, log });
    this.#reception = new Reception(
      { trunks: () => this.#trunks.trunks, realm, maxCalls: options.maxCalls },
      {
        ...deps,
        live: this.#live,
        isOurs: this.#isOurs,
        registrar: this.#registrar,
        authenticator,
        places: () => this.#places(),
      },
    );
    this.#link = new EngineLink({
      startEngine: (listen) =>
        starter({ ...options.engine, listen: listen ?? options.engine.listen }),
      handlers: (srf) => this.#install(srf),
      lost: (reason) => this.#live.loseAll(reason),
      traced: (message) => this.#traceListeners.forEach((listener) => listener(message)),
      clock,
      log,
    });
  }

  /** Whether a host and port lead to us; without a port any of ours will do. */
  readonly #isOurs = (host: string, port: number | null): boolean => {
    const name = host.toLowerCase();
    if (name === this.#options.registrar.realm.toLowerCase()) return true;
    return this.#places().some(
      (place) => place.host === name && (port === null || place.port === port),
    );
  };

  async start(): Promise<{ readonly listening: readonly ListenAddress[] }> {
    await this.#link.start();
    this.#reception.open();
    this.#registrar.start();
    this.#board.start();
    return { listening: this.#link.listening };
  }

  async stop(): Promise<void> {
    this.#reception.close();
    this.#registrar.stop();
    this.#live.hangUpAll('Shutting down');
    const patience = Promise.withResolvers<void>();
    const limit = this.#deps.clock.after(STOP_PATIENCE_MS, patience.resolve);
    const done = Promise.all([this.#live.drained(), this.#board.stop()]);
    await Promise.race([done, patience.promise]);
    limit.cancel();
    this.#live.loseAll('Shutting down');
    await this.#link.stop();
  }

  originate(request: OriginateRequest, events: OutboundCallEvents): CallLeg {
    checkRequest(request);
    const { ids, clock } = this.#deps;
    const callId = ids.next();
    const impossible = (failure: BranchFailure): CallLeg => impossibleCall(callId, failure, events);
    const { srf } = this.#link;
    if (srf === null) return impossible({ ...failure(503, 'No SIP Engine'), engineLost: true });
    if (this.#live.size >= this.#options.maxCalls)
      return impossible(failure(503, 'Too Many Calls'));
    const plan = planCall(request, {
      trunks: this.#trunks,
      realm: this.#options.registrar.realm,
      bindings: (username) => this.#deps.registrarStore.bindings(username, clock.nowMs()),
      callId,
      nextTag: () => ids.next(),
    });
    if (plan.kind === 'impossible') return impossible(plan.failure);
    const callDeps = { ...this.#deps, live: this.#live, isOurs: this.#isOurs };
    if (plan.kind === 'ring') {
      return new OutboundCall(callId, request, plan.branches, srf, events, callDeps);
    }
    const [first, ...rest] = this.#board.inOrder(plan.routes);
    if (first === undefined) return impossible(failure(503, 'No Trunk Available'));
    const parts = { callId, request, first, rest, srf, events };
    return new HuntedCall(parts, { ...callDeps, board: this.#board });
  }

  onInbound: Sip['onInbound'] = (listener) => this.#reception.onInbound(listener);

  onTrace(listener: (message: TracedMessage) => void): void {
    this.#traceListeners.push(listener);
  }

  onRegistrationChanged: Sip['onRegistrationChanged'] = (listener) =>
    this.#registrar.onChanged(listener);

  putSubscriber(username: string, password: string): void {
    this.#registrar.putSubscriber(username, password);
  }

  removeSubscriber(username: string): void {
    this.#registrar.removeSubscriber(username);
  }

  verifyPassword: Sip['verifyPassword'] = (username, password) =>
    this.#registrar.verifyPassword(username, password);

  bindings: Sip['bindings'] = (username) => this.#registrar.bindings(username);

  trunks: Sip['trunks'] = () => this.#board.views();

  setTrunkEnabled(name: string, enabled: boolean): TrunkView {
    return this.#board.setEnabled(name, enabled);
  }
  setTrunks: Sip['setTrunks'] = (trunks, trunkGroups) => {
    const names = readGroups(readTrunks(trunks), trunkGroups);
    this.#trunks = names;
    this.#board.replace(names);
  };

  onTrunkChanged: Sip['onTrunkChanged'] = (listener) => this.#board.onChanged(listener);

  bans: Sip['bans'] = async () => (await this.#link.guard?.bans()) ?? [];

  liftBan: Sip['liftBan'] = async (source) => (await this.#link.guard?.liftBan(source)) ?? false;

  async stats(): Promise<Readonly<Record<string, number>>> {
    return {
      ...(await this.#link.stats()),
      ...this.#registrar.stats(),
      liveCalls: this.#live.size,
      trunks: this.#trunks.trunks.length,
    };
  }

  #install(srf: SrfApp): void {
    const admit = (method: string, handler: SrfHandler): void =>
      srf.use(method, admitting(handler));
    admit('invite', (req, res) => this.#reception.invite(srf, req, res));
    admit('register', (req, res) => this.#registrar.handle(req, res));
    admit('options', (_, res) => this.#reception.options(res));
    refuseStrays(srf);
  }

  /** Whether a socket of ours may reach it; an engine that does not say is thought to have one. */
  #canReach(protocol: TransportProtocol, address: string | null): boolean {
    const { listening } = this.#link;
    if (listening.length === 0) return true;
    return listening.some(
      (socket) =>
        socket.protocol === protocol &&
        (address === null || isIPv6(address) === isIPv6(socket.host)),
    );
  }

  /** Our own addresses, bound and external: domains that our users may call from. */
  #places(): readonly { readonly host: string; readonly port: number }[] {
    const { externalHost } = this.#options.engine;
    return this.#link.listening.flatMap(({ host, port }) => [
      { host, port },
      ...(externalHost === null ? [] : [{ host: externalHost, port }]),
    ]);
  }
}

function failure(status: number, reason: string): BranchFailure {
  return { status, reason, q850Cause: null };
}
