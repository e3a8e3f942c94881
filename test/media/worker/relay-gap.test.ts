// A relay whose source falters: what goes on to the listener, told with a clock in our hand.
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { until } from '../../support/until.ts';
import type { Scene, Side } from './scene.ts';
import { scene, sound } from './scene.ts';

interface Relay extends Scene {
  readonly listener: Side;
  /** The peer of `a` says so many packets at once; resolves when they were read. */
  readonly say: (count: number) => Promise<void>;
  /** What the listener got since the relay began: `x` what was said, `.` our own silence. */
  readonly line: () => string;
  readonly reaches: (length: number) => Promise<void>;
}

async function relay(t: TestContext): Promise<Relay> {
  const base = await scene(t);
  const listener = await base.open('b');
  base.room.handle({ type: 'bridge', legIdA: 'a', legIdB: 'b' });
  let said = 0;
  const say = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++, said++) {
      base.peer.send({ payloadType: 0, sequence: said, timestamp: said * 160, payload: sound });
    }
    await until('all read', () => base.received() === said);
  };
  const line = (): string =>
    listener.peer.heard.map(({ payload }) => (payload[80] === sound[80] ? 'x' : '.')).join('');
  const reaches = async (length: number): Promise<void> => {
    await until(`${length} packets`, () => listener.peer.heard.length >= length);
  };
  return { ...base, listener, say, line, reaches };
}

function assertSteady({ listener }: Relay): void {
  const { heard } = listener.peer;
  for (let i = 1; i < heard.length; i++) {
    const step = ((heard[i]?.timestamp ?? 0) - (heard[i - 1]?.timestamp ?? 0)) | 0;
    assert.equal(step, 160, `packet ${i}`);
  }
}

test('packets that come late in a bunch are passed on, with nothing in between', async (t) => {
  const all = await relay(t);
  await all.say(1);
  for (let bunch = 0; bunch < 5; bunch++) {
    all.pass(200);
    await all.say(10);
  }
  await all.reaches(51);
  assert.equal(all.line(), 'x'.repeat(51));
  assertSteady(all);
});

test('a source silent for long is replaced by silence, and heard when it is back', async (t) => {
  const all = await relay(t);
  await all.say(1);
  all.pass(400);
  await until('silence', () => all.line().includes('.'));
  await all.say(3);
  await until('sound again', () => all.line().endsWith('xxx'));
  assert.match(all.line(), /^x\.{8,10}xxx$/);
});

test('a late worker sends no silence between packets it has not read yet', async (t) => {
  const all = await relay(t);
  await all.say(1);
  all.pass(1_000, true);
  await all.say(50);
  await all.reaches(51);
  assert.equal(all.line(), 'x'.repeat(51));
});

test('a packet far out of order after a silence costs nothing that follows', async (t) => {
  const all = await relay(t);
  await all.say(1);
  all.pass(400);
  await until('silence', () => all.line().includes('.'));
  all.peer.send({ payloadType: 0, sequence: 20_000, timestamp: 160, payload: sound });
  for (let i = 1; i <= 10; i++) {
    all.peer.send({ payloadType: 0, sequence: i, timestamp: i * 160, payload: sound });
  }
  await until('sound again', () => all.line().endsWith('x'.repeat(10)));
});
