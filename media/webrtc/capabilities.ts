// Our payload numbers in mediasoup's words: what a router speaks and what a stream is. PURE.
// RFC 3551 s.6; RFC 7587; RFC 4733.
import type { types } from 'mediasoup';
import { NO_TYPES } from '../sdp/model.ts';
import type { PayloadTypes } from '../sdp/model.ts';

type Format = keyof PayloadTypes;

const KINDS: Readonly<
  Record<
    Format,
    { readonly mimeType: string; readonly clockRate: number; readonly channels?: number }
  >
> = {
  PCMU: { mimeType: 'audio/PCMU', clockRate: 8_000 },
  PCMA: { mimeType: 'audio/PCMA', clockRate: 8_000 },
  G722: { mimeType: 'audio/G722', clockRate: 8_000 },
  opus: { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  // Consumers pass on what they take for sound and leave out telephone events (Consumer.cpp of the
  // worker). Nobody looks into the packets: under names of codecs that we never speak they pass.
  telephoneEvent: { mimeType: 'audio/iLBC', clockRate: 8_000 },
  telephoneEvent48: { mimeType: 'audio/SILK', clockRate: 24_000 },
};

/** What a router is made from, so that it keeps the numbers of the call. */
export function routerCodecs(numbers: PayloadTypes): types.RouterRtpCodecCapability[] {
  return formatsIn(numbers).map((format) => ({
    kind: 'audio',
    ...KINDS[format],
    ...numberOf(numbers, format, 'preferredPayloadType'),
  }));
}

/** One stream of one source. */
export function streamParameters(
  numbers: PayloadTypes,
  formats: readonly Format[],
  ssrc: number,
  cname: string,
): types.RtpParameters {
  return {
    codecs: formats.flatMap((format) => {
      const payloadType = numbers[format];
      return payloadType === null ? [] : [{ ...KINDS[format], payloadType }];
    }),
    encodings: [{ ssrc }],
    rtcp: { cname, reducedSize: false },
  };
}

/** What those hear who are sent a stream: these formats, no header extensions. */
export function hearerCapabilities(
  numbers: PayloadTypes,
  formats: readonly Format[],
): types.RtpCapabilities {
  return {
    codecs: formats.flatMap((format) => {
      const payloadType = numbers[format];
      if (payloadType === null) return [];
      return [{ kind: 'audio' as const, ...KINDS[format], preferredPayloadType: payloadType }];
    }),
    headerExtensions: [],
  };
}

function formatsIn(numbers: PayloadTypes): readonly Format[] {
  return (Object.keys(NO_TYPES) as Format[]).filter((format) => numbers[format] !== null);
}

function numberOf(
  numbers: PayloadTypes,
  format: Format,
  name: 'preferredPayloadType',
): { preferredPayloadType?: number } {
  const number = numbers[format];
  return number === null ? {} : { [name]: number };
}
