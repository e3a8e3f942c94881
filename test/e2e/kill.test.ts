// The real program, killed with SIGKILL at 20 random moments while it carries out 20 callbacks: none is
// lost, none is done twice, nobody's telephone rings twice at once.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { PhoneCall } from '../support/phone.ts';
import { Phone } from '../support/phone.ts';
import { PASSWORD, siteConfig } from '../support/site.ts';
import { seededRandom } from '../support/audio.ts';
import { speech } from '../support/speech.ts';
import { freePort } from '../support/tools.ts';
import { until } from '../support/until.ts';

const KEY = 'site-api-key-0123456789';
const CALLBACKS = 20;
const KILLS = 20;
const AGENTS = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'];
const MAIN = join(import.meta.dirname, '../../api/main.ts');
/** A person hangs up a line that has been dead for so long. */
const DEAD_LINE_MS = 3_000;

const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);

class Program {
  readonly url: string;
  readonly #config: string;
  #child: ChildProcess | null = null;

  constructor(config: string, httpPort: number) {
    this.#config = config;
    this.url = `http://127.0.0.1:${httpPort}`;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN, '--config', this.#config], {
      env: { ...process.env, SITE_API_KEY: KEY, SITE_PASSWORD: PASSWORD },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(
      'the program to answer',
      async () => {
        if (child.exitCode !== null) throw new Error(`the program ended: ${said}`);
        const answer = await fetch(`${this.url}/readyz`).catch(() => null);
        return answer?.ok === true;
      },
      20_000,
    );
  }

  /** No farewell: the kernel takes everything. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    this.#child = null;
  }

  async api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  }
}

/** When somebody's telephone rang or was held to an ear. */
interface Occupied {
  readonly number: string;
  readonly fromMs: number;
  untilMs: number;
}

/** Answers, says hello, and hangs up when the line goes dead. Writes down when the phone was in use. */
function customerBehaviour(occupied: Occupied[]): (call: PhoneCall) => Promise<void> {
  return async (call) => {
    const use = { number: call.localUser, fromMs: call.startedAtMs, untilMs: Infinity };
    occupied.push(use);
    call.ring();
    if (await call.wait(200)) {
      // Not awaited: a person listens at once, whether or not an ACK ever comes.
      void call.answer();
      void call.wait(300).then(() => call.play(speech('person-hello')));
      await untilDead(call);
    }
    use.untilMs = Date.now();
    await call.hangUp();
  };
}

/** Returns when no sound has come for a while, or the call is over. */
async function untilDead(call: PhoneCall): Promise<void> {
  let packets = -1;
  let deadMs = 0;
  while (deadMs < DEAD_LINE_MS && (await call.wait(250))) {
    deadMs = call.packets.received === packets ? deadMs + 250 : 0;
    packets = call.packets.received;
  }
}

/** Uses of one telephone that overlap, as text. */
function overlaps(occupied: readonly Occupied[]): readonly string[] {
  return occupied.flatMap((one, index) =>
    occupied
      .slice(index + 1)
      .filter((other) => other.number === one.number && other.fromMs < one.untilMs)
      .map((other) => `${one.number}: ${one.untilMs - other.fromMs} ms`),
  );
}

async function agentBehaviour(call: PhoneCall): Promise<void> {
  if (!(await call.answer())) return;
  await call.wait(400);
  await call.hangUp();
}

const number = (n: number) => `+120255501${String(n).padStart(2, '0')}`;

test(`kill -9 at ${KILLS} random moments of ${CALLBACKS} callbacks (seed ${seed})`, async (t) => {
  const random = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'ringback-kill-'));
  const customer = await Phone.open({ name: 'customer' });
  const occupied: Occupied[] = [];
  customer.onCall(customerBehaviour(occupied));
  const sipPort = await freePort('127.0.0.1');
  const httpPort = await freePort('127.0.0.1');
  const file = join(folder, 'ringback.yaml');
  const config = siteConfig(
    {
      agents: AGENTS,
      trunk: { inboundFrom: [] },
      callback: { ringTimeoutSeconds: 2, maxAttempts: 20, record: false },
      config: { log: { level: 'silent' } },
      httpPort,
      sipPort,
    },
    customer,
    join(folder, 'data'),
  );
  writeFileSync(file, JSON.stringify(config));
  const program = new Program(file, httpPort);
  const phones: Phone[] = [customer];
  t.after(async () => {
    await program.kill();
    await Promise.all(phones.map((phone) => phone.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  await program.start();
  for (const username of AGENTS) {
    const phone = await Phone.open({ name: username });
    phones.push(phone);
    phone.onCall(agentBehaviour);
    const registrar = { host: '127.0.0.1', port: sipPort };
    await phone.register({ registrar, username, password: PASSWORD, expiresSeconds: 600 });
    await program.api('POST', `/api/v1/agents/${username}/login`);
    await program.api('POST', `/api/v1/agents/${username}/ready`);
  }
  const ids: string[] = [];
  for (let n = 0; n < CALLBACKS; n += 1) {
    const body = { queueId: 'support', customerNumber: number(n) };
    ids.push(String((await program.api('POST', '/api/v1/callbacks', body))['id']));
  }
  for (let kill = 0; kill < KILLS; kill += 1) {
    await delay(50 + random() * 1_500);
    await program.kill();
    await program.start();
  }

  const records = await Promise.all(
    ids.map((id) =>
      until(
        `callback ${id}`,
        async () => {
          const record = await program.api('GET', `/api/v1/callbacks/${id}`);
          return record['state'] === 'completed' ? record : null;
        },
        120_000,
      ),
    ),
  );
  for (const record of records) {
    const shown = JSON.stringify(record, null, 1);
    assert.equal(record['reason'], 'AGENT_CONNECTED', shown);
    const attempts = record['attempts'] as { result: string }[];
    const connected = attempts.filter(({ result }) => result === 'CONNECTED');
    assert.equal(connected.length, 1, `joined to an agent once: ${shown}`);
  }
  assert.deepEqual(overlaps(occupied), [], 'nobody was dialled twice at once');
  const interrupted = records.flatMap((record) =>
    (record['attempts'] as { result: string }[]).filter(({ result }) => result === 'INTERRUPTED'),
  ).length;
  t.diagnostic(`${customer.calls.length} calls, ${interrupted} attempts interrupted`);
  assert.ok(interrupted > 0, 'the kills hit live attempts');
});
