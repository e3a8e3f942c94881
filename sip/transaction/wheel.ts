// One timer for all timers: a hashed wheel over the Clock port. Setting and cancelling cost the
// same whether ten run or a million, and the clock is asked for one timer at a time.
import type { Clock, Timer } from '../../core/ports.ts';

/** Coarseness of every SIP timer, in milliseconds: a timer fires at most this much late. */
export const TICK_MS = 20;

const SLOTS = 2_048;

/** A running timer on the wheel. `cancel` is idempotent. */
export class WheelTimer implements Timer {
  next: WheelTimer | null = null;
  previous: WheelTimer | null = null;
  readonly dueTick: number;
  fire: (() => void) | null;
  readonly #wheel: TimerWheel;

  constructor(wheel: TimerWheel, dueTick: number, fire: () => void) {
    this.#wheel = wheel;
    this.dueTick = dueTick;
    this.fire = fire;
  }

  cancel(): void {
    if (this.fire === null) return;
    this.fire = null;
    this.#wheel.unlink(this);
  }
}

/** Timers in slots of one tick. A timer further away than one turn waits in its slot. */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #slots = new Array<WheelTimer | null>(SLOTS).fill(null);
  #tick = 0;
  #running = 0;
  #beat: Timer | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many timers run. */
  get running(): number {
    return this.#running;
  }

  /** The clock's monotonic time. */
  get nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** Calls `fire` once, not before `delayMs` and at most a tick and the clock's own delay later. */
  after(delayMs: number, fire: () => void): WheelTimer {
    const nowMs = this.#clock.monotonicMs();
    if (this.#beat === null) {
      this.#tick = Math.floor(nowMs / TICK_MS);
      this.#beat = this.#clock.after(TICK_MS, this.#onBeat);
    }
    const dueTick = Math.max(this.#tick + 1, Math.ceil((nowMs + delayMs) / TICK_MS));
    const timer = new WheelTimer(this, dueTick, fire);
    const slot = dueTick % SLOTS;
    const head = this.#slots[slot] ?? null;
    timer.next = head;
    if (head !== null) head.previous = timer;
    this.#slots[slot] = timer;
    this.#running++;
    return timer;
  }

  /** Stops the wheel; nothing fires any more. */
  stop(): void {
    this.#beat?.cancel();
    this.#beat = null;
    this.#slots.fill(null);
    this.#running = 0;
  }

  /** Takes a timer off its slot; for WheelTimer.cancel. */
  unlink(timer: WheelTimer): void {
    const slot = timer.dueTick % SLOTS;
    if (timer.previous !== null) timer.previous.next = timer.next;
    else if (this.#slots[slot] === timer) this.#slots[slot] = timer.next;
    else return;
    if (timer.next !== null) timer.next.previous = timer.previous;
    timer.next = null;
    timer.previous = null;
    this.#running--;
  }

  readonly #onBeat = (): void => {
    const nowTick = Math.floor(this.#clock.monotonicMs() / TICK_MS);
    while (this.#tick < nowTick) {
      this.#tick++;
      this.#fireDue(this.#tick);
    }
    this.#beat = this.#running > 0 ? this.#clock.after(TICK_MS, this.#onBeat) : null;
  };

  #fireDue(tick: number): void {
    const due: WheelTimer[] = [];
    for (let at = this.#slots[tick % SLOTS] ?? null; at !== null; at = at.next) {
      if (at.dueTick <= tick) due.push(at);
    }
    // The newest stands first in its slot; the oldest must fire first.
    for (let i = due.length - 1; i >= 0; i--) {
      const timer = due[i]!;
      const fire = timer.fire;
      if (fire === null) continue;
      timer.cancel();
      fire();
    }
  }
}
