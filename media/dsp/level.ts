// PURE. Signal level in dBov: 0 dBov is a full scale square wave, so a full scale sine is -3.01
// (ITU-T G.100.1, RFC 6464 s.3).

/** Level given to digital silence: below the quantising noise of 16 bit samples. */
export const SILENT_DBOV = -100;

const FULL_SCALE_POWER = 32768 * 32768;

/** dBov of a mean square sample value. */
export function powerToDbov(meanSquare: number): number {
  if (meanSquare <= 0) return SILENT_DBOV;
  return Math.max(SILENT_DBOV, 10 * Math.log10(meanSquare / FULL_SCALE_POWER));
}

/** dBov of some samples; `SILENT_DBOV` when there are none. */
export function samplesDbov(samples: Int16Array | Float64Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i += 1) sum += (samples[i] ?? 0) ** 2;
  return samples.length === 0 ? SILENT_DBOV : powerToDbov(sum / samples.length);
}
