// The handle of an engine, in this thread and in a worker: one suite over both.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import Srf from 'drachtio-srf';
import { liveClock, liveIds, liveRng, silentLog } from '../../../core/live.ts';
import { startEngine } from '../../../sip/engine.ts';
import type { EngineHandle, EngineOptions, TracedMessage } from '../../../sip/types.ts';
import { startEngineInWorker } from '../../../sip/worker.ts';
import { until } from '../../support/until.ts';
import { disconnect, engineOptions, next } from '../support/rig.ts';
import { WirePhone } from '../support/wire-phone.ts';

const world = { clock: liveClock, rng: liveRng, ids: liveIds, log: silentLog };
const STARTS: readonly (readonly [
  name: string,
  start: (o: EngineOptions) => Promise<EngineHandle>,
])[] = [
  ['in this thread', (options) => startEngine(options, world)],
  ['in a worker', (options) => startEngineInWorker(options, silentLog)],
];

async function application(t: TestContext, engine: EngineHandle): Promise<Srf> {
  const srf = new Srf();
  srf.on('error', () => undefined);
  const connected = next(srf, 'connect');
  await srf.connect(engine.control);
  await connected;
  t.after(async () => {
    disconnect(srf);
    await engine.stop();
  });
  return srf;
}

for (const [where, start] of STARTS) {
  test(`${where}: serves, traces, counts and stops`, async (t) => {
    const engine = await start(engineOptions({ trace: true }));
    let deaths = 0;
    engine.onDeath(() => deaths++);
    const traced: TracedMessage[] = [];
    engine.onTrace((message) => traced.push(message));
    const srf = await application(t, engine);
    srf.invite((_req, res) => res.send(486));
    const { port } = engine.listening[0]!;
    const phone = await WirePhone.open(t, port);
    phone.send(phone.request('INVITE', { Subject: 'ünïcode' }));
    await phone.take(/^SIP\/2.0 486/);
    await until('three traced', () => traced.length >= 3);
    const [invite, trying] = traced;
    assert.equal(invite?.direction, 'received');
    assert.equal(invite.remote, `127.0.0.1:${phone.port}`);
    assert.match(invite.startLine, /^INVITE sip:/);
    assert.match(invite.text, /ünïcode/);
    assert.equal(invite.callId, `call-${phone.port}`);
    assert.equal(trying?.startLine, 'SIP/2.0 100 Trying');
    assert.equal(trying.cseq, '1 INVITE');
    const stats = await engine.stats();
    assert.equal(stats['appConnections'], 1);
    assert.ok(stats['messagesReceived']! >= 1 && stats['messagesSent']! >= 2);
    disconnect(srf);
    await engine.stop();
    await engine.stop();
    assert.equal(deaths, 0, 'a stop is no death');
  });

  test(`${where}: a port in use is SIP_LISTEN_FAILED, a bad option is said`, async (t) => {
    const first = await start(engineOptions());
    t.after(() => first.stop());
    for (const listen of first.listening) {
      const taken = engineOptions({ listen: [listen] });
      const { protocol, host, port } = listen;
      const fields = { protocol, host, port, reason: 'EADDRINUSE' };
      await assert.rejects(start(taken), { code: 'SIP_LISTEN_FAILED', fields });
    }
    const control = engineOptions({ control: first.control });
    await assert.rejects(start(control), { code: 'SIP_LISTEN_FAILED' });
    const open = engineOptions({ control: { host: '127.0.0.1', port: 0, secret: '' } });
    await assert.rejects(start(open), { code: 'SIP_ENGINE_OPTIONS_INVALID' });
  });
}
