// The guard in the running stack, over real sockets: what a scanner, a flooder and a guesser of
// passwords get, in this thread and in a worker.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { silentLog } from '../../../core/live.ts';
import { startEngineInWorker } from '../../../sip/worker.ts';
import type { PhoneError } from '../../support/phone.ts';
import { until } from '../../support/until.ts';
import { sipOptions } from '../apps/support/options.ts';
import { openWorld } from '../apps/support/world.ts';
import { engineOptions, startRig } from '../support/rig.ts';
import { header, WirePhone } from '../support/wire-phone.ts';
import { guardOptions } from './support.ts';

test('a scanner gets nothing; too many requests get 503 with Retry-After', async (t) => {
  const guard = guardOptions({ perSource: { perSecond: 0.01, burst: 3 } });
  const { engine, srf, udp } = await startRig(t, { guard });
  srf.use('options', (_req: unknown, res: { send(status: number): void }) => res.send(200));
  const phone = await WirePhone.open(t, udp.port);
  phone.send(phone.request('OPTIONS', { 'User-Agent': 'friendly-scanner' }));
  for (let count = 0; count < 3; count++) {
    phone.send(phone.request('OPTIONS'));
    await phone.take(/200/);
  }
  phone.send(phone.request('OPTIONS'));
  assert.equal(header(await phone.take(/503/), 'Retry-After'), '10');
  assert.equal(phone.inbox.length, 4);
  const stats = await engine.stats();
  assert.deepEqual([stats['guardRefusedScanner'], stats['guardRefusedRate']], [1, 1]);
});

test('wrong passwords end in silence, seen and lifted by the operator', async (t) => {
  const bans = { failures: 2, windowSeconds: 60, firstSeconds: 60, longestSeconds: 60 };
  const guard = guardOptions({ bans });
  const engine = { ...sipOptions().engine, guard };
  const world = await openWorld(t, { options: { engine } });
  const { sip, address } = world;
  const phone = await world.phone({ name: '1001' });
  const attempt = (password: string) =>
    phone.register({ username: '1001', password, registrar: address });
  for (const password of ['wrong', 'guess']) {
    await assert.rejects(attempt(password), (error: PhoneError) => error.status === 401);
  }
  const [ban] = await until('the ban', async () => {
    const found = await sip.bans();
    return found.length > 0 ? found : null;
  });
  assert.deepEqual([ban?.source, ban?.count], ['127.0.0.1', 1]);
  assert.equal(await sip.liftBan('127.0.0.1'), true);
  await attempt('secret');
  assert.deepEqual(await sip.bans(), []);
});

test('the guard of an engine in a worker is asked and told over its port', async (t) => {
  const options = engineOptions({ guard: guardOptions() });
  const engine = await startEngineInWorker(options, silentLog);
  t.after(() => engine.stop());
  for (let count = 0; count < 3; count++) engine.guard?.authenticated('198.51.100.7', false);
  assert.equal((await engine.guard?.bans())?.[0]?.source, '198.51.100.7');
  assert.equal((await engine.stats())['guardBans'], 1);
  assert.equal(await engine.guard?.liftBan('198.51.100.7'), true);
  assert.equal(await engine.guard?.liftBan('198.51.100.7'), false);
});
