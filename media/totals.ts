// What is remembered of legs that ended, for metrics: how they sounded, and what was wrong. PURE.
import type { LegStats } from './types.ts';

/** Below R = 70 many users are dissatisfied (ITU-T G.107 Annex B). */
const POOR_MOS = 3.6;

export class Totals {
  #ended = 0;
  #scored = 0;
  #mosSum = 0;
  #poor = 0;
  #worstMos = 0;
  #lossSum = 0;
  #jitterMsSum = 0;
  #oneWay = 0;
  #deadAir = 0;

  ended(stats: LegStats): void {
    this.#ended += 1;
    if (stats.mos === null) return;
    this.#worstMos = this.#scored === 0 ? stats.mos : Math.min(this.#worstMos, stats.mos);
    this.#scored += 1;
    this.#mosSum += stats.mos;
    this.#lossSum += stats.lossPercent;
    this.#jitterMsSum += stats.jitterMs;
    if (stats.mos < POOR_MOS) this.#poor += 1;
  }

  oneWay(): void {
    this.#oneWay += 1;
  }

  deadAir(): void {
    this.#deadAir += 1;
  }

  /** Means are 0 before the first leg with sound ended. */
  counts(): Readonly<Record<string, number>> {
    const scored = Math.max(1, this.#scored);
    return {
      legsEnded: this.#ended,
      legsPoor: this.#poor,
      legsMosMean: this.#mosSum / scored,
      legsMosWorst: this.#worstMos,
      legsLossPercentMean: this.#lossSum / scored,
      legsJitterMsMean: this.#jitterMsSum / scored,
      oneWayAudio: this.#oneWay,
      deadAir: this.#deadAir,
    };
  }
}
