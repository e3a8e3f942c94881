// Requests too large for a datagram: over TCP first where the URI leaves the choice to us, then as
// a datagram all the same. PURE but for what it remembers. RFC 3261 s.18.1.1.
//
// Deviation: a URI that names UDP gets UDP, whatever the size: telephones behind NAT registered
// over it, and a trunk's protocol is the administrator's word.
import { BoundedMap } from '../guard/bounded-map.ts';
import { hostPort } from '../message/uri.ts';
import type { Place } from './locate.ts';

/** Nobody knows the path's MTU; 200 bytes are for the headers that a response adds. */
export const MAX_DATAGRAM_REQUEST_BYTES = 1_300;

/** A peer without TCP is not asked again for so long. */
const MEMORY_MS = 3_600_000;
const MAX_REMEMBERED = 10_000;

/** Silence over TCP counts as no TCP after this: a firewall may swallow the attempt. */
export const LARGE_PATIENCE_MS = 2_000;

/** A place that is tried over TCP only for the size of the request. */
export interface LargePlace extends Place {
  readonly isForSize?: true;
}

/** Peers that do not answer over TCP. */
export class LargeRequests {
  readonly #untilMs = new BoundedMap<number>(MAX_REMEMBERED);

  /** The places for a request of that size, TCP before each datagram. */
  places(places: readonly Place[], sizeBytes: number, nowMs: number): readonly LargePlace[] {
    if (sizeBytes <= MAX_DATAGRAM_REQUEST_BYTES) return places;
    return places.flatMap((place): readonly LargePlace[] => {
      const until = place.protocol === 'udp' ? (this.#untilMs.use(keyOf(place)) ?? 0) : Infinity;
      if (until > nowMs) return [place];
      return [{ ...place, protocol: 'tcp', isForSize: true }, place];
    });
  }

  /** Nothing came back over TCP. */
  unanswered(place: Place, nowMs: number): void {
    this.#untilMs.set(keyOf(place), nowMs + MEMORY_MS);
  }
}

function keyOf({ address, port }: Place): string {
  return hostPort(address, port);
}
