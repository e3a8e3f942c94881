// PURE. G.722 at 64 kbit/s for sound at 8 kHz: the lower sub-band of the codec is exactly that, so
// it is coded and decoded as it is; the upper sub-band is sent empty and not read. ITU-T G.722 s.3
// to 6 (SB-ADPCM), mode 1; names of signals follow its block diagrams. No allocation per packet.

/** Decision levels of the 60-level quantizer, scaled by the step (table 17). */
const LEVELS_LOW = [
  0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023,
  1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
];
/** Inverse quantizers with 6, 4 and 2 bits (tables 18, 20, 22). */
const INVERSE_6 = Int16Array.from([
  -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232,
  -9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400,
  -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232,
  9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688,
  1360, 1040, 728, 432, 136, -432, -136,
]);
const INVERSE_4 = [
  0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200,
  0,
];
const INVERSE_2 = [-7408, -1616, 7408, 1616];
/** How each code moves the logarithm of the step (tables 19, 23). */
const MOVE_LOW = [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];
const MOVE_HIGH = [798, -214, 798, -214];
/** 2048 times two to the power of n/32. */
const POWERS = Array.from({ length: 32 }, (_, n) => Math.round(2048 * 2 ** (n / 32)));
const MAX_LOG_STEP_LOW = 18_432;
const MAX_LOG_STEP_HIGH = 22_528;
const DECISION_HIGH = 564;

function saturate(value: number): number {
  return value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value;
}

/** One sub-band's adaptive predictor and step: the same in encoder and decoder. */
class Band {
  /** The prediction. */
  s = 0;
  /** The quantizer's step. */
  det: number;
  readonly #highest: number;
  readonly #shift: number;
  #logStep = 0;
  #sz = 0;
  /** Latest first, from index 1; index 0 is the present. */
  readonly #r = new Int32Array(3);
  readonly #p = new Int32Array(3);
  readonly #a = new Int32Array(3);
  readonly #d = new Int32Array(7);
  readonly #b = new Int32Array(7);

  constructor(firstStep: number, highest: number, shift: number) {
    this.det = firstStep;
    this.#highest = highest;
    this.#shift = shift;
  }

  /** Takes the quantized difference `d` and how it moves the step. */
  adapt(d: number, move: number): void {
    const log = ((this.#logStep * 127) >> 7) + move;
    this.#logStep = log < 0 ? 0 : Math.min(log, this.#highest);
    const power = POWERS[(this.#logStep >> 6) & 31] ?? 0;
    const down = this.#shift - (this.#logStep >> 11);
    this.det = (down < 0 ? power << -down : power >> down) << 2;
    this.#predict(d);
  }

  #predict(difference: number): void {
    const d = this.#d;
    const r = this.#r;
    const p = this.#p;
    d[0] = difference;
    r[0] = saturate(this.s + difference);
    p[0] = saturate(this.#sz + difference);
    this.#adaptPoles();
    this.#adaptZeros(difference);
    d.copyWithin(1, 0, 6);
    r.copyWithin(1, 0, 2);
    p.copyWithin(1, 0, 2);
    const first = ((this.#a[1] ?? 0) * saturate(2 * (r[1] ?? 0))) >> 15;
    const second = ((this.#a[2] ?? 0) * saturate(2 * (r[2] ?? 0))) >> 15;
    const sp = saturate(first + second);
    let sz = 0;
    for (let i = 6; i > 0; i--) sz += ((this.#b[i] ?? 0) * saturate(2 * (d[i] ?? 0))) >> 15;
    this.#sz = saturate(sz);
    this.s = saturate(sp + this.#sz);
  }

  #adaptPoles(): void {
    const negative = (this.#p[0] ?? 0) < 0;
    const a1 = this.#a[1] ?? 0;
    const a2 = this.#a[2] ?? 0;
    const sameAsLast = negative === (this.#p[1] ?? 0) < 0;
    const scaled = saturate(a1 * 4);
    let second = negative === (this.#p[2] ?? 0) < 0 ? 128 : -128;
    second += Math.min(32_767, sameAsLast ? -scaled : scaled) >> 7;
    second += (a2 * 32_512) >> 15;
    second = Math.max(-12_288, Math.min(12_288, second));
    const limit = saturate(15_360 - second);
    const first = saturate((sameAsLast ? 192 : -192) + ((a1 * 32_640) >> 15));
    this.#a[1] = Math.max(-limit, Math.min(limit, first));
    this.#a[2] = second;
  }

  #adaptZeros(difference: number): void {
    const move = difference === 0 ? 0 : 128;
    for (let i = 1; i <= 6; i++) {
      const agrees = (this.#d[i] ?? 0) < 0 === difference < 0;
      this.#b[i] = saturate((agrees ? move : -move) + (((this.#b[i] ?? 0) * 32_640) >> 15));
    }
  }
}

export class G722Encoder {
  readonly #low = new Band(32, MAX_LOG_STEP_LOW, 8);
  readonly #high = new Band(8, MAX_LOG_STEP_HIGH, 10);

  /**
   * Encodes the first `count` samples (8 kHz) into the start of `into`.
   * @returns bytes written: one for each sample
   */
  encode(samples: Int16Array, count: number, into: Uint8Array): number {
    for (let i = 0; i < count; i++) {
      into[i] = (this.#encodeHigh() << 6) | this.#encodeLow((samples[i] ?? 0) >> 1);
    }
    return count;
  }

  #encodeLow(sample: number): number {
    const band = this.#low;
    const error = saturate(sample - band.s);
    const size = error >= 0 ? error : -(error + 1);
    let level = 1;
    while (level < 30 && size >= ((LEVELS_LOW[level] ?? 0) * band.det) >> 12) level += 1;
    const code = error < 0 ? negativeCode(level) : 62 - level;
    const coarse = code >> 2;
    band.adapt((band.det * (INVERSE_4[coarse] ?? 0)) >> 15, MOVE_LOW[coarse] ?? 0);
    return code;
  }

  /** The upper sub-band of nothing. */
  #encodeHigh(): number {
    const band = this.#high;
    const error = saturate(-band.s);
    const size = error >= 0 ? error : -(error + 1);
    const large = size >= (DECISION_HIGH * band.det) >> 12;
    const code = error < 0 ? (large ? 0 : 1) : large ? 2 : 3;
    band.adapt((band.det * (INVERSE_2[code] ?? 0)) >> 15, MOVE_HIGH[code] ?? 0);
    return code;
  }
}

/** The two smallest negative steps have the codes that the positive ones leave over. */
function negativeCode(level: number): number {
  return level <= 2 ? 64 - level : 34 - level;
}

export class G722Decoder {
  readonly #low = new Band(32, MAX_LOG_STEP_LOW, 8);

  /**
   * Decodes payload bytes [start, end) into the start of `into`, at 8 kHz.
   * @returns samples written: one for each byte
   */
  decode(datagram: Uint8Array, start: number, end: number, into: Int16Array): number {
    const band = this.#low;
    for (let i = start; i < end; i++) {
      const code = (datagram[i] ?? 0) & 0x3f;
      const sound = band.s + ((band.det * (INVERSE_6[code] ?? 0)) >> 15);
      into[i - start] = Math.max(-16_384, Math.min(16_383, sound)) * 2;
      const coarse = code >> 2;
      band.adapt((band.det * (INVERSE_4[coarse] ?? 0)) >> 15, MOVE_LOW[coarse] ?? 0);
    }
    return end - start;
  }
}
