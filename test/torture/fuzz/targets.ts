// What is fuzzed, and what must hold whatever comes in: no throw, no wrong answer. Each check
// throws an AssertionError for a broken promise; how long it took is measured by who calls it.
import assert from 'node:assert/strict';
import { RingbackError } from '../../../core/errors.ts';
import { emptyFields, MAX_DATAGRAM_BYTES, readRtp } from '../../../media/rtp/packet.ts';
import { readReport } from '../../../media/rtp/rtcp.ts';
import { readSdp } from '../../../media/sdp/read.ts';
import { parseDigests, readCredentials } from '../../../sip/apps/digest.ts';
import { FrameDecoder, MAX_FRAME_BYTES, parseFrame } from '../../../sip/control/frames.ts';
import { StreamFramer, type StreamItem } from '../../../sip/message/framing.ts';
import { checkAppMessage, checkMessage } from './message-checks.ts';
import { Dice, mutatedBytes, mutatedText, pieces } from './mutate.ts';
import { FRAMES, MESSAGES, RTCP, RTP, SDPS, STREAMS } from './seeds.ts';

export interface Target {
  readonly name: string;
  readonly seeds: readonly string[];
  readonly mutate: (seed: string, dice: Dice) => string;
  /** Throws when a promise is broken. */
  readonly check: (input: string) => void;
}

/** Every split of a stream gives the same items. */
function checkStream(input: string): void {
  const whole = new StreamFramer().push(input);
  const framer = new StreamFramer();
  const split: StreamItem[] = [];
  for (const piece of pieces(input, new Dice(input.length))) split.push(...framer.push(piece));
  assert.deepEqual(split, whole);
  const chars = whole.reduce(
    (sum, item) => sum + (item.kind === 'message' ? item.text.length : 0),
    0,
  );
  assert.ok(chars <= input.length);
}

function checkSdp(input: string): void {
  try {
    const lines = readSdp(input);
    for (const line of lines) {
      if (line.kind === 'audio') assert.ok(line.rtpPort > 0 && line.rtcpPort < 65_536);
      assert.doesNotMatch(JSON.stringify(line), /\\[rn]/);
    }
  } catch (error) {
    if (!(error instanceof RingbackError) || error.code !== 'MEDIA_SDP_UNACCEPTABLE') throw error;
  }
}

function checkRtp(input: string): void {
  const datagram = Buffer.from(input, 'latin1');
  const fields = emptyFields();
  if (!readRtp(datagram, fields)) return;
  assert.ok(datagram.length <= MAX_DATAGRAM_BYTES);
  assert.ok(fields.payloadStart >= 12 && fields.payloadStart <= fields.payloadEnd);
  assert.ok(fields.payloadEnd <= datagram.length);
}

function checkRtcp(input: string): void {
  const news = readReport(Buffer.from(input, 'latin1'), 7, 1_000);
  const trip = news?.roundTripMs ?? 0;
  assert.ok(trip >= 0 && trip <= 60_000);
}

function checkFrames(input: string): void {
  const whole = new FrameDecoder().push(input);
  const decoder = new FrameDecoder();
  const split = pieces(input, new Dice(input.length)).flatMap((piece) => decoder.push(piece));
  assert.deepEqual(split, whole);
  for (const item of whole) {
    if (item.kind !== 'frame') continue;
    assert.ok(item.payload.length <= MAX_FRAME_BYTES);
    const read = parseFrame(item.payload);
    if (read?.text !== undefined && read.text !== null) checkAppMessage(read.text);
  }
}

function checkDigest(input: string): void {
  parseDigests(input);
  const credentials = readCredentials(input, 'r');
  if (credentials !== null) assert.match(credentials.response, /^[0-9a-f]{32}$|^[0-9a-f]{64}$/);
}

const DIGEST = /Authorization: (.*)/.exec(MESSAGES[0]!)![1]!;

export const TARGETS: readonly Target[] = [
  { name: 'sip', seeds: MESSAGES, mutate: mutatedText, check: checkMessage },
  { name: 'stream', seeds: STREAMS, mutate: mutatedText, check: checkStream },
  { name: 'application', seeds: MESSAGES, mutate: mutatedText, check: checkAppMessage },
  { name: 'frames', seeds: FRAMES, mutate: mutatedText, check: checkFrames },
  { name: 'digest', seeds: [DIGEST], mutate: mutatedText, check: checkDigest },
  { name: 'sdp', seeds: SDPS, mutate: mutatedText, check: checkSdp },
  { name: 'rtp', seeds: RTP, mutate: mutatedBytes, check: checkRtp },
  { name: 'rtcp', seeds: RTCP, mutate: mutatedBytes, check: checkRtcp },
];
