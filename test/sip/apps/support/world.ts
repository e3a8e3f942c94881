// A running sip/ for one test: real sockets, a clock whose wall can be moved, and notes of what
// was told. Everything is closed when the test ends.
import type { TestContext } from 'node:test';
import { liveClock, liveIds, liveRng, silentLog } from '../../../../core/live.ts';
import type { Clock, Log } from '../../../../core/ports.ts';
import { createSip, memoryRegistrarStore } from '../../../../sip/index.ts';
import type {
  CallFailure,
  EngineStarter,
  InboundCall,
  ListenAddress,
  OriginateRequest,
  OutboundCallEvents,
  RegistrarStore,
  Sip,
  SipOptions,
  TracedMessage,
} from '../../../../sip/index.ts';
import type { Dns } from '../../../../sip/transport/dns.ts';
import { Phone } from '../../../support/phone.ts';
import type { PhoneOptions } from '../../../support/phone.ts';
import { until } from '../../../support/until.ts';
import { startEngineProcess } from '../../support/engine-process.ts';
import { sipOptions } from './options.ts';

/** An SDP body for a leg that nobody listens to. */
export const SDP = [
  ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'],
  ...['m=audio 40000 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', ''],
].join('\r\n');

/** The same with another port: a changed offer. */
export const OTHER_SDP = SDP.replace('40000', '40002').replace('1 1 IN', '1 2 IN');

/** Live timers, but a wall clock that a test may step. */
export class SteppedClock implements Clock {
  #stepMs = 0;
  nowMs = (): number => liveClock.nowMs() + this.#stepMs;
  monotonicMs = (): number => liveClock.monotonicMs();
  after: Clock['after'] = (delayMs, fire) => liveClock.after(delayMs, fire);

  step(byMs: number): void {
    this.#stepMs += byMs;
  }
}

export interface World {
  readonly sip: Sip;
  readonly clock: SteppedClock;
  readonly listening: readonly ListenAddress[];
  /** The UDP socket. */
  readonly address: { readonly host: string; readonly port: number };
  readonly trace: readonly TracedMessage[];
  readonly registrations: readonly (readonly [string, boolean])[];
  readonly inbound: readonly InboundCall[];
  /** Waits for the nth call that comes in, from 1. */
  call(nth: number): Promise<InboundCall>;
  /** A phone that is closed with the test. */
  phone(options: PhoneOptions): Promise<Phone>;
}

export interface WorldParts {
  readonly options?: Partial<SipOptions>;
  readonly store?: RegistrarStore;
  readonly starter?: EngineStarter;
  readonly log?: Log;
  /** How trunks are found; the system's DNS unless given. */
  readonly dns?: Dns;
  /** The file of trunks that are switched off. */
  readonly switches?: string;
  /** Whether somebody listens for inbound calls. */
  readonly listens?: boolean;
}

/** Starts sip/ with user 1001, password `secret`. */
export async function openWorld(t: TestContext, parts: WorldParts = {}): Promise<World> {
  const clock = new SteppedClock();
  const dns = parts.dns === undefined ? {} : { dns: parts.dns };
  const file = parts.switches === undefined ? {} : { trunkSwitchesFile: parts.switches };
  const ports = { clock, rng: liveRng, ids: liveIds, log: parts.log ?? silentLog };
  const deps = { ...ports, ...dns, ...file };
  const registrarStore = parts.store ?? memoryRegistrarStore();
  const starter = parts.starter ?? processStarter(t);
  const sip = createSip(sipOptions(parts.options), { ...deps, registrarStore }, starter);
  t.after(() => sip.stop());
  const trace: TracedMessage[] = [];
  const registrations: [string, boolean][] = [];
  const inbound: InboundCall[] = [];
  sip.onTrace((message) => trace.push(message));
  sip.onRegistrationChanged((username, registered) => registrations.push([username, registered]));
  if (parts.listens !== false) sip.onInbound((call) => inbound.push(call));
  const { listening } = await sip.start();
  sip.putSubscriber('1001', 'secret');
  const udp = listening.find(({ protocol }) => protocol === 'udp');
  if (udp === undefined) throw new Error('no UDP socket');
  return {
    ...{ sip, clock, trace, registrations, inbound, listening },
    address: { host: udp.host, port: udp.port },
    call: (nth) => until(`inbound call ${nth}`, () => inbound[nth - 1]),
    async phone(options) {
      const phone = await Phone.open(options);
      t.after(() => phone.close());
      return phone;
    },
  };
}

/** Where `npm test` says so, every engine is a process; else as the options say. */
function processStarter(t: TestContext): EngineStarter | undefined {
  if (process.env['RINGBACK_TEST_ENGINE'] !== 'process') return undefined;
  return (options) => startEngineProcess(t, options);
}

/** Notes what happens to an outbound call, in order. */
export class Notes implements OutboundCallEvents {
  /** `180`, `183 sdp`, `answered`, `failed 486`, `ended peer`, `offered`, `info`. */
  readonly told: string[] = [];
  failure: CallFailure | null = null;
  endReason = '';
  answerSdp = '';
  readonly infos: (readonly [string, string])[] = [];
  /** What to answer to an offer of the peer. */
  answerToOffer: string | null = OTHER_SDP;

  provisional(status: number, sdp: string | null): void {
    this.told.push(sdp === null ? `${status}` : `${status} sdp`);
  }

  answered(sdp: string): void {
    this.answerSdp = sdp;
    this.told.push('answered');
  }

  failed(failure: CallFailure): void {
    this.failure = failure;
    this.told.push(`failed ${failure.status}`);
  }

  ended(by: 'peer' | 'us' | 'engine', reason: string): void {
    this.endReason = reason;
    this.told.push(`ended ${by}`);
  }

  offered(): string | null {
    this.told.push('offered');
    return this.answerToOffer;
  }

  info(contentType: string, body: string): void {
    this.infos.push([contentType, body]);
  }

  lateAnswer(sdp: string): void {
    this.answerSdp = sdp;
    this.told.push('late answer');
  }

  async heard(what: string, limitMs?: number): Promise<void> {
    await until(`${what} after ${this.told.join(', ')}`, () => this.told.includes(what), limitMs);
  }

  get isOver(): boolean {
    return this.told.some((what) => /^(failed|ended)/.test(what));
  }
}

export const TO_TRUNK = { kind: 'number', number: '+12125550123', trunk: null } as const;
export const TO_USER = { kind: 'user', username: '1001' } as const;

/** A request with everything filled in. */
export function request(change: Partial<OriginateRequest> = {}): OriginateRequest {
  return {
    target: TO_TRUNK,
    callerId: null,
    displayName: null,
    offerSdp: SDP,
    ringTimeoutMs: 10_000,
    headers: {},
    ...change,
  };
}
