// Every codec behind two small faces, with sound at 8 kHz on our side. A coder keeps the state of
// one direction of one leg; G.711 has none and is shared.
import { G722Decoder, G722Encoder } from '../codec/g722.ts';
import type { AudioCodec } from '../sdp/model.ts';
import { decode, encode } from './law.ts';
import { OpusDecoder, OpusEncoder } from './opus.ts';

export interface Decoder {
  /**
   * Decodes payload bytes [start, end) into the start of `into`.
   * @returns samples at 8 kHz; 0 for what cannot be decoded
   */
  decode(datagram: Buffer, start: number, end: number, into: Int16Array): number;
}

export interface Encoder {
  /**
   * Encodes the first `count` samples into the start of `into`; `count` is a packet of 10 to 60 ms.
   * @returns bytes written
   */
  encode(samples: Int16Array, count: number, into: Buffer): number;
}

const LAWS = {
  PCMU: law('PCMU'),
  PCMA: law('PCMA'),
};

function law(codec: 'PCMU' | 'PCMA'): Decoder & Encoder {
  return {
    decode(datagram, start, end, into) {
      decode(codec, datagram, start, end, into);
      return end - start;
    },
    encode(samples, count, into) {
      encode(codec, samples, count, into);
      return count;
    },
  };
}

export function createDecoder(codec: AudioCodec): Decoder {
  switch (codec) {
    case 'PCMU':
    case 'PCMA':
      return LAWS[codec];
    case 'G722':
      return new G722Decoder();
    case 'opus':
      return new OpusDecoder();
  }
}

export function createEncoder(codec: AudioCodec): Encoder {
  switch (codec) {
    case 'PCMU':
    case 'PCMA':
      return LAWS[codec];
    case 'G722':
      return new G722Encoder();
    case 'opus':
      return new OpusEncoder();
  }
}
