// PURE. Power spectrum of real samples: Hann window, radix-2 transform of half the length, all
// memory taken once (Cooley and Tukey 1965; the real-input split of Numerical Recipes ch. 12.3).

/** Power spectrum of a fixed number of samples. */
export interface Spectrum {
  /** Bin k is `k * sampleRateHz / size`; `size / 2` bins, overwritten by each `analyse`. */
  readonly power: Float64Array;
  /** Transforms `size` samples of a ring, the oldest at `oldestAt`. */
  analyse(ring: Float64Array, oldestAt: number): void;
}

function reversedBits(count: number): Uint16Array {
  const table = new Uint16Array(count);
  const width = Math.log2(count);
  for (let i = 0; i < count; i += 1) {
    let reversed = 0;
    for (let bit = 0; bit < width; bit += 1) if ((i >> bit) & 1) reversed |= 1 << (width - 1 - bit);
    table[i] = reversed;
  }
  return table;
}

/** In-place complex transform with precomputed `cos` and `sin` of 2 pi k / (2 n). */
function transform(re: Float64Array, im: Float64Array, cos: Float64Array, sin: Float64Array): void {
  const n = re.length;
  for (let half = 1; half < n; half *= 2) {
    const stride = n / half;
    for (let start = 0; start < n; start += 2 * half) {
      for (let k = 0; k < half; k += 1) {
        const c = cos[k * stride] ?? 0;
        const s = sin[k * stride] ?? 0;
        const low = start + k;
        const high = low + half;
        const hr = re[high] ?? 0;
        const hi = im[high] ?? 0;
        const tr = hr * c + hi * s;
        const ti = hi * c - hr * s;
        const lr = re[low] ?? 0;
        const li = im[low] ?? 0;
        re[high] = lr - tr;
        im[high] = li - ti;
        re[low] = lr + tr;
        im[low] = li + ti;
      }
    }
  }
}

/**
 * Makes an analyser.
 * @param size samples of each analysis, a power of two
 */
export function createSpectrum(size: number): Spectrum {
  const half = size / 2;
  const hann = new Float64Array(size);
  const cos = new Float64Array(half);
  const sin = new Float64Array(half);
  for (let i = 0; i < size; i += 1) hann[i] = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size);
  for (let k = 0; k < half; k += 1) {
    cos[k] = Math.cos((2 * Math.PI * k) / size);
    sin[k] = Math.sin((2 * Math.PI * k) / size);
  }
  const bits = reversedBits(half);
  const re = new Float64Array(half);
  const im = new Float64Array(half);
  const power = new Float64Array(half);

  /** Takes the spectrum of even and odd samples apart: X[k] = E[k] + e^(-jw) O[k]. */
  function split(): void {
    for (let k = 0; k < half; k += 1) {
      const mirror = (half - k) % half;
      const er = 0.5 * ((re[k] ?? 0) + (re[mirror] ?? 0));
      const ei = 0.5 * ((im[k] ?? 0) - (im[mirror] ?? 0));
      const or = 0.5 * ((im[k] ?? 0) + (im[mirror] ?? 0));
      const oi = 0.5 * ((re[mirror] ?? 0) - (re[k] ?? 0));
      const c = cos[k] ?? 0;
      const s = sin[k] ?? 0;
      power[k] = (er + or * c + oi * s) ** 2 + (ei + oi * c - or * s) ** 2;
    }
  }

  return {
    power,
    analyse(ring, oldestAt) {
      const mask = size - 1;
      for (let i = 0; i < half; i += 1) {
        const to = bits[i] ?? 0;
        re[to] = (ring[(oldestAt + 2 * i) & mask] ?? 0) * (hann[2 * i] ?? 0);
        im[to] = (ring[(oldestAt + 2 * i + 1) & mask] ?? 0) * (hann[2 * i + 1] ?? 0);
      }
      transform(re, im, cos, sin);
      split();
    },
  };
}
