// The lossy relay between two test phones: what is lost is lost, what is sent again arrives.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { describe, test } from 'node:test';
import type { LossyOptions } from './lossy.ts';
import { lossyRelay } from './lossy.ts';
import { Phone } from './phone.ts';
import { until } from './until.ts';

async function phonesApart(t: TestContext, faults: Omit<LossyOptions, 'target'>) {
  const received: string[] = [];
  const note = (text: string) => received.push(text.slice(0, text.indexOf('\r\n')));
  const alice = await Phone.open({ name: 'alice' });
  const bob = await Phone.open({
    name: 'bob',
    trace: ({ direction, text }) => direction === 'received' && note(text),
  });
  const relay = await lossyRelay({ target: bob.address, ...faults });
  t.after(async () => {
    await alice.close();
    await bob.close();
    relay.close();
  });
  bob.onCall(async (call) => {
    call.ring();
    await call.answer();
  });
  return { alice, bob, relay, received, to: `sip:bob@127.0.0.1:${relay.address.port}` };
}

describe('the lossy relay', { concurrency: true }, () => {
  test('s.13.3.1.4: a lost ACK makes the 200 come again', async (t) => {
    let acks = 0;
    const drop = (_n: number, message: string) => message.startsWith('ACK') && ++acks === 1;
    const { alice, bob, relay, received, to } = await phonesApart(t, { drop });
    const call = await alice.dial({ to });
    await until('the second ACK', () => received.some((line) => line.startsWith('ACK')));
    assert.equal(relay.dropped.length, 1);
    assert.match(relay.dropped[0] ?? '', /^ACK/);
    await call.hangUp();
    assert.equal((await bob.calls[0]?.ended)?.by, 'peer');
  });

  test('requests of both sides inside the dialog pass the relay', async (t) => {
    const starts: string[] = [];
    const drop = (_n: number, message: string, direction: string) => {
      starts.push(`${direction} ${message.slice(0, message.indexOf(' '))}`);
      return false;
    };
    const { alice, bob, to } = await phonesApart(t, { drop });
    const call = await alice.dial({ to });
    const other = await until('the callee', () => bob.calls[0]);
    await call.reinvite();
    await other.hangUp();
    assert.equal((await call.ended).by, 'peer');
    assert.ok(starts.includes('to-target ACK'));
    assert.ok(starts.includes('from-target BYE'));
  });

  test('repeated and reordered messages make one call', async (t) => {
    const { alice, bob, received, to } = await phonesApart(t, {
      duplicate: (_n, message) => message.startsWith('INVITE'),
      postpone: (_n, message) => message.startsWith('SIP/2.0 180'),
    });
    const call = await alice.dial({ to });
    assert.equal(bob.calls.length, 1);
    assert.ok(received.filter((line) => line.startsWith('INVITE')).length >= 2);
    await call.hangUp();
  });
});
