// The servers behind the name of a trunk: found anew for every call (RFC 3263 s.4), and how each
// of them is. What failed is left for last, what is down is left out while another one is up.
import { isIP } from 'node:net';
import type { Clock, Rng } from '../../../core/ports.ts';
import { hostPort } from '../../message/uri.ts';
import type { Dns } from '../../transport/dns.ts';
import { locate, placeOfAddress } from '../../transport/locate.ts';
import type { Place, Target } from '../../transport/locate.ts';
import type { TransportProtocol, TrunkTargetView } from '../../types.ts';
import type { Trunk } from '../trunks.ts';
import { MAX_REST_MS, startHealth, stepHealth } from './health.ts';
import type { HealthState } from './health.ts';

/** A server of which nothing was heard comes last for so long (RFC 3263 s.4.3 leaves it to us). */
const AVOIDED_MS = 60_000;

const PROTOCOLS: readonly TransportProtocol[] = ['udp', 'tcp', 'tls'];

export interface TargetDeps {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly dns: Dns;
  /** Whether the engine has a socket of this protocol, and of the address's family. */
  readonly canReach: (protocol: TransportProtocol, address: string | null) => boolean;
}

interface Known {
  readonly place: Place;
  health: HealthState;
  avoidedUntilMs: number;
  restsUntilMs: number;
}

/** The servers of one trunk. */
export class Targets {
  readonly #trunk: Trunk;
  readonly #deps: TargetDeps;
  readonly #thresholds: HealthState['thresholds'];
  /** Those found last, by `keyOf`; bounded by what `locate` gives. */
  #known: ReadonlyMap<string, Known> = new Map();

  constructor(trunk: Trunk, thresholds: HealthState['thresholds'], deps: TargetDeps) {
    this.#trunk = trunk;
    this.#deps = deps;
    this.#thresholds = thresholds;
  }

  /** Whether there are several: then one of them failing says little of the trunk. */
  get areMany(): boolean {
    return this.#known.size > 1;
  }

  /** All servers now, in the order of DNS; at once for an address, empty when there are none. */
  find(): readonly Place[] | Promise<readonly Place[]> {
    const { host, port, protocol } = this.#trunk;
    const { canReach, dns, rng } = this.#deps;
    const wanted = protocol === 'any' ? PROTOCOLS : [protocol];
    const protocols = wanted.filter((one) => canReach(one, null));
    const target: Target = { host, port, protocols: protocols.length > 0 ? protocols : wanted };
    const place = placeOfAddress(target);
    if (place !== null) return this.#remember([place]);
    return locate(dns, target, rng).then((places) => {
      const reachable = places.filter((one) => canReach(one.protocol, one.address));
      return this.#remember(reachable);
    });
  }

  /** The servers to try for a call, best first: none resting, none down while one is up. */
  choose(): readonly Place[] | Promise<readonly Place[]> {
    const found = this.find();
    return found instanceof Promise
      ? found.then((places) => this.#usable(places))
      : this.#usable(found);
  }

  answered(place: Place): void {
    const known = this.#known.get(keyOf(place));
    if (known === undefined) return;
    [known.health] = stepHealth(known.health, { type: 'probe-answered' });
    known.avoidedUntilMs = 0;
  }

  /** Nothing was heard of it, or it said that it cannot. */
  failed(place: Place, reason: string): void {
    const known = this.#known.get(keyOf(place));
    if (known === undefined) return;
    [known.health] = stepHealth(known.health, { type: 'probe-failed', reason });
    known.avoidedUntilMs = this.#deps.clock.monotonicMs() + AVOIDED_MS;
  }

  /** It asked for a pause (Retry-After). */
  rest(place: Place, afterMs: number): void {
    const known = this.#known.get(keyOf(place));
    if (known === undefined) return;
    const untilMs = this.#deps.clock.nowMs() + Math.min(afterMs, MAX_REST_MS);
    known.restsUntilMs = Math.max(known.restsUntilMs, untilMs);
  }

  /** Nothing that was found out counts any more. */
  forget(): void {
    this.#known = new Map();
  }

  views(): readonly TrunkTargetView[] {
    const nowMs = this.#deps.clock.nowMs();
    return [...this.#known.values()].map(({ place, health: { reach }, restsUntilMs }) => {
      const resting = restsUntilMs > nowMs;
      const state = resting ? 'resting' : reach.name;
      return { ...place, state, reason: reach.name === 'down' ? reach.reason : null };
    });
  }

  #usable(places: readonly Place[]): readonly Place[] {
    const nowMs = this.#deps.clock.nowMs();
    const monotonicMs = this.#deps.clock.monotonicMs();
    const all = places
      .map((place) => this.#known.get(keyOf(place)))
      .filter((known) => known !== undefined);
    const awake = all.filter(({ restsUntilMs }) => restsUntilMs <= nowMs);
    const up = awake.filter(({ health }) => health.reach.name === 'up');
    const later = ({ avoidedUntilMs }: Known): number => (avoidedUntilMs > monotonicMs ? 1 : 0);
    return (up.length > 0 ? up : awake)
      .toSorted((a, b) => later(a) - later(b))
      .map(({ place }) => place);
  }

  #remember(places: readonly Place[]): readonly Place[] {
    const fresh = (place: Place): Known => {
      const health = startHealth(this.#thresholds);
      return { place, health, avoidedUntilMs: 0, restsUntilMs: 0 };
    };
    this.#known = new Map(
      places.map((place) => {
        const key = keyOf(place);
        return [key, this.#known.get(key) ?? fresh(place)];
      }),
    );
    return [...this.#known.values()].map(({ place }) => place);
  }
}

function keyOf({ protocol, address, port }: Place): string {
  return `${protocol} ${address} ${port}`;
}

/**
 * The next hop that leads to exactly this server; null when the Request-URI does by itself. It is
 * between us and the engine: `maddr` is the address (the certificate is still checked for the
 * name), `silence-ms` how long an INVITE waits for any response at all.
 */
export function hopTo(trunk: Trunk, { protocol, address, port }: Place): string | null {
  const isAddress = isIP(trunk.host) !== 0;
  const { inviteTimeoutMs } = trunk;
  if (isAddress && inviteTimeoutMs === null) return null;
  const transport = protocol === 'udp' ? '' : `;transport=${protocol}`;
  const maddr = isAddress ? '' : `;maddr=${hostPort(address, null)}`;
  const silence = inviteTimeoutMs === null ? '' : `;silence-ms=${inviteTimeoutMs}`;
  return `sip:${hostPort(trunk.host, port)}${transport}${maddr}${silence}`;
}
