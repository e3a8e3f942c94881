// G.722 and Opus: passed on untouched between equals, turned into telephone quality otherwise.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ULAW_TO_LINEAR } from '../../../media/codec/g711.ts';
import { createDecoder, createEncoder } from '../../../media/graph/coder.ts';
import { until } from '../../support/until.ts';
import { obeyed, openCall, startMedia } from './engine.ts';
import type { Heard } from './peer.ts';

function tone(index: number): Int16Array {
  return Int16Array.from({ length: 160 }, (_, i) =>
    Math.round(8_000 * Math.sin((2 * Math.PI * 400 * (index * 160 + i)) / 8_000)),
  );
}

/** Share of the energy of 20 ms that is at 400 Hz. */
function purity(samples: ArrayLike<number>): number {
  let [cos, sin, energy] = [0, 0, 1];
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i] ?? 0;
    cos += sample * Math.cos((2 * Math.PI * 400 * i) / 8_000);
    sin += sample * Math.sin((2 * Math.PI * 400 * i) / 8_000);
    energy += sample * sample;
  }
  return (2 * (cos * cos + sin * sin)) / samples.length / energy;
}

const linear = ({ payload }: Heard): number[] => [...payload].map((b) => ULAW_TO_LINEAR[b] ?? 0);

for (const [codec, formats, more, payloadType, clockStep] of [
  ['G722', '9 101', [], 9, 160],
  ['opus', '96 102', ['a=rtpmap:96 opus/48000/2', 'a=rtpmap:102 telephone-event/48000'], 96, 960],
] as const) {
  test(`${codec} between equals is passed on untouched`, async (t) => {
    const { media } = await startMedia(t);
    const a = await openCall(t, media, 'a');
    const b = await openCall(t, media, 'b');
    a.leg.answerTo(a.peer.sdp(formats, more));
    b.leg.answerTo(b.peer.sdp(formats, more));
    media.bridge('a', 'b');
    await obeyed(b);
    const said = Array.from({ length: 40 }, (_, i) => new Uint8Array(61).fill(1 + i));
    for (const [i, payload] of said.entries()) {
      a.peer.send({ payloadType, sequence: i, timestamp: i * clockStep, payload });
      if (i % 10 === 9) {
        await until('ten packets', async () => (await a.leg.stats()).packetsReceived > i);
      }
    }
    const passed = () => b.peer.heard.filter(({ payload }) => payload.length === 61);
    const heard = await until('all of it', () => (passed().length === 40 ? passed() : null));
    assert.deepEqual(
      heard.map(({ payload }) => payload[0]),
      said.map((payload) => payload[0]),
    );
    const steps = heard.slice(1).map((packet, i) => packet.timestamp - (heard[i]?.timestamp ?? 0));
    // A stalled test leaves a gap that silence fills; what was said together stays together.
    assert.ok(steps.filter((step) => step === clockStep).length >= 30, String(steps));
  });

  test(`${codec} and G.711 hear each other`, async (t) => {
    const { media } = await startMedia(t);
    const a = await openCall(t, media, 'a');
    const b = await openCall(t, media, 'b', '0 101');
    a.leg.answerTo(a.peer.sdp(formats, more));
    media.bridge('a', 'b');
    const encoder = createEncoder(codec);
    const decoder = createDecoder(codec);
    const bytes = Buffer.alloc(1_500);
    let index = 0;
    const talk = setInterval(() => {
      const length = encoder.encode(tone(index), 160, bytes);
      const payload = Uint8Array.from(bytes.subarray(0, length));
      a.peer.send({ payloadType, sequence: index, timestamp: index * clockStep, payload });
      index += 1;
    }, 20);
    t.after(() => clearInterval(talk));
    await until('b hears a', () => b.peer.heard.some((packet) => purity(linear(packet)) > 0.9));
    assert.ok(b.peer.heard.every(({ payloadType: type }) => type === 0));
    clearInterval(talk);

    b.peer.talk(0, () => new Uint8Array(160).fill(0x80));
    const level = ULAW_TO_LINEAR[0x80] ?? 0;
    assert.ok(level > 30_000);
    const out = new Int16Array(2_000);
    const hears = () =>
      a.peer.heard.splice(0).some(({ payload }) => {
        const count = decoder.decode(payload, 0, payload.length, out);
        return count > 0 && out.subarray(0, count).some((sample) => Math.abs(sample) > 8_000);
      });
    await until('a hears b', hears);
  });
}

test('prompts are heard in Opus, digits go with its clock', async (t) => {
  const { media } = await startMedia(t);
  const a = await openCall(t, media, 'a');
  const more = ['a=rtpmap:96 opus/48000/2', 'a=rtpmap:102 telephone-event/48000', 'a=ptime:60'];
  a.leg.answerTo(a.peer.sdp('96 102', more));
  const spec = { frequenciesHz: [400], levelDbov: -10, cadenceMs: [2_000] };
  a.leg.play({ sources: [{ kind: 'tone', tone: spec }], loop: true });
  const decoder = createDecoder('opus');
  const out = new Int16Array(2_000);
  await until('the tone', () =>
    a.peer.heard.splice(0).some(({ payload, payloadType }) => {
      if (payloadType !== 96) return false;
      return decoder.decode(payload, 0, payload.length, out) === 480 && purity(out) > 0.2;
    }),
  );
  a.leg.sendDtmf('5');
  const events = () => a.peer.heard.filter(({ payloadType }) => payloadType === 102);
  const heard = await until('the event', () => (events().length === 8 ? events() : null));
  assert.equal(heard.at(-1)?.payload.readUInt16BE(2), 4_800, '100 ms of 48 kHz');
});
