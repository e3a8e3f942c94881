// Calls that come in: which queue gets them, and which callers are gone before they stand in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../core/live.ts';
import type { InboundCall } from '../../sip/index.ts';
import { takeInboundCalls } from '../../api/inbound.ts';
import { VirtualClock } from '../support/clock.ts';
import { until } from '../support/until.ts';

interface Taken {
  readonly told: string[];
  readonly call: (called: { readonly user: string; readonly number?: string }) => void;
}

function taking(fate: { readonly adopted: boolean; readonly live: boolean }): Taken {
  const told: string[] = [];
  let listener: (call: InboundCall) => void = () => undefined;
  takeInboundCalls({
    sip: { onInbound: (own) => (listener = own) },
    queueOfCalled: new Map([['+12025550100', 'support']]),
    adopt: () => Promise.resolve(fate.adopted),
    consult: () => false,
    takeOver: () => false,
    isLive: () => fate.live,
    arrived: ({ queueId, callerNumber }) => told.push(`arrived ${queueId} ${callerNumber ?? ''}`),
    clock: new VirtualClock(),
    ids: { next: () => 'interaction-1' },
    log: silentLog,
  });
  const call: Taken['call'] = ({ user, number = null }) => {
    const inbound: InboundCall = {
      callId: 'call-1',
      source: { kind: 'trunk', trunk: 'carrier' },
      callerNumber: '+12025550123',
      callerName: null,
      calledUser: user,
      calledNumber: number,
      offerSdp: '',
      ring: () => told.push('ring'),
      answer: () => Promise.reject(new Error('the adapter answers')),
      reject: (status) => told.push(`reject ${status}`),
      onCancelled: () => undefined,
    };
    listener(inbound);
  };
  return { told, call };
}

test('a called number of a queue rings, is answered and stands in the queue', async () => {
  const { told, call } = taking({ adopted: true, live: true });
  call({ user: '2025550100', number: '+12025550100' });
  await until('the arrival', () => told.length === 2);
  assert.deepEqual(told, ['ring', 'arrived support +12025550123']);
});

test('an unknown number is refused', () => {
  const { told, call } = taking({ adopted: true, live: true });
  call({ user: 'nobody' });
  assert.deepEqual(told, ['reject 404']);
});

for (const fate of [
  { adopted: false, live: false },
  { adopted: true, live: false },
]) {
  const how = fate.adopted ? 'in one breath with the answer' : 'before the answer';
  test(`a caller who is gone ${how} stands in no queue`, async () => {
    const { told, call } = taking(fate);
    call({ user: '+12025550100' });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(told, ['ring']);
  });
}
