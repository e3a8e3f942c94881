// Copies of messages at a collector's socket: from a running engine, and when it is not there.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { liveClock, liveIds, liveRng, silentLog } from '../../../core/live.ts';
import { startEngine } from '../../../sip/engine.ts';
import { HepExporter } from '../../../sip/hep/exporter.ts';
import { startEngineInWorker } from '../../../sip/worker.ts';
import type { TracedMessage } from '../../../sip/types.ts';
import { until } from '../../support/until.ts';
import { collector, tracedOf, type Chunks } from '../support/hep.ts';
import { engineOptions } from '../support/rig.ts';
import { WirePhone } from '../support/wire-phone.ts';

const world = { clock: liveClock, rng: liveRng, ids: liveIds, log: silentLog };
const captured = {
  protocol: 'udp',
  source: { host: '127.0.0.1', port: 1 },
  destination: { host: '127.0.0.1', port: 2 },
  atMs: 0,
  correlationId: 'x',
} as const;

for (const [where, start] of [
  ['in this thread', (options) => startEngine(options, world)],
  ['in a worker', (options) => startEngineInWorker(options, silentLog)],
] as readonly (readonly [string, typeof startEngineInWorker])[]) {
  test(`an engine ${where} exports both ways what it traces, trace or not`, async (t) => {
    const packets: Chunks[] = [];
    const address = await collector(t, (chunks) => packets.push(chunks));
    const hep = { ...address, captureId: 7, password: 'between us' };
    const engine = await start(engineOptions({ trace: false, hep }), silentLog);
    t.after(() => engine.stop());
    const traced: TracedMessage[] = [];
    engine.onTrace((message) => traced.push(message));
    const { port } = engine.listening[0]!;
    const phone = await WirePhone.open(t, port);
    phone.send(phone.request('OPTIONS', { Subject: 'ünïcode' }));
    const answer = await phone.take(/^SIP\/2.0 /);
    await until('two packets', () => packets.length >= 2);
    const [first, second] = packets.map((chunks) => tracedOf(chunks, [port]));
    assert.equal(first?.direction, 'received');
    assert.match(first.text, /^OPTIONS [^]*ünïcode/);
    assert.deepEqual([first.local, first.remote].map(portOf), [port, phone.port]);
    assert.ok(Math.abs(first.atMs - Date.now()) < 60_000);
    assert.equal(second?.direction, 'sent');
    assert.equal(second.text, answer);
    assert.equal(second.callId, first.callId);
    assert.equal(packets[0]?.get(12)?.readUInt32BE(), 7);
    assert.equal(packets[0]?.get(14)?.toString(), 'between us');
    const stats = await engine.stats();
    assert.deepEqual([stats['hepSent'], stats['hepDropped']], [2, 0]);
    assert.equal(traced.length, 0, 'no trace was asked for');
  });
}

test('a burst, an over-long message and a dead name are drops, not faults', async (t) => {
  const options = { host: '127.0.0.1', port: 9, captureId: 1, password: null };
  const exporter = new HepExporter(options, liveClock, silentLog);
  t.after(() => exporter.stop());
  const payload = new Uint8Array(100);
  for (let i = 0; i < 1_500; i++) exporter.export({ ...captured, payload });
  assert.equal(exporter.stats().hepDropped, 500, 'the bound holds within one turn');
  await until('the rest to be gone', () => exporter.stats().hepSent === 1_000);
  exporter.export({ ...captured, payload: new Uint8Array(65_507) });
  assert.equal(exporter.stats().hepDropped, 501);
  const lost = new HepExporter({ ...options, host: 'nowhere.invalid' }, liveClock, silentLog);
  t.after(() => lost.stop());
  lost.export({ ...captured, payload });
  assert.deepEqual(lost.stats(), { hepSent: 0, hepDropped: 1 });
});

function portOf(hostPort: string): number {
  return Number(hostPort.slice(hostPort.lastIndexOf(':') + 1));
}
