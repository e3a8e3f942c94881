// On which worker a leg lives. PURE: legs of one affinity together, new affinities where the load
// is least among the workers that take any.

/** What placing needs of a worker. */
export interface Place {
  /** Legs placed here, open or opening. */
  legCount: number;
  /** How busy it is, 0 to 1 and beyond. */
  readonly load: number;
  /** False while it is late or to be replaced: only legs of calls that are here already. */
  readonly takesCalls: boolean;
}

export class Placement<P extends Place> {
  readonly #homes = new Map<string, { readonly place: P; legs: number }>();

  /** Takes a place for one more leg; null when none takes it. */
  settleIn(affinity: string, places: Iterable<P>): P | null {
    const home = this.#homes.get(affinity);
    const place = home?.place ?? leastLoaded(places);
    if (place === null) return null;
    place.legCount += 1;
    if (home === undefined) this.#homes.set(affinity, { place, legs: 1 });
    else home.legs += 1;
    return place;
  }

  /** A leg is gone; with its last leg an affinity is forgotten. */
  moveOut(affinity: string, place: P): void {
    place.legCount -= 1;
    const home = this.#homes.get(affinity);
    if (home?.place !== place) return;
    home.legs -= 1;
    if (home.legs === 0) this.#homes.delete(affinity);
  }

  /** A place is gone: its affinities find another. */
  forget(place: P): void {
    for (const [affinity, home] of this.#homes) {
      if (home.place === place) this.#homes.delete(affinity);
    }
  }
}

function leastLoaded<P extends Place>(places: Iterable<P>): P | null {
  let least: P | null = null;
  for (const place of places) {
    if (!place.takesCalls) continue;
    if (least === null || place.load < least.load) least = place;
  }
  return least;
}
