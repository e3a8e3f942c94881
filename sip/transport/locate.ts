// From the host of a URI to the places to try, best first. RFC 3263 s.4; RFC 2782 (SRV order).
import { isIP } from 'node:net';
import type { Rng } from '../../core/ports.ts';
import type { TransportProtocol } from '../types.ts';
import type { Dns, SrvRecord } from './dns.ts';

/** What a URI says of its server. */
export interface Target {
  readonly host: string;
  /** Null when the URI names none: then SRV records may. */
  readonly port: number | null;
  /** Protocols that we have and the URI allows, best first; one when it names one. */
  readonly protocols: readonly TransportProtocol[];
  /** Whom its certificate must speak for, when that is not `host` (maddr). */
  readonly name?: string;
}

/** One server to try. */
export interface Place {
  readonly protocol: TransportProtocol;
  readonly address: string;
  readonly port: number;
}

/** Most places for one request: somebody waits for the end of all. */
const MAX_PLACES = 16;

/** Most SRV records of one name that are looked into. */
const MAX_SERVERS = 32;

interface Service {
  readonly protocol: TransportProtocol;
  readonly name: string;
}

/** NAPTR service and SRV label of each protocol that DNS can name. */
const SERVICES: ReadonlyMap<TransportProtocol, { naptr: string; srv: string }> = new Map([
  ['udp', { naptr: 'SIP+D2U', srv: '_sip._udp' }],
  ['tcp', { naptr: 'SIP+D2T', srv: '_sip._tcp' }],
  ['tls', { naptr: 'SIPS+D2T', srv: '_sips._tcp' }],
]);

/** s.19.1.2: the port of a URI that names none. */
export function defaultPort(protocol: TransportProtocol): number {
  return protocol === 'tls' || protocol === 'wss' ? 5_061 : 5_060;
}

/** The place that needs no DNS: an IP address. Null for names. */
export function placeOfAddress({ host, port, protocols }: Target): Place | null {
  const [protocol] = protocols;
  if (isIP(host) === 0 || protocol === undefined) return null;
  return { protocol, address: host, port: port ?? defaultPort(protocol) };
}

/** Every place to try for a name, best first; none when it does not resolve. */
export async function locate(dns: Dns, target: Target, rng: Rng): Promise<readonly Place[]> {
  const { host, port, protocols } = target;
  const places = port === null ? await byServices(dns, host, protocols, rng) : [];
  if (places.length > 0) return places.slice(0, MAX_PLACES);
  const [protocol] = protocols;
  if (protocol === undefined) return [];
  const { records } = await dns.addresses(host);
  const to = port ?? defaultPort(protocol);
  return records.slice(0, MAX_PLACES).map((address) => ({ protocol, address, port: to }));
}

async function byServices(
  dns: Dns,
  host: string,
  protocols: readonly TransportProtocol[],
  rng: Rng,
): Promise<readonly Place[]> {
  const named = protocols.length > 1 ? await byNaptr(dns, host, protocols) : [];
  const services = named.length > 0 ? named : plainServices(host, protocols);
  const servers = await Promise.all(
    services.map(async ({ protocol, name }) => {
      const { records } = await dns.srv(name);
      return srvOrder(records, rng)
        .slice(0, MAX_SERVERS)
        .map((record) => ({ ...record, protocol }));
    }),
  );
  const places = await Promise.all(
    servers.flat().map(async ({ name, port, protocol }) => {
      const { records } = await dns.addresses(name);
      return records.map((address) => ({ protocol, address, port }));
    }),
  );
  return places.flat();
}

/** s.4.1: NAPTR records of protocols that we have, by order and preference. */
async function byNaptr(
  dns: Dns,
  host: string,
  protocols: readonly TransportProtocol[],
): Promise<readonly Service[]> {
  const { records } = await dns.naptr(host);
  return records
    .filter(({ flags }) => flags.toLowerCase() === 's')
    .toSorted((a, b) => a.order - b.order || a.preference - b.preference)
    .slice(0, MAX_SERVERS)
    .flatMap(({ service, replacement: name }) => {
      const wanted = service.toUpperCase();
      const protocol = protocols.find((one) => SERVICES.get(one)?.naptr === wanted);
      return protocol === undefined ? [] : [{ protocol, name }];
    });
}

function plainServices(host: string, protocols: readonly TransportProtocol[]): readonly Service[] {
  return protocols.flatMap((protocol) => {
    const service = SERVICES.get(protocol);
    return service === undefined ? [] : [{ protocol, name: `${service.srv}.${host}` }];
  });
}

/** RFC 2782: by priority; among equals drawn by weight. A target of `.` offers nothing. */
export function srvOrder(records: readonly SrvRecord[], rng: Rng): readonly SrvRecord[] {
  const left = records
    .filter(({ name }) => name !== '' && name !== '.')
    .toSorted((a, b) => a.priority - b.priority || a.weight - b.weight);
  const ordered: SrvRecord[] = [];
  while (left.length > 0) {
    const equals = left.filter(({ priority }) => priority === left[0]?.priority);
    const total = equals.reduce((sum, { weight }) => sum + weight, 0);
    let draw = Math.floor(rng.next() * (total + 1));
    const drawn = Math.max(
      0,
      equals.findIndex(({ weight }) => (draw -= weight) <= 0),
    );
    ordered.push(...left.splice(drawn, 1));
  }
  return ordered;
}
