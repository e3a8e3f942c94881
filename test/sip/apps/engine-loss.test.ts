// The engine, or the way to it, goes away: every call ends by our own rule, and it all comes back.
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Worker } from 'node:worker_threads';
import { liveClock, liveIds, liveRng, silentLog } from '../../../core/live.ts';
import { startEngine } from '../../../sip/engine.ts';
import { createSip, memoryRegistrarStore } from '../../../sip/index.ts';
import type { EngineHandle, EngineStarter } from '../../../sip/index.ts';
import { startEngineInWorker } from '../../../sip/worker.ts';
import { until } from '../../support/until.ts';
import { enduringEngine, sipOptions, trunkOptions } from './support/options.ts';
import { allEnd, callsAgain, credentials, fourCalls } from './support/four-calls.ts';
import { openWorld } from './support/world.ts';

const deps = { clock: liveClock, rng: liveRng, ids: liveIds, log: silentLog };

/** Engines that can be made to die. */
function mortal(start: EngineStarter) {
  let kill: () => Promise<void> = () => Promise.resolve();
  let started = 0;
  const starter: EngineStarter = async (options) => {
    const engine = await start(options);
    started += 1;
    const deaths: ((cause: Error) => void)[] = [];
    kill = async () => {
      await engine.stop();
      for (const listener of deaths) listener(new Error('killed'));
    };
    const handle: EngineHandle = {
      control: engine.control,
      listening: engine.listening,
      onTrace: (listener) => engine.onTrace(listener),
      onDeath: (listener) => void deaths.push(listener),
      stats: () => engine.stats(),
      stop: () => engine.stop(),
    };
    return handle;
  };
  return { starter, kill: () => kill(), started: () => started };
}

/** An engine whose control connections go through us and can be cut. */
async function cuttable(t: TestContext) {
  const sockets = new Set<Socket>();
  const starter: EngineStarter = async (options) => {
    const engine = await startEngine(options, deps);
    const proxy = createServer((near) => {
      const far = connect(engine.control.port, engine.control.host);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => void [near, far].forEach((one) => one.destroy()));
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    t.after(() => void proxy.close());
    const { port } = proxy.address() as AddressInfo;
    const control = { ...engine.control, port };
    return {
      control,
      listening: engine.listening,
      onTrace: (listener) => engine.onTrace(listener),
      onDeath: () => undefined,
      stats: () => engine.stats(),
      stop: () => engine.stop(),
    };
  };
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return { starter, cut };
}

const trunks = [trunkOptions({ inboundFrom: ['127.0.0.2'] })];

for (const [where, start] of [
  ['this thread', (options) => startEngine(options, deps)],
  ['a worker', (options) => startEngineInWorker(options, silentLog)],
] as readonly (readonly [string, EngineStarter])[]) {
  test(`an engine in ${where} dies: calls end, a new one takes its ports`, async (t) => {
    const { starter, kill, started } = mortal(start);
    const engine = await enduringEngine();
    const world = await openWorld(t, { options: { trunks, engine }, starter });
    const calls = await fourCalls(world);
    await kill();
    await allEnd(calls);
    await callsAgain(world, calls.phone);
    assert.equal(started(), 2);
    const { engineLosses, liveCalls } = await world.sip.stats();
    assert.deepEqual([engineLosses, liveCalls], [1, 0]);
  });
}

test('the worker itself is terminated in the midst of calls, as by a crash', async (t) => {
  const born = Promise.withResolvers<Worker>();
  process.once('worker', born.resolve);
  const starter: EngineStarter = (options) => startEngineInWorker(options, silentLog);
  const engine = await enduringEngine();
  const world = await openWorld(t, { options: { trunks, engine }, starter });
  const calls = await fourCalls(world);
  await (await born.promise).terminate();
  await allEnd(calls);
  await callsAgain(world, calls.phone);
  const { engineLosses, liveCalls } = await world.sip.stats();
  assert.deepEqual([engineLosses, liveCalls], [1, 0]);
});

test('the control connection breaks: calls end here at once, and at the peers soon', async (t) => {
  const { starter, cut } = await cuttable(t);
  const world = await openWorld(t, { options: { trunks }, starter });
  const calls = await fourCalls(world);
  cut();
  await allEnd(calls);
  const talking = calls.phone.calls[1];
  assert.equal((await talking?.ended)?.by, 'peer', 'the engine hangs up for us');
  await callsAgain(world, calls.phone);
});

test('a wrong secret is an error at once, and leaves no engine behind', async (t) => {
  let stopped = 0;
  const starter: EngineStarter = async (options) => {
    const engine = await startEngine(options, deps);
    t.after(() => engine.stop());
    return {
      control: { ...engine.control, secret: 'another' },
      listening: engine.listening,
      onTrace: () => undefined,
      onDeath: () => undefined,
      stats: () => engine.stats(),
      stop: () => {
        stopped += 1;
        return engine.stop();
      },
    };
  };
  const parts = { ...deps, registrarStore: memoryRegistrarStore() };
  const sip = createSip(sipOptions(), parts, starter);
  await assert.rejects(sip.start(), { code: 'SIP_CONTROL_FAILED' });
  assert.equal(stopped, 1);
});

test('a port that is taken is an error that names it; starting twice is one, too', async (t) => {
  const first = await openWorld(t);
  const { engine } = sipOptions();
  const listen = [{ protocol: 'udp', ...first.address }] as const;
  const options = sipOptions({ engine: { ...engine, listen } });
  const second = createSip(options, { ...deps, registrarStore: memoryRegistrarStore() });
  await assert.rejects(second.start(), { code: 'SIP_LISTEN_FAILED' });
  await assert.rejects(first.sip.start(), { code: 'SIP_ALREADY_STARTED' });
  assert.equal((await first.sip.stats())['engineConnected'], 1, 'which does not harm the first');
});

test('in a worker, as in production: register, call, stop', async (t) => {
  const world = await openWorld(t, { options: { engineInWorker: true } });
  const phone = await world.phone({ name: '1001' });
  await phone.register({ ...credentials, registrar: world.address });
  await callsAgain(world, phone);
  await until('the trace', () => world.trace.some(({ startLine }) => startLine.startsWith('BYE')));
});
