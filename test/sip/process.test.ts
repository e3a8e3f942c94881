// The engine as a process of its own: killed in the middle of calls, frozen, told to end; and what
// its command line makes of bad input.
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveClock, liveIds } from '../../core/live.ts';
import type { Clock } from '../../core/ports.ts';
import { connectEngine } from '../../sip/index.ts';
import type { EngineOptions } from '../../sip/index.ts';
import { parseConfig, toSipOptions } from '../../api/config.ts';
import { readProcessOptions } from '../../sip/process-options.ts';
import { readHostPorts } from '../../sip/remote.ts';
import { tlsFile } from '../support/tls/options.ts';
import { until } from '../support/until.ts';
import { allEnd, callsAgain, fourCalls } from './apps/support/four-calls.ts';
import { enduringEngine, sipOptions, trunkOptions } from './apps/support/options.ts';
import { openWorld } from './apps/support/world.ts';
import { spawnEngine, type EngineProcess } from './support/engine-process.ts';

const trunks = [trunkOptions({ inboundFrom: ['127.0.0.2'] })];
const { engine: OPTIONS } = sipOptions();

/** Time for heartbeats runs ten times as fast. */
const quickClock: Clock = {
  ...liveClock,
  after: (delayMs, fire) => liveClock.after(delayMs / 10, fire),
};

/** Applications over a process that was there before them, as a drachtio-server would be. */
async function overProcess(t: TestContext) {
  const options = await enduringEngine();
  const first = await spawnEngine(t, options);
  const starter = () => connectEngine(first.control, { clock: quickClock, ids: liveIds });
  const world = await openWorld(t, { options: { trunks }, starter });
  // What a supervisor does: the same program at the same addresses.
  const again = (): Promise<EngineProcess> => spawnEngine(t, options);
  return { first, world, again };
}

test('kill -9 in the middle of calls: all end here, and work again after a restart', async (t) => {
  const { first, world, again } = await overProcess(t);
  assert.deepEqual(
    first.sip,
    world.listening.map(({ protocol, host, port }) => `${protocol}/${host}:${port}`),
  );
  const calls = await fourCalls(world);
  first.signal('SIGKILL');
  await allEnd(calls);
  await first.ended;
  const down = await world.sip.stats();
  assert.deepEqual([down['engineConnected'], down['liveCalls']], [0, 0]);
  await again();
  await callsAgain(world, calls.phone);
  const { engineLosses, liveCalls } = await world.sip.stats();
  assert.deepEqual([engineLosses, liveCalls], [1, 0]);
});

test('a process that hangs is noticed although its connection stands', async (t) => {
  const { first, world, again } = await overProcess(t);
  const calls = await fourCalls(world);
  first.signal('SIGSTOP');
  await allEnd(calls);
  first.signal('SIGKILL');
  await first.ended;
  await again();
  await callsAgain(world, calls.phone);
});

test('SIGTERM ends its calls at the peers, too, and then the process', async (t) => {
  const { first, world } = await overProcess(t);
  const calls = await fourCalls(world);
  first.signal('SIGTERM');
  await allEnd(calls);
  assert.equal((await calls.phone.calls[1]?.ended)?.by, 'peer', 'a BYE of the engine');
  assert.equal(await first.ended, 0);
});

test('stopping the applications leaves the process to others', async (t) => {
  const { first, world } = await overProcess(t);
  await world.sip.stop();
  const other = await openWorld(t, {
    starter: () => connectEngine(first.control, { clock: liveClock, ids: liveIds }),
  });
  assert.deepEqual(other.listening.length, 2);
});

test('no engine, a wrong secret, a port of something else: an error that says so', async (t) => {
  const deps = { clock: quickClock, ids: liveIds };
  const { control } = await spawnEngine(t, OPTIONS);
  const failed = (reason: RegExp) => (error: unknown) => {
    const { code, fields } = error as { code: string; fields: { reason: string } };
    assert.equal(code, 'SIP_CONTROL_FAILED');
    assert.match(fields.reason, reason);
    return true;
  };
  const wrong = { ...control, secret: 'wrong' };
  await assert.rejects(connectEngine(wrong, deps), failed(/^incorrect secret$/));
  const greeter = createServer((socket) => socket.end('220 mail.example.com ESMTP\r\n'));
  const mute = createServer(() => undefined);
  for (const [server, reason] of [
    [greeter, /^not the control protocol$/],
    [mute, /^no answer$/],
  ] as const) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await assert.rejects(connectEngine({ ...control, port }, deps), failed(reason));
    server.close();
    await assert.rejects(connectEngine({ ...control, port }, deps), failed(/ECONNREFUSED/));
  }
});

test('guard, sockets, gauges and messages of a process are at hand here', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-process-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const bansFile = join(folder, 'bans.json');
  const bans = { failures: 3 };
  const certificates = { certificateFile: tlsFile('server.pem'), keyFile: tlsFile('server.key') };
  const { listen } = OPTIONS;
  const secured = { host: '127.0.0.1', port: 0 } as const;
  const options: EngineOptions = {
    ...OPTIONS,
    listen: [...listen, { protocol: 'tls', ...secured }, { protocol: 'ws', ...secured }],
  };
  const section = { tls: certificates, guard: { allow: [], bans, bansFile } };
  const { control } = await spawnEngine(t, options, section);
  const starter = () => connectEngine(control, { clock: liveClock, ids: liveIds });
  const world = await openWorld(t, { starter });
  assert.deepEqual(
    world.listening.map(({ protocol }) => protocol),
    ['udp', 'tcp', 'tls', 'ws'],
  );
  const phone = await world.phone({ name: '1001' });
  const attempt = (password: string) =>
    phone.register({ username: '1001', password, registrar: world.address });
  await attempt('secret');
  for (const password of ['a', 'b', 'c']) await assert.rejects(attempt(password));
  const [ban] = await until('the ban', async () => {
    const found = await world.sip.bans();
    return found.length > 0 ? found : null;
  });
  assert.deepEqual([ban?.source, ban?.count], ['127.0.0.1', 1]);
  assert.equal((await world.sip.stats())['guardBans'], 1);
  await until('the bans to be kept', () => existsSync(bansFile));
  assert.equal(await world.sip.liftBan('127.0.0.1'), true);
  assert.equal(await world.sip.liftBan('127.0.0.1'), false);
  await until('its messages', () =>
    world.trace.some(({ startLine, text }) => startLine.includes('200') && text.includes('1001')),
  );
});

test('left out, the guard of a process is that of the server', () => {
  const environment = { RINGBACK_SIP_SECRET: 'x' };
  const options = readProcessOptions(['--listen', 'udp/127.0.0.1:0'], environment);
  const { engine } = toSipOptions(parseConfig('', {}), 'x');
  const { bansFile: _path, ...guard } = engine.guard ?? {};
  assert.deepEqual(options?.guard, guard);
  const { limits, webSocket, connections, dnsServers, timers } = engine;
  assert.deepEqual(
    { ...options, listen: [], control: null, guard: null },
    {
      ...{ limits, webSocket, connections, dnsServers, timers, tls: null, trace: true },
      handlers: [],
      ...{ externalHost: null, listen: [], control: null, guard: null },
    },
  );
});

test('where an engine listens, as drachtio-server and we write it', () => {
  const text = 'ws/127.0.0.1:5070,tcp/127.0.0.1:5060,udp/[2001:db8::1]:5060,udp/::1:5062,x';
  assert.deepEqual(readHostPorts(text), [
    { protocol: 'ws', host: '127.0.0.1', port: 5070 },
    { protocol: 'tcp', host: '127.0.0.1', port: 5060 },
    { protocol: 'udp', host: '2001:db8::1', port: 5060 },
    { protocol: 'udp', host: '::1', port: 5062 },
  ]);
});

test('the command line: faults are named and end the program with 1', async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /SIP_PROCESS_OPTIONS_INVALID: engine\.listen/],
    [['--listen', 'sctp/127.0.0.1:0'], /engine\.listen\.0\.protocol/],
    [['--listen', 'udp/127.0.0.1'], /engine\.listen\.0\.port/],
    [['--config', '/nowhere.yaml'], /nowhere\.yaml: ENOENT/],
    [['--colour'], /Usage: ringback-sip/],
    [['--listen', 'udp/127.0.0.1:0', '--secret-env', 'NOT_SET_HERE'], /NOT_SET_HERE must be set/],
    [['--listen', 'udp/192.0.2.1:5060'], /SIP_LISTEN_FAILED/],
  ];
  const program = join(import.meta.dirname, '../../sip/process.ts');
  await Promise.all(
    cases.map(async ([args, expected]) => {
      const env = { ...process.env, RINGBACK_SIP_SECRET: 'x' };
      const ended = Promise.withResolvers<readonly [unknown, string]>();
      execFile(process.execPath, [program, ...args], { env }, (error, _stdout, stderr) =>
        ended.resolve([error?.code, stderr]),
      );
      const [code, stderr] = await ended.promise;
      assert.equal(code, 1, args.join(' '));
      assert.match(stderr, expected);
    }),
  );
});
