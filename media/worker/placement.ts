// On which worker a leg lives. PURE: legs of one affinity together, new affinities where the fewest
// legs are.

/** What placing needs of a worker. */
export interface Place {
  /** Legs placed here, open or opening. */
  legCount: number;
}

export class Placement<P extends Place> {
  readonly #homes = new Map<string, { readonly place: P; legs: number }>();

  /** Takes a place for one more leg; null when there is none at all. */
  settleIn(affinity: string, places: Iterable<P>): P | null {
    const home = this.#homes.get(affinity);
    let place: P | null = home?.place ?? null;
    if (place === null) {
      for (const other of places) {
        if (place === null || other.legCount < place.legCount) place = other;
      }
    }
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
