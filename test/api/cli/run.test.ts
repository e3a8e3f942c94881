// The commands of `ringback` against a real HTTP server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { liveClock } from '../../../core/live.ts';
import type { TracedMessage } from '../../../sip/index.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import { HELP, isCommand } from '../../../api/cli/help.ts';
import { run, type Ports } from '../../../api/cli/run.ts';
import { until } from '../../support/until.ts';
import { KEY } from '../fakes.ts';
import { served } from '../http.ts';

/** A terminal that keeps what it is told; `size` null: a pipe. */
function keeper(size: { columns: number; rows: number } | null = null) {
  const kept = { out: '', err: '' };
  const stop = new AbortController();
  const ports = (environment: Ports['environment']): Ports => ({
    ...{ environment, clock: liveClock, signal: stop.signal },
    terminal: {
      out: (text) => void (kept.out += text),
      err: (text) => void (kept.err += text),
      size: () => size,
    },
  });
  return { kept, stop, ports };
}

async function site(t: TestContext, changes: Partial<ApiDeps> = {}) {
  const { world, server } = await served(t, '', changes);
  const environment = { RINGBACK_URL: server.url, RINGBACK_API_KEY: KEY };
  const ringback = async (...args: string[]) => {
    const { kept, ports } = keeper();
    const exit = await run(args, ports(environment));
    return { exit, ...kept };
  };
  const made = async (): Promise<string> => {
    const { out } = await ringback('create', '--queue=support', '--number=+12025550123', '--json');
    return (JSON.parse(out) as { id: string }).id;
  };
  return { world, url: server.url, environment, ringback, made };
}

test('a callback is made, listed, shown and cancelled', async (t) => {
  const { ringback } = await site(t);
  const at = '2026-01-05T12:00:00+01:00';
  const args = ['--queue', 'support', '--number', '+12025550123', '--at', at];
  const made = await ringback('create', ...args);
  assert.equal(made.exit, 0, made.err);
  const id = /^id +(\S+)$/m.exec(made.out)?.[1] ?? '';
  const listed = await ringback('list', '--queue', 'support', '--state', 'scheduled,queued');
  assert.match(listed.out, new RegExp(`^ID +QUEUE .*\n${id} +support +\\+12025550123`));
  assert.match((await ringback('show', id)).out, new RegExp(`^id +${id}$`, 'm'));
  assert.match((await ringback('cancel', id)).out, /^state +completed/m);
  assert.equal((await ringback('list', '--queue', 'other')).out, 'no callbacks\n');
});

test('a list is as long as asked for, and says when there is more', async (t) => {
  const { ringback, made } = await site(t);
  for (let n = 0; n < 3; n++) await made();
  const { out } = await ringback('list', '--limit', '2');
  assert.equal(out.trim().split('\n').length, 4);
  assert.match(out, /and more: --limit N\n$/);
  const json = JSON.parse((await ringback('list', '--json')).out) as unknown[];
  assert.equal(json.length, 3);
});

test('agents, queues and calls', async (t) => {
  const { ringback, world } = await site(t);
  world.router.putAgent({ agentId: 'anna', displayName: 'A', username: 'anna', skills: { en: 8 } });
  assert.match((await ringback('agents')).out, /^anna +A +logged-out .* - +en:8 +-$/m);
  assert.match((await ringback('queues')).out, /^support +support +0 +0 +2 +0 +about 1m$/m);
  assert.equal((await ringback('calls')).out, 'no calls\n');
});

test('a refusal: title, field, remedy, and exit status 1', async (t) => {
  const { ringback } = await site(t);
  const gone = await ringback('show', 'nobody');
  assert.equal(gone.exit, 1);
  assert.match(gone.err, /\(CALLBACK_UNKNOWN\): .+\n\S.+\n$/);
  const wrong = await ringback('create', '--queue=support', '--number=0');
  assert.equal(wrong.exit, 1);
  assert.match(wrong.err, /^ {2}customerNumber: /m);
});

test('what makes no sense is refused before anything is asked: exit status 2', async () => {
  const wrong = [
    [],
    ['dance'],
    ['list', '--dance'],
    ['list', '--svg', 'x'],
    ['list', '--limit', '0'],
    ['list', 'more'],
    ['show'],
    ['show', '../agents'],
    ['create', '--queue', 'support'],
    ['create', '--queue', 'support', '--number', '1', '--at', 'noon'],
    ['list', '--url', 'ftp://a'],
    ['list', '--key-file', '/nowhere/key'],
  ];
  for (const args of wrong) {
    const { kept, ports } = keeper();
    assert.equal(await run(args, ports({})), 2, args.join(' '));
    assert.ok(kept.err.length > 0 && kept.out === '');
  }
});

test('every command has its help, and is in that of all', async () => {
  const { kept, ports } = keeper();
  assert.equal(await run(['--help'], ports({})), 0);
  const all = kept.out;
  for (const name of Object.keys(HELP).filter(isCommand)) {
    assert.match(all, new RegExp(`^  ${name} `, 'm'));
    const own = keeper();
    assert.equal(await run([name, '--help'], own.ports({})), 0);
    assert.ok(own.kept.out.startsWith(`Usage: ringback ${name} `));
  }
});

/** A URL where nobody listens any more. */
async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

test('nobody answers: exit status 3; the doctor says so', async () => {
  const url = await deadUrl();
  for (const command of ['list', 'watch']) {
    const { kept, ports } = keeper();
    assert.equal(await run([command, '--url', url], ports({})), 3);
    assert.match(kept.err, /^No answer from http:.*\nIs the server running/);
  }
  const { kept, ports } = keeper();
  assert.equal(await run(['doctor', '--url', url], ports({})), 1);
  assert.match(kept.out, /^fail {2}server {2}no answer/);
});

test('a key from a file', async (t) => {
  const { url } = await site(t);
  const folder = mkdtempSync(join(tmpdir(), 'ringback-cli-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'key');
  writeFileSync(file, `${KEY}\n`);
  const { kept, ports } = keeper();
  assert.equal(await run(['queues', '--url', url, '--key-file', file], ports({})), 0, kept.err);
  writeFileSync(file, 'two words');
  assert.equal(await run(['queues', '--url', url, '--key-file', file], ports({})), 2);
  assert.ok(!kept.err.includes('two words'));
});

test('the doctor: what is well, what is missing, and what to do', async (t) => {
  const { ringback } = await site(t);
  const well = await ringback('doctor');
  assert.equal(well.exit, 0, well.out);
  for (const line of ['server', 'clock', 'key', 'trunk carrier', 'webhooks']) {
    assert.match(well.out, new RegExp(`^ok    ${line} `, 'm'));
  }
  assert.match(well.out, /^warn {2}agents +none\n +-> /m);
  const ill = await site(t, { readiness: { store: () => Promise.resolve('disk full') } });
  const found = await ill.ringback('doctor');
  assert.equal(found.exit, 1);
  assert.match(found.out, /^fail {2}ready: store +disk full\n +-> /m);
  const { kept, ports } = keeper();
  const stranger = { ...ill.environment, RINGBACK_API_KEY: 'wrong' };
  assert.equal(await run(['doctor', '--json'], ports(stranger)), 1);
  const verdicts = JSON.parse(kept.out) as { check: string; verdict: string }[];
  assert.equal(verdicts.find(({ check }) => check === 'key')?.verdict, 'fail');
});

const TRACED: TracedMessage = {
  atMs: 0,
  direction: 'sent',
  protocol: 'udp',
  local: '127.0.0.1:5060',
  remote: '127.0.0.1:5090',
  callId: 'x',
  startLine: 'INVITE sip:anna@a SIP/2.0',
  cseq: '1 INVITE',
  text: 'INVITE sip:anna@a SIP/2.0\r\n\r\n',
};

test('a trace as text and as a drawing', async (t) => {
  const { ringback } = await site(t, {
    callIds: () => ['x'],
    ladder: () => '<svg/>',
    traces: { messagesOf: () => [TRACED], callIdsOf: () => [], forget: () => undefined },
  });
  assert.match((await ringback('trace', 'call')).out, /0\.000 {2}\|-INVITE sip:anna@a-+>\|/);
  const folder = mkdtempSync(join(tmpdir(), 'ringback-cli-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'call.svg');
  assert.equal((await ringback('trace', 'call', '--svg', file)).exit, 0);
  assert.equal(readFileSync(file, 'utf8'), '<svg/>');
  assert.equal((await ringback('trace', 'call', '--svg', join(folder, 'no', 'x'))).exit, 2);
});

test('watch prints a line for every event where there is no terminal', async (t) => {
  const { environment, made } = await site(t);
  const { kept, stop, ports } = keeper();
  const watching = run(['watch', '--json'], ports(environment));
  t.after(() => stop.abort());
  await until('the stream to open', () => kept.err === 'stream open\n');
  await made();
  await until('a line', () => kept.out !== '');
  stop.abort();
  assert.equal(await watching, 0);
  const [first = ''] = kept.out.split('\n');
  assert.equal((JSON.parse(first) as { topic: string }).topic, 'callback');
});

test('watch draws a table in place on a terminal, and gives the cursor back', async (t) => {
  const { environment, made, ringback } = await site(t);
  const id = await made();
  const { kept, stop, ports } = keeper({ columns: 120, rows: 24 });
  const watching = run(['watch'], ports(environment));
  t.after(() => stop.abort());
  await until('the table', () => kept.out.includes(id) && kept.out.includes('live, Ctrl-C'));
  await ringback('cancel', id);
  await until('the end', () => /completed/.test(kept.out));
  stop.abort();
  assert.equal(await watching, 0);
  assert.match(kept.out, /\x1b\[\d+A\r/);
  assert.ok(kept.out.endsWith('\x1b[?25h'));
});

test('the program itself', async (t) => {
  const { environment } = await site(t);
  const { stdout } = await promisify(execFile)(process.execPath, ['api/cli/main.ts', 'queues'], {
    env: { ...process.env, ...environment },
    timeout: 60_000,
  });
  assert.match(stdout, /^support /m);
});
