// What a line sounds like to who listens: the E-model with everything but delay and loss at its
// default. PURE. ITU-T G.107 (R, eq. 7-27, 7-28, 7-29; MOS, Annex B), G.113 Appendix I (Ie, Bpl).
// Simplified: no echo (Idte = Idle = 0), no noise, advantage factor A = 0, random loss.

/** R of a perfect narrowband line with all parameters of G.107 at their defaults. */
const R_DEFAULT = 93.2;
/** G.711 with concealment, 20 ms packets (G.113 table I.4): no impairment of its own. */
const CODEC_IMPAIRMENT = 0;
const CODEC_ROBUSTNESS = 25.1;
/** Below this one-way delay nobody notices (G.107 s.7.4). */
const UNNOTICED_DELAY_MS = 100;

/** What is measured of one direction. */
export interface LineMeasures {
  /** Packets that never came or came too late, 0 to 1. */
  readonly lossRatio: number;
  /** Mouth to ear, milliseconds. */
  readonly oneWayDelayMs: number;
}

/** Idd: the impairment by delay that is too long for talk in turns (G.107 eq. 7-27, 7-28). */
export function delayImpairment(oneWayDelayMs: number): number {
  if (!(oneWayDelayMs > UNNOTICED_DELAY_MS)) return 0;
  const x = Math.log2(oneWayDelayMs / UNNOTICED_DELAY_MS);
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}

/** Ie-eff: the impairment by the codec and by random loss (G.107 eq. 7-29, BurstR = 1). */
export function lossImpairment(lossRatio: number): number {
  const lossPercent = Math.min(1, Math.max(0, lossRatio)) * 100;
  const share = lossPercent / (lossPercent + CODEC_ROBUSTNESS);
  return CODEC_IMPAIRMENT + (95 - CODEC_IMPAIRMENT) * share;
}

/** The transmission rating factor R, 0 to 93.2. */
export function ratingFactor(line: LineMeasures): number {
  const r = R_DEFAULT - delayImpairment(line.oneWayDelayMs) - lossImpairment(line.lossRatio);
  return Math.max(0, r);
}

/** Mean opinion score, conversational, 1 to 4.5 (G.107 Annex B eq. B-4). */
export function meanOpinionScore(r: number): number {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}
