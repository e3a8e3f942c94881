// Telephone events (RFC 4733): what one side sends the other understands, with loss and order.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { EventReceiver, EventSender, isDigits } from '../../../media/rtp/telephone-event.ts';

interface Sent {
  readonly payload: Buffer;
  readonly timestamp: number;
  readonly marker: boolean;
}

/** All packets of these digits, one tick after the other. */
function packetsOf(digits: string, startTicks = 0): Sent[] {
  const sender = new EventSender();
  sender.push(digits);
  const sent: Sent[] = [];
  for (let clock = startTicks; sender.busy; clock = (clock + 160) >>> 0) {
    const payload = Buffer.alloc(4);
    if (!sender.write(payload, 0, clock)) continue;
    sent.push({ payload, timestamp: sender.startTicks, marker: sender.opens });
  }
  return sent;
}

function receiver(): { receiver: EventReceiver; digits: string[] } {
  const digits: string[] = [];
  return {
    receiver: new EventReceiver((digit, ticks) => digits.push(`${digit}:${ticks}`)),
    digits,
  };
}

test('s.2.5.1: start with the marker, growing durations, the end three times', () => {
  const sent = packetsOf('5');
  const view = sent.map(({ payload, marker }) => [marker, payload[0], payload.readUInt16BE(2)]);
  assert.deepEqual(view, [
    [true, 5, 160],
    [false, 5, 320],
    [false, 5, 480],
    [false, 5, 640],
    [false, 5, 800],
    [false, 5, 800],
    [false, 5, 800],
    [false, 5, 800],
  ]);
  assert.deepEqual(
    sent.map(({ payload }) => ((payload[1] ?? 0) & 0x80) !== 0),
    [false, false, false, false, false, true, true, true],
  );
  assert.equal(new Set(sent.map(({ timestamp }) => timestamp)).size, 1);
});

test('all digits arrive once each, also equal ones, also around the timestamp corner', () => {
  const { receiver: into, digits } = receiver();
  const all = '0123456789*#ABCD11';
  for (const { payload, timestamp } of packetsOf(all, 0xffff_fe00))
    into.push(payload, 0, timestamp, 0);
  assert.equal(digits.join(' '), [...all].map((digit) => `${digit}:800`).join(' '));
});

test('s.2.5.2: with every end packet lost, time or the next event ends it', () => {
  const { receiver: into, digits } = receiver();
  const noEnds = packetsOf('12').filter(({ payload }) => ((payload[1] ?? 0) & 0x80) === 0);
  for (const { payload, timestamp } of noEnds) into.push(payload, 0, timestamp, 0);
  assert.deepEqual(digits, ['1:800']);
  into.tick(100);
  assert.deepEqual(digits, ['1:800']);
  into.tick(1_000);
  assert.deepEqual(digits, ['1:800', '2:800']);
});

test('late packets of an older event and flash events are ignored', () => {
  const { receiver: into, digits } = receiver();
  const [one, two] = [packetsOf('1', 0), packetsOf('2', 4_000)];
  for (const { payload, timestamp } of [...one, ...two, ...one])
    into.push(payload, 0, timestamp, 0);
  into.push(Buffer.from([16, 0x80, 0, 160]), 0, 90_000, 0);
  assert.deepEqual(digits, ['1:800', '2:800']);
});

test('what may be sent', () => {
  assert.equal(isDigits('0*#D'), true);
  for (const bad of ['', 'E', '1 2', 'a', '1'.repeat(65)]) assert.equal(isDigits(bad), false);
});
