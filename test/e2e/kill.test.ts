// The real program, killed at up to 20 random moments while it carries out 20 callbacks: none
// is lost, none is done twice, nobody's telephone rings twice at once.
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { PhoneCall } from '../support/phone.ts';
import { Phone } from '../support/phone.ts';
import { ProgramSite } from '../support/program.ts';
import { PASSWORD } from '../support/site.ts';
import { seededRandom } from '../support/audio.ts';
import { speech } from '../support/speech.ts';
import { until } from '../support/until.ts';

const CALLBACKS = 20;
const KILLS = 20;
const AGENTS = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'];
/** A person hangs up a line that has been dead for so long. */
const DEAD_LINE_MS = 3_000;
/** On a busy machine a start takes many seconds: then the kills are fewer. */
const KILLING_MS = 90_000;

const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);

/** When somebody's telephone rang or was held to an ear. */
interface Occupied {
  readonly number: string;
  readonly fromMs: number;
  untilMs: number;
}

/** Answers, says hello, hangs up a dead line, and writes down when the phone was in use. */
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
  await call.wait(1_200);
  await call.hangUp();
}

/** Phones of the agents, registered and ready. Registrations outlive the program. */
async function readyAgents(program: ProgramSite): Promise<readonly Phone[]> {
  const registrar = program.sip;
  const phones: Phone[] = [];
  for (const username of AGENTS) {
    const phone = await Phone.open({ name: username });
    phones.push(phone);
    phone.onCall(agentBehaviour);
    await phone.register({ registrar, username, password: PASSWORD, expiresSeconds: 600 });
    await program.api('POST', `/api/v1/agents/${username}/login`);
    await program.api('POST', `/api/v1/agents/${username}/ready`);
  }
  return phones;
}

async function createCallbacks(program: ProgramSite): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let n = 0; n < CALLBACKS; n += 1) {
    const customerNumber = `+120255501${String(n).padStart(2, '0')}`;
    const body = { queueId: 'support', customerNumber };
    ids.push(String((await program.api('POST', '/api/v1/callbacks', body))['id']));
  }
  return ids;
}

/** The record of a callback once it is completed. */
function completed(program: ProgramSite, id: string): Promise<Record<string, unknown>> {
  const probe = async () => {
    const record = await program.api('GET', `/api/v1/callbacks/${id}`);
    return record['state'] === 'completed' ? record : null;
  };
  return until(`callback ${id}`, probe, 120_000);
}

function resultsOf(record: Record<string, unknown>): readonly string[] {
  return (record['attempts'] as { result: string }[]).map(({ result }) => result);
}

const title = `kill -9 at up to ${KILLS} random moments of ${CALLBACKS} callbacks (seed ${seed})`;

test(title, async (t) => {
  const random = seededRandom(seed);
  const customer = await Phone.open({ name: 'customer' });
  const occupied: Occupied[] = [];
  customer.onCall(customerBehaviour(occupied));
  const program = await ProgramSite.make(customer, {
    agents: AGENTS,
    trunk: { inboundFrom: [] },
    callback: { ringTimeoutSeconds: 2, maxAttempts: 20, record: false },
    config: { log: { level: 'silent' } },
  });
  const phones: Phone[] = [customer];
  t.after(async () => {
    await program.close();
    await Promise.all(phones.map((phone) => phone.close()));
  });

  await program.start();
  phones.push(...(await readyAgents(program)));
  const ids = await createCallbacks(program);
  const startedAtMs = performance.now();
  let kills = 0;
  for (; kills < KILLS && performance.now() - startedAtMs < KILLING_MS; kills += 1) {
    await delay(50 + random() * 1_500);
    await program.kill();
    await program.start();
  }

  const records = await Promise.all(ids.map((id) => completed(program, id)));
  for (const record of records) {
    const shown = JSON.stringify(record, null, 1);
    assert.equal(record['reason'], 'AGENT_CONNECTED', shown);
    const connected = resultsOf(record).filter((result) => result === 'CONNECTED');
    assert.equal(connected.length, 1, `joined to an agent once: ${shown}`);
  }
  assert.deepEqual(overlaps(occupied), [], 'nobody was dialled twice at once');
  const interrupted = records.flatMap(resultsOf).filter((result) => result === 'INTERRUPTED');
  t.diagnostic(
    `${kills} kills, ${customer.calls.length} calls, ${interrupted.length} attempts interrupted`,
  );
  assert.ok(interrupted.length > 0, 'the kills hit live attempts');
});
