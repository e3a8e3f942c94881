// An engine on free loopback ports with unmodified drachtio-srf applications in this process.
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import Srf from 'drachtio-srf';
import { liveClock, liveIds, liveRng, silentLog } from '../../../core/live.ts';
import { startEngine, type EngineDeps } from '../../../sip/engine.ts';
import type { EngineHandle, EngineOptions, ListenAddress } from '../../../sip/types.ts';

/** T1 small, so that a lost message costs milliseconds; 64*T1 is then 1.3 s. */
export const FAST_TIMERS = { t1Ms: 20, t2Ms: 80, t4Ms: 100 };

export function engineOptions(change: Partial<EngineOptions> = {}): EngineOptions {
  return {
    listen: [
      { protocol: 'udp', host: '127.0.0.1', port: 0 },
      { protocol: 'tcp', host: '127.0.0.1', port: 0 },
    ],
    externalHost: null,
    control: { host: '127.0.0.1', port: 0, secret: 'sésame' },
    timers: FAST_TIMERS,
    trace: false,
    ...change,
  };
}

export interface Rig {
  readonly engine: EngineHandle;
  readonly srf: Srf;
  /** `sip:bob@host:port` of the UDP socket, or of the TCP one with its transport parameter. */
  uri(protocol?: 'udp' | 'tcp'): string;
  udp: ListenAddress;
  tcp: ListenAddress;
  /** One more application. */
  connect(): Promise<Srf>;
}

/** Starts an engine and one application; both end with the test. */
export async function startRig(
  t: TestContext,
  change: Partial<EngineOptions> = {},
  deps: Partial<EngineDeps> = {},
): Promise<Rig> {
  const world = { clock: liveClock, rng: liveRng, ids: liveIds, log: silentLog };
  const engine = await startEngine(engineOptions(change), { ...world, ...deps });
  const applications: Srf[] = [];
  t.after(async () => {
    // First the applications: an application that loses its engine reconnects for ever.
    for (const srf of applications) disconnect(srf);
    await engine.stop();
  });
  const udp = engine.listening.find(({ protocol }) => protocol === 'udp')!;
  const tcp = engine.listening.find(({ protocol }) => protocol === 'tcp')!;
  const connect = async () => {
    const srf = new Srf();
    srf.on('error', () => undefined);
    const connected = next(srf, 'connect');
    await srf.connect(engine.control);
    await connected;
    applications.push(srf);
    return srf;
  };
  return {
    engine,
    srf: await connect(),
    udp,
    tcp,
    uri: (protocol = 'udp') =>
      protocol === 'udp'
        ? `sip:bob@127.0.0.1:${udp.port}`
        : `sip:bob@127.0.0.1:${tcp.port};transport=tcp`,
    connect,
  };
}

/** Closes an application's connection; closing a closed one is nothing. */
export function disconnect(srf: Srf): void {
  try {
    srf.disconnect();
  } catch {
    return;
  }
}

/** Resolves with the arguments of the emitter's next such event. */
export async function next(emitter: unknown, event: string): Promise<unknown[]> {
  return (await once(emitter as NodeJS.EventEmitter, event)) as unknown[];
}

export const OFFER = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=offer\r\n';
export const ANSWER = 'v=0\r\no=- 2 1 IN IP4 127.0.0.1\r\ns=answer\r\n';
