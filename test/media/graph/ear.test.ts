// The adaptive jitter buffer on simulated networks: nothing lost while the delay can follow, the
// delay no longer than the network asks for, short losses made up.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Ear, FRAME_SAMPLES } from '../../../media/graph/ear.ts';

interface Network {
  /** Extra delay of packet `index`, milliseconds. */
  readonly delayMs: (index: number) => number;
  readonly lost?: (index: number) => boolean;
}

/** Runs `packets` of a 400 Hz tone through the network; the frames heard, one each 20 ms. */
function run(packets: number, network: Network): { ear: Ear; frames: Int16Array[] } {
  const ear = new Ear(0);
  const arrivals: { atMs: number; index: number }[] = [];
  for (let index = 0; index < packets; index++) {
    if (network.lost?.(index) === true) continue;
    arrivals.push({ atMs: index * 20 + network.delayMs(index), index });
  }
  arrivals.sort((a, b) => a.atMs - b.atMs);
  const frames: Int16Array[] = [];
  let highest = -1;
  let next = 0;
  for (let nowMs = 0; nowMs < packets * 20; nowMs += 1) {
    for (; (arrivals[next]?.atMs ?? Infinity) <= nowMs; next++) {
      const { index } = arrivals[next] ?? { index: 0 };
      const samples = Int16Array.from({ length: 160 }, (_, i) => sine(index * 160 + i));
      const missing = Math.max(0, index - highest - 1);
      const late = index < highest;
      if (!late) highest = index;
      ear.write(samples, 160, (index * 160) >>> 0, nowMs * 8, late, late ? 0 : missing);
    }
    if (nowMs % 20 === 0) ear.tick(nowMs * 8, (frame) => frames.push(frame.slice()));
  }
  return { ear, frames };
}

function sine(position: number): number {
  return Math.round(8_000 * Math.sin((2 * Math.PI * 400 * position) / 8_000));
}

function quiet(frame: Int16Array): boolean {
  return Math.max(...frame.map(Math.abs)) < 4_000;
}

test('a calm network is heard within 40 ms, without a hole', () => {
  const { ear, frames } = run(200, { delayMs: () => 5 });
  assert.ok(ear.timeline.delaySamples <= 320 + 160, `${ear.timeline.delaySamples / 8} ms`);
  assert.equal(frames.slice(4).filter(quiet).length, 0);
  assert.equal(ear.concealedSamples, 0);
});

test('jitter of 120 ms: the delay grows to hold it, then nothing is missing', () => {
  const { ear, frames } = run(300, { delayMs: (index) => (index * 47) % 120 });
  assert.ok(ear.timeline.delaySamples >= 110 * 8, `${ear.timeline.delaySamples / 8} ms`);
  assert.equal(frames.slice(50).filter(quiet).length, 0);
});

test('a network that calms down gets its delay back', () => {
  const { ear } = run(600, { delayMs: (index) => (index < 200 ? (index * 47) % 120 : 3) });
  assert.ok(ear.timeline.delaySamples < 60 * 8, `${ear.timeline.delaySamples / 8} ms`);
});

test('3 % loss is made up: no silent frame', () => {
  const { ear, frames } = run(400, { delayMs: () => 2, lost: (index) => index % 33 === 7 });
  assert.equal(frames.slice(4).filter(quiet).length, 0);
  assert.ok(ear.concealedSamples >= 10 * FRAME_SAMPLES);
});

test('when the peer stops, silence comes within 100 ms of what was there', () => {
  const ear = new Ear(0);
  const loud: number[] = [];
  for (let tick = 0; tick < 50; tick++) {
    if (tick < 20) {
      const samples = Int16Array.from({ length: 160 }, (_, i) => sine(tick * 160 + i));
      ear.write(samples, 160, tick * 160, tick * 160, false, 0);
    }
    ear.tick(tick * 160, (frame) => {
      if (!quiet(frame)) loud.push(tick);
    });
  }
  assert.ok((loud.at(-1) ?? 0) < 20 + 6, `loud at tick ${loud.at(-1)}`);
});

test('property: whatever comes, every tick has a frame and no time is heard twice', () => {
  const packet = fc.record({
    ticks: fc.nat(0xffff_ffff),
    count: fc.integer({ min: 1, max: 480 }),
    late: fc.boolean(),
    lost: fc.nat(4_000),
    skip: fc.nat(30),
  });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 60 }), (packets) => {
      const ear = new Ear(0);
      const samples = new Int16Array(480).fill(1_000);
      let frames = 0;
      let now = 0;
      for (const { ticks, count, late, lost, skip } of packets) {
        ear.write(samples, count, ticks, now, late, lost);
        now += skip * 160;
        ear.tick(now, () => (frames += 1));
        assert.equal(ear.frame.length, FRAME_SAMPLES);
      }
      assert.ok(frames * 160 <= now);
    }),
    { numRuns: 100 },
  );
});
