// Options with everything filled in, for tests to change one thing at a time.
import type {
  EngineOptions,
  RegistrarOptions,
  SipOptions,
  TrunkOptions,
} from '../../../../sip/index.ts';
import { freePort } from '../../../support/tools.ts';

export function trunkOptions(change: Partial<TrunkOptions>): TrunkOptions {
  return {
    name: 'main',
    host: '127.0.0.1',
    port: 5060,
    protocol: 'udp',
    credentials: null,
    inboundFrom: [],
    callerId: '+12125550100',
    numberFormat: 'e164',
    country: 'US',
    ...change,
  };
}

export function registrarOptions(change: Partial<RegistrarOptions> = {}): RegistrarOptions {
  return {
    realm: 'ringback.test',
    minExpiresSeconds: 60,
    maxExpiresSeconds: 3_600,
    defaultExpiresSeconds: 300,
    maxContactsPerUser: 3,
    nonceTtlSeconds: 300,
    ...change,
  };
}

export function sipOptions(change: Partial<SipOptions> = {}): SipOptions {
  return {
    engine: {
      listen: [
        { protocol: 'udp', host: '127.0.0.1', port: 0 },
        { protocol: 'tcp', host: '127.0.0.1', port: 0 },
      ],
      externalHost: null,
      control: { host: '127.0.0.1', port: 0, secret: 'between us' },
      timers: { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 },
      trace: true,
    },
    engineInWorker: false,
    trunks: [],
    registrar: registrarOptions(),
    maxCalls: 100,
    ...change,
  };
}

/**
 * For an engine that ends and is started again at the same addresses: ports that the kernel gives
 * to nobody in between.
 */
export async function enduringEngine(): Promise<EngineOptions> {
  const host = '127.0.0.1';
  const { engine } = sipOptions();
  return {
    ...engine,
    listen: [
      { protocol: 'udp', host, port: await freePort(host) },
      { protocol: 'tcp', host, port: await freePort(host) },
    ],
    control: { ...engine.control, port: await freePort(host) },
  };
}
