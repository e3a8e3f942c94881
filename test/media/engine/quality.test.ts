// A leg's quality over real sockets: loss, the peer's view, the last figures, metrics.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  CompoundPacket,
  ReceiverReportPacket,
  ReceptionReport,
  VmExtendedReport,
  XrPacket,
} from 'rtp.js/packets';
import type { LegStats } from '../../../media/index.ts';
import { until } from '../../support/until.ts';
import { openCall, startMedia } from './engine.ts';

const sound = new Uint8Array(160).fill(0x22);

test('loss is scored, and the last figures come when the leg is closed', async (t) => {
  const { media } = await startMedia(t);
  const ended: LegStats[] = [];
  const { leg, peer } = await openCall(t, media, 'a', '0 101', {
    ended: (stats) => ended.push(stats),
  });
  for (let i = 0; i < 100; i++) {
    if (i % 10 !== 5) {
      peer.send({ payloadType: 0, sequence: i, timestamp: i * 160, payload: sound });
    }
  }
  await until('all received', async () => (await leg.stats()).packetsReceived === 90);
  leg.close();
  const stats = await until('the last figures', () => ended[0]);
  assert.equal(stats.packetsLost, 10);
  assert.equal(stats.lossPercent, 10);
  assert.equal(stats.peer, null);
  assert.ok((stats.mos ?? 5) < 3.6, `MOS ${stats.mos}`);
  const counts = await media.stats();
  assert.equal(counts['legsEnded'], 1);
  assert.equal(counts['legsPoor'], 1);
  assert.equal(counts['packetsLost'], 10);
});

test('what the peer reports of us: loss, jitter, its own score', async (t) => {
  const { media } = await startMedia(t);
  const { leg, peer } = await openCall(t, media, 'a', '0 101');
  const heard = await until('100 packets', () => (peer.heard.length >= 100 ? peer.heard : null));
  const ssrc = heard[0]?.ssrc ?? 0;
  const block = new ReceptionReport();
  block.setSsrc(ssrc);
  block.setTotalLost(10);
  block.setJitter(80);
  block.setHighestSeqNumber(heard.at(-1)?.sequence ?? 0);
  const report = new ReceiverReportPacket();
  report.addReport(block);
  const compound = new CompoundPacket();
  compound.addPacket(report);
  const send = (): void => {
    compound.serialize();
    peer.rtcp.send(new Uint8Array(compound.getView().buffer), peer.legPort + 1, '127.0.0.1');
  };
  send();
  const first = await until('the report', async () => (await leg.stats()).peer);
  assert.equal(first.jitterMs, 10);
  assert.ok(first.lossPercent > 3 && first.lossPercent <= 10, `${first.lossPercent} %`);
  assert.ok(first.mos < 4.3, 'computed from the loss');
  const voip = new VmExtendedReport();
  voip.setSsrc(ssrc);
  voip.setMosCQ(31);
  const extended = new XrPacket();
  extended.addReport(voip);
  compound.addPacket(extended);
  send();
  await until("the peer's own score", async () => (await leg.stats()).peer?.mos === 3.1);
});
