// G.711 by table lookup: linear samples and payload bytes, and one law straight into the other.
// No allocation per packet. ITU-T G.711.
import { ALAW_TO_LINEAR, LINEAR_TO_ALAW, LINEAR_TO_ULAW, ULAW_TO_LINEAR } from '../codec/g711.ts';
import type { G711Codec } from '../sdp/model.ts';

const TO_LINEAR: Readonly<Record<G711Codec, Int16Array>> = {
  PCMU: ULAW_TO_LINEAR,
  PCMA: ALAW_TO_LINEAR,
};
const FROM_LINEAR: Readonly<Record<G711Codec, Uint8Array>> = {
  PCMU: LINEAR_TO_ULAW,
  PCMA: LINEAR_TO_ALAW,
};
/** Each byte of one law as the nearest byte of the other. */
const TO_OTHER_LAW: Readonly<Record<G711Codec, Uint8Array>> = {
  PCMU: crossTable(ULAW_TO_LINEAR, LINEAR_TO_ALAW),
  PCMA: crossTable(ALAW_TO_LINEAR, LINEAR_TO_ULAW),
};

function crossTable(toLinear: Int16Array, fromLinear: Uint8Array): Uint8Array {
  return Uint8Array.from(toLinear, (sample) => fromLinear[sample & 0xffff] ?? 0);
}

/** Decodes payload bytes [start, end) of `datagram` into the start of `into`. */
export function decode(
  codec: G711Codec,
  datagram: Buffer,
  start: number,
  end: number,
  into: Int16Array,
): void {
  const table = TO_LINEAR[codec];
  for (let i = start; i < end; i++) into[i - start] = table[datagram[i] ?? 0] ?? 0;
}

/** Encodes the first `count` of `samples` into the start of `into`. */
export function encode(codec: G711Codec, samples: Int16Array, count: number, into: Buffer): void {
  const table = FROM_LINEAR[codec];
  for (let i = 0; i < count; i++) into[i] = table[(samples[i] ?? 0) & 0xffff] ?? 0;
}

/** Turns payload bytes [start, end) of `packet`, in law `codec`, into the other law. */
export function toOtherLaw(codec: G711Codec, packet: Buffer, start: number, end: number): void {
  const table = TO_OTHER_LAW[codec];
  for (let i = start; i < end; i++) packet[i] = table[packet[i] ?? 0] ?? 0;
}

/** Loudest of every eighth sample of payload bytes [start, end): enough to tell sound from none. */
export function peakOf(codec: G711Codec, datagram: Buffer, start: number, end: number): number {
  const table = TO_LINEAR[codec];
  let peak = 0;
  for (let i = start; i < end; i += 8) {
    const level = Math.abs(table[datagram[i] ?? 0] ?? 0);
    if (level > peak) peak = level;
  }
  return peak;
}

/** Adds the first samples of `more` to payload bytes [start, end) of `packet`, in law `codec`. */
export function addTo(
  codec: G711Codec,
  packet: Buffer,
  start: number,
  end: number,
  more: Int16Array,
): void {
  const toLinear = TO_LINEAR[codec];
  const fromLinear = FROM_LINEAR[codec];
  for (let i = start; i < end; i++) {
    const sum = (toLinear[packet[i] ?? 0] ?? 0) + (more[i - start] ?? 0);
    packet[i] = fromLinear[Math.max(-32_768, Math.min(32_767, sum)) & 0xffff] ?? 0;
  }
}
