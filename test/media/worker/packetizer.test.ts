// Packets of the length the peer wishes, out of frames of 20 ms: nothing lost, nothing twice.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Packetizer } from '../../../media/worker/packetizer.ts';

for (const [ptimeMs, clockHz] of [
  [10, 8_000],
  [20, 8_000],
  [30, 8_000],
  [40, 48_000],
  [50, 8_000],
  [60, 8_000],
] as const) {
  test(`${ptimeMs} ms at ${clockHz} Hz`, () => {
    const packetizer = new Packetizer();
    packetizer.setFormat(ptimeMs, clockHz);
    const said: number[] = [];
    const stamps: number[] = [];
    for (let i = 0; i < 30; i++) {
      const ratio = clockHz / 8_000;
      packetizer.push(new Int16Array(160).fill(i), (0xffff_f000 + i * 160 * ratio) >>> 0);
      while (packetizer.take()) {
        assert.equal(packetizer.packetSamples, ptimeMs * 8);
        said.push(...packetizer.samples.subarray(0, ptimeMs * 8));
        stamps.push(packetizer.rtpTimestamp);
      }
    }
    assert.equal(said.length, 30 * 160);
    assert.deepEqual(
      said.filter((_, i) => i % 160 === 0),
      [...Array(30).keys()],
    );
    for (let i = 1; i < stamps.length; i++) {
      const step = ((stamps[i] ?? 0) - (stamps[i - 1] ?? 0)) >>> 0;
      assert.equal(step, (ptimeMs * clockHz) / 1_000);
    }
  });
}
