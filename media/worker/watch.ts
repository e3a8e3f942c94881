// Watches the sound of one leg for what users complain of: nothing comes, one way only, dead air.
// PURE: monotonic time comes in. Each finding is told once per spell.

/** A peer that means to send and does not for so long is told about, once per gap. */
const RTP_SILENT_MS = 10_000;
/** Media that was negotiated and has not begun after this does not come by itself. */
const ONE_WAY_MS = 5_000;
/** Two whose call is well say something within this. */
const DEAD_AIR_MS = 15_000;
/** Who was heard so short a time ago need not be listened to. */
const HEARD_MS = 200;
/** Peak above which a packet is sound: -47 dB of full scale, above comfort noise. */
const LOUD_PEAK = 150;

export interface WatchEvents {
  rtpSilent(silentMs: number): void;
  oneWay(direction: 'nothing-received' | 'nothing-heard-by-peer'): void;
  deadAir(quietMs: number): void;
}

export class Watch {
  /** When the peer last said something audible, or was last joined to somebody. */
  loudAtMs = 0;
  readonly #events: WatchEvents;
  #lastRtpMs = 0;
  #expectedSinceMs = 0;
  #anyRtp = false;
  #silenceTold = false;
  #nothingTold = false;
  #deafTold = false;
  #deadAirTold = false;
  #highestReported = -1;
  #sentAtReport = -1;

  constructor(events: WatchEvents) {
    this.#events = events;
  }

  /** The peer has (again) said that it will send. */
  expect(nowMs: number): void {
    this.#lastRtpMs = nowMs;
    this.#expectedSinceMs = nowMs;
    this.#silenceTold = false;
    this.#anyRtp = false;
    this.#nothingTold = false;
  }

  /** The leg was joined: quiet is counted from here. */
  joined(nowMs: number): void {
    this.loudAtMs = nowMs;
    this.#deadAirTold = false;
  }

  /** Whether it matters what the next packet sounds like. */
  listens(nowMs: number): boolean {
    return nowMs - this.loudAtMs >= HEARD_MS;
  }

  /** @param peak loudest sample of the packet; null when it was not looked at */
  packet(nowMs: number, peak: number | null): void {
    this.#lastRtpMs = nowMs;
    this.#anyRtp = true;
    this.#silenceTold = false;
    if (peak !== null && peak < LOUD_PEAK) return;
    this.loudAtMs = nowMs;
    this.#deadAirTold = false;
  }

  /** Call with every tick while the peer means to send. */
  tick(nowMs: number): void {
    const silentMs = nowMs - this.#lastRtpMs;
    if (!this.#silenceTold && silentMs >= RTP_SILENT_MS) {
      this.#silenceTold = true;
      this.#events.rtpSilent(Math.round(silentMs));
    }
    if (this.#anyRtp || this.#nothingTold || nowMs - this.#expectedSinceMs < ONE_WAY_MS) return;
    this.#nothingTold = true;
    this.#events.oneWay('nothing-received');
  }

  /** Call with every tick of a joined leg. @param latestLoudMs over all who speak in it */
  quiet(nowMs: number, latestLoudMs: number): void {
    const quietMs = nowMs - latestLoudMs;
    if (quietMs < DEAD_AIR_MS) {
      this.#deadAirTold = false;
      return;
    }
    if (this.#deadAirTold) return;
    this.#deadAirTold = true;
    this.#events.deadAir(Math.round(quietMs));
  }

  /**
   * The peer reported. Two reports in a row between which we sent for seconds and nothing of it
   * was received mean that it cannot hear us.
   * @param extendedHighest of its block about us; null when we were not mentioned
   * @param packetsSent so far
   */
  reported(extendedHighest: number | null, packetsSent: number): void {
    const highest = extendedHighest ?? -1;
    const sentBetween = this.#sentAtReport < 0 ? 0 : packetsSent - this.#sentAtReport;
    const deaf = highest === this.#highestReported && sentBetween > 100;
    this.#highestReported = highest;
    this.#sentAtReport = packetsSent;
    if (!deaf) this.#deafTold = false;
    if (!deaf || this.#deafTold) return;
    this.#deafTold = true;
    this.#events.oneWay('nothing-heard-by-peer');
  }
}
