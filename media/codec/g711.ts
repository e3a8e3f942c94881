// PURE. G.711 companding as four look-up tables (ITU-T G.711 tables 1a, 1b, 2a, 2b), so that the
// packet path costs one array read per sample. Linear values are 16 bit: the 14 bit (u-law) and
// 13 bit (A-law) uniform codes of the recommendation, left-justified.

/** Added before the segment search so that every u-law segment starts at a power of two. */
const ULAW_BIAS = 132;
/** Largest magnitude that still fits the top u-law segment after the bias. */
const ULAW_CLIP = 32635;
/** Even bits are inverted on the A-law wire (G.711 s.3.3, table 1a note 2). */
const ALAW_EVEN_BITS = 0x55;

function decodeUlaw(code: number): number {
  const bits = ~code & 0xff;
  const segment = (bits & 0x70) >> 4;
  const magnitude = ((((bits & 0x0f) << 3) + ULAW_BIAS) << segment) - ULAW_BIAS;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
}

function decodeAlaw(code: number): number {
  const bits = code ^ ALAW_EVEN_BITS;
  const segment = (bits & 0x70) >> 4;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return (bits & 0x80) === 0 ? -magnitude : magnitude;
}

function encodeUlaw(sample: number): number {
  const biased = Math.min(Math.abs(sample), ULAW_CLIP) + ULAW_BIAS;
  const segment = 31 - Math.clz32(biased) - 7;
  const mantissa = (biased >> (segment + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (segment << 4) | mantissa) & 0xff;
}

function encodeAlaw(sample: number): number {
  // One's complement for negative samples: the intervals either side of zero are mirror images.
  const magnitude = sample < 0 ? ~sample : sample;
  const segment = Math.max(0, 31 - Math.clz32(magnitude | 1) - 7);
  const mantissa = (magnitude >> (segment === 0 ? 4 : segment + 3)) & 0x0f;
  return ((sample < 0 ? 0 : 0x80) | (segment << 4) | mantissa) ^ ALAW_EVEN_BITS;
}

function decoderTable(decode: (code: number) => number): Int16Array {
  const table = new Int16Array(256);
  for (let code = 0; code < 256; code += 1) table[code] = decode(code);
  return table;
}

function encoderTable(encode: (sample: number) => number): Uint8Array {
  const table = new Uint8Array(65536);
  for (let sample = -32768; sample < 32768; sample += 1) table[sample & 0xffff] = encode(sample);
  return table;
}

/** Linear 16 bit value of each u-law code (G.711 tables 2a, 2b), 256 entries. */
export const ULAW_TO_LINEAR: Int16Array = decoderTable(decodeUlaw);

/** Linear 16 bit value of each A-law code (G.711 tables 1a, 1b), 256 entries. */
export const ALAW_TO_LINEAR: Int16Array = decoderTable(decodeAlaw);

/** u-law code of each 16 bit sample, indexed by `sample & 0xffff`, 65536 entries. */
export const LINEAR_TO_ULAW: Uint8Array = encoderTable(encodeUlaw);

/** A-law code of each 16 bit sample, indexed by `sample & 0xffff`, 65536 entries. */
export const LINEAR_TO_ALAW: Uint8Array = encoderTable(encodeAlaw);
