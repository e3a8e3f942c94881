// PURE. Sample rate conversion by windowed sinc interpolation, for files that are loaded once; the
// packet path never resamples. J. O. Smith, "Digital Audio Resampling", bandlimited interpolation.

/** Zero crossings of the sinc on either side: a transition band of 600 Hz at 8 kHz. */
const ZERO_CROSSINGS = 32;
/** Table points per zero crossing; linear interpolation between them errs below -100 dB. */
const POINTS_PER_CROSSING = 512;
/** Kaiser beta for about 80 dB of side lobe suppression. */
const KAISER_BETA = 8;
/** Cut-off as a share of the lower Nyquist frequency: the transition ends at that frequency. */
const PASSBAND = 0.925;
const MAX_RATE_HZ = 192_000;

/** Modified Bessel function of the first kind, order zero, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function sincTable(): Float64Array {
  const last = ZERO_CROSSINGS * POINTS_PER_CROSSING;
  const table = new Float64Array(last + 2);
  const scale = besselI0(KAISER_BETA);
  for (let i = 0; i <= last; i += 1) {
    const x = i / POINTS_PER_CROSSING;
    const sinc = i === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    table[i] = (sinc * besselI0(KAISER_BETA * Math.sqrt(1 - (i / last) ** 2))) / scale;
  }
  return table;
}

const SINC = sincTable();

function sincAt(x: number): number {
  const at = Math.abs(x) * POINTS_PER_CROSSING;
  const i = Math.floor(at);
  const low = SINC[i] ?? 0;
  return low + (at - i) * ((SINC[i + 1] ?? 0) - low);
}

/**
 * Converts mono sound to another sample rate.
 * @param fromHz integer, 1 to 192000, as `toHz`
 * @returns `round(samples.length * toHz / fromHz)` samples; the input itself when the rates agree
 * @throws RangeError not a sample rate
 */
export function resampleMono(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  for (const rateHz of [fromHz, toHz]) {
    if (!Number.isInteger(rateHz) || rateHz < 1 || rateHz > MAX_RATE_HZ) {
      throw new RangeError(`not a sample rate: ${rateHz}`);
    }
  }
  if (fromHz === toHz) return samples;
  const step = fromHz / toHz;
  const cutoff = Math.min(1, toHz / fromHz) * PASSBAND;
  const reach = ZERO_CROSSINGS / cutoff;
  const output = new Int16Array(Math.round((samples.length * toHz) / fromHz));
  for (let n = 0; n < output.length; n += 1) {
    const centre = n * step;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(samples.length - 1, Math.floor(centre + reach));
    let sum = 0;
    for (let i = first; i <= last; i += 1) sum += (samples[i] ?? 0) * sincAt((i - centre) * cutoff);
    output[n] = Math.max(-32768, Math.min(32767, Math.round(sum * cutoff)));
  }
  return output;
}
