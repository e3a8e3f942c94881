// When in the 20 ms of a tick each leg has its turn: a few legs every two milliseconds instead of
// all of them at once, so that nobody waits for a thousand others. PURE.
import { PTIME_MS } from '../sdp/model.ts';

export const STEP_MS = 2;
/** Steps of one tick. */
export const PHASES = PTIME_MS / STEP_MS;

export class Phases<T> {
  readonly #members: readonly T[][] = Array.from({ length: PHASES }, () => []);

  /** Gives a turn in the phase with the fewest. */
  add(member: T): void {
    this.#members
      .reduce((least, phase) => (phase.length < least.length ? phase : least))
      .push(member);
  }

  remove(member: T): void {
    for (const phase of this.#members) {
      const at = phase.indexOf(member);
      if (at >= 0) phase.splice(at, 1);
    }
  }

  /** Whose turn it is. @param phase below PHASES */
  at(phase: number): readonly T[] {
    return this.#members[phase] ?? [];
  }

  /** How many steps until somebody has a turn, 1 to PHASES, the number when nobody has any. */
  stepsAfter(phase: number): number {
    for (let steps = 1; steps < PHASES; steps++) {
      if (this.at((phase + steps) % PHASES).length > 0) return steps;
    }
    return PHASES;
  }
}
