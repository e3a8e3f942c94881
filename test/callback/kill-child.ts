// The process that test/callback/kill.test.ts kills: real store, real driver, imagined telephones
// that write every dial down. Time runs faster here, from one beginning for all its lives.
import { appendFileSync } from 'node:fs';
import type { Clock } from '../../core/ports.ts';
import { liveIds, silentLog } from '../../core/live.ts';
import { createCallbacks, SqliteStore } from '../../callback/index.ts';
import type { DialCustomer } from '../../callback/index.ts';
import { agentOf, findingOf, RecordingAgents, RecordingCalls } from './support.ts';
import { requestOf, settingsOf } from './support.ts';

const [path = '', logPath = '', epoch = '0', factor = '1', count = '0'] = process.argv.slice(2);
const epochMs = Number(epoch);
const speed = Number(factor);

const clock: Clock = {
  nowMs: () => Math.floor(epochMs + (Date.now() - epochMs) * speed),
  monotonicMs: () => performance.now() * speed,
  after(delayMs, fire) {
    const handle = setTimeout(fire, delayMs / speed);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** One line, in the file before the call returns. */
function note(what: string, ...facts: readonly (string | number)[]): void {
  appendFileSync(logPath, `${[what, clock.nowMs(), ...facts].join(' ')}\n`);
}

/** Every customer answers, every agent comes, every conversation lasts a second. */
class Telephones extends RecordingCalls {
  override dialCustomer(command: DialCustomer): void {
    super.dialCustomer(command);
    const { interactionId: id, attemptKey: key, customerNumber } = command;
    note('dial', id, key, customerNumber);
    this.#soon(id, key, 400, () => this.say(id, { type: 'customer-answered' }));
    this.#soon(id, key, 800, () =>
      this.say(id, { type: 'customer-classified', finding: findingOf('person') }),
    );
  }
  override playToCustomer(id: string, treatment: string, loop: boolean): void {
    super.playToCustomer(id, treatment, loop);
    const key = this.live.get(id) ?? '';
    if (!loop) this.#soon(id, key, 300, () => this.say(id, { type: 'treatment-ended', treatment }));
  }
  override ringAgent(command: { interactionId: string; username: string; reservationId: string }) {
    super.ringAgent(command);
    const { interactionId: id, reservationId } = command;
    const key = this.live.get(id) ?? '';
    this.#soon(id, key, 200, () => this.say(id, { type: 'agent-answered', reservationId }));
  }
  override join(id: string, reservationId: string, record: boolean): void {
    super.join(id, reservationId, record);
    const key = this.live.get(id) ?? '';
    this.say(id, { type: 'joined', reservationId, recording: null });
    this.#soon(id, key, 1_000, () => this.say(id, { type: 'customer-hung-up' }));
  }
  override endContact(id: string): void {
    const key = this.live.get(id);
    if (key !== undefined) note('over', id, key);
    super.endContact(id);
  }
  #soon(id: string, key: string, delayMs: number, act: () => void): void {
    clock.after(delayMs, () => {
      if (this.live.get(id) === key) act();
    });
  }
}

let reservations = 0;
class Desks extends RecordingAgents {
  override submit(entry: { interactionId: string; arrivedAtMs: number }): void {
    super.submit(entry);
    const reservationId = `${process.pid}-${(reservations += 1)}`;
    clock.after(100, () =>
      this.say(entry.interactionId, { type: 'agent-reserved', ...agentOf(reservationId) }),
    );
  }
}

const store = new SqliteStore({ path });
const callbacks = createCallbacks(
  { settings: [settingsOf({ ringTimeoutSeconds: 12, retryGapSeconds: 0, maxAttempts: 20 })] },
  { store, calls: new Telephones(), agents: new Desks(), clock, ids: liveIds, log: silentLog },
);
await callbacks.start();
process.stdout.write('ready\n');

for (let index = 0; index < Number(count); index += 1) {
  const customerNumber = `+1202555${1000 + index}`;
  const asked = requestOf({ customerNumber, idempotencyKey: `key-${index}` });
  const { record, replayed } = await callbacks.create(asked);
  note('accepted', record.id);
  if (!replayed) await new Promise<void>((resolve) => void clock.after(600, resolve));
}
const isDone = () => store.unfinished().length === 0;
while (!isDone()) await new Promise<void>((resolve) => void clock.after(500, resolve));
await callbacks.stop();
store.close();
process.stdout.write('done\n');
