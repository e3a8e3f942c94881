// What a finished transaction still does, and that it keeps no message for it.
// RFC 3261 s.17.1.1.2, s.17.1.2.2, s.17.2.1, s.17.2.2; RFC 6026 s.7.1, s.8.7.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { silentLog } from '../../../core/live.ts';
import { plainResponse, requestText, type OutgoingRequest } from '../../../sip/message/build.ts';
import type { SipMessage } from '../../../sip/message/message.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import { TransactionLayer } from '../../../sip/transaction/layer.ts';
import type { ServerTransaction } from '../../../sip/transaction/server.ts';
import { TimerWheel } from '../../../sip/transaction/wheel.ts';
import { Listener, type Flow } from '../../../sip/transport/flow.ts';
import { VirtualClock } from '../../support/clock.ts';
import { invite } from '../message/messages.ts';
import { timers } from './check.ts';

const local = new Listener({ protocol: 'udp', host: '192.0.2.9', port: 5_060 }, null);
const peer: Flow = { protocol: 'udp', local, address: '192.0.2.1', port: 5_062, connection: null };
const stream: Flow = { ...peer, protocol: 'tcp', connection: { open: true } };

/** A transaction layer, what it sent and what its user was told. */
function rig() {
  const clock = new VirtualClock();
  const sent: string[] = [];
  const heard: string[] = [];
  let latest: ServerTransaction | null = null;
  const layer = new TransactionLayer(
    {
      requestReceived(transaction, { method }) {
        latest = transaction;
        heard.push(method);
      },
      ackReceived: () => heard.push('ACK'),
      cancelReceived: () => heard.push('CANCEL'),
      forkAnswered: ({ to }, _flow, otherAck) => heard.push(`${to} ${otherAck}`),
      overloaded: () => heard.push('overloaded'),
    },
    {
      ...{ timers, wheel: new TimerWheel(clock), log: silentLog, maxTransactions: 100 },
      ...{ hashSeed: 1, maxFinishedBytes: 1_000_000 },
      send: (flow, text) => sent.push(`${flow.address}:${flow.port} ${text}`),
    },
  );
  const receive = (text: string, flow = peer) => layer.receive(parsed(text), flow);
  const server = () => latest ?? assert.fail('no transaction');
  const answer = (status: number) => {
    const transaction = server();
    const text = plainResponse(transaction.request!, status, 'Reason', 'tag');
    transaction.respond(status, text);
    return `192.0.2.1:5062 ${text}`;
  };
  const take = () => [sent.splice(0), heard.splice(0)] as const;
  return { clock, layer, receive, server, answer, take };
}

function parsed(text: string): SipMessage {
  return parseMessage(text, { stream: false })?.message ?? assert.fail(text);
}

function request(method: string, branch = 'z9hG4bK1'): string {
  const via = `SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}`;
  return invite({ Via: via, CSeq: `1 ${method}` }).replace(/^INVITE/, method);
}

const bye = request('BYE');

test('s.17.2.2: a BYE that comes again gets its answer again, for 64*T1', () => {
  const { clock, layer, receive, answer, take } = rig();
  receive(bye);
  const answered = answer(200);
  take();
  assert.equal(layer.sizes.transactionsFinished, 1);
  clock.advance(31_900);
  receive(bye);
  assert.deepEqual(take(), [[answered], []]);
  clock.advance(200);
  receive(bye);
  assert.deepEqual(take(), [[], ['BYE']]);
});

test('each is forgotten at its own time, without any further message', () => {
  const { clock, layer, receive, answer } = rig();
  const sizes: number[] = [];
  for (let i = 0; i < 3; i++) {
    receive(request('BYE', `z9hG4bK${i}`));
    answer(200);
    clock.advance(10_000);
  }
  for (let i = 0; i < 3; i++) {
    sizes.push(layer.size);
    clock.advance(10_000);
  }
  assert.deepEqual([...sizes, layer.size], [3, 2, 1, 0]);
  assert.equal(clock.pendingCount, 0);
});

test('s.17.2.2: over TCP nothing is kept', () => {
  const { clock, layer, receive, answer } = rig();
  receive(bye, stream);
  answer(200);
  clock.advance(100);
  assert.equal(layer.size, 0);
});

test('s.17.2.1: a refused INVITE repeats its answer until the ACK, then absorbs for T4', () => {
  const { clock, receive, answer, take, layer } = rig();
  receive(invite());
  const refused = answer(486);
  clock.advance(600);
  assert.deepEqual(take(), [[refused, refused], ['INVITE']]);
  receive(request('ACK'));
  assert.equal(layer.sizes.transactionsFinished, 1);
  clock.advance(4_900);
  receive(request('ACK'));
  receive(invite());
  assert.deepEqual(take(), [[], []]);
  clock.advance(200);
  receive(invite());
  assert.deepEqual(take(), [[], ['INVITE']]);
});

test('RFC 6026 s.8.7: an accepted INVITE repeats its 2xx until released, then absorbs', () => {
  const { clock, receive, answer, server, take, layer } = rig();
  receive(invite());
  const answered = answer(200);
  const transaction = server();
  clock.advance(20_000);
  transaction.respondAgain();
  receive(request('ACK'));
  assert.deepEqual(take(), [
    [answered, answered],
    ['INVITE', 'ACK'],
  ]);
  assert.equal(layer.sizes.transactionsFinished, 0);
  transaction.release();
  assert.equal(layer.sizes.transactionsFinished, 1);
  transaction.respondAgain();
  clock.advance(31_900);
  receive(invite());
  receive(request('ACK'));
  assert.deepEqual(take(), [[], ['ACK']]);
  clock.advance(200);
  assert.equal(layer.size, 0);
});

test('RFC 6026 s.7.1: a relayed 2xx passes again and again, although nothing is kept of it', () => {
  const { receive, server, take, layer } = rig();
  receive(invite());
  server().relay(200, 'one');
  server().relay(200, 'two');
  server().relay(486, 'no');
  assert.deepEqual(take()[0], ['192.0.2.1:5062 one', '192.0.2.1:5062 two']);
  assert.equal(layer.sizes.transactionsFinished, 1);
});

function outgoing(method: string): OutgoingRequest {
  return {
    ...{ method, uri: 'sip:a@192.0.2.1:5062', branch: 'z9hG4bKown', routes: [], maxForwards: 70 },
    via: 'SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKown',
    ...{ from: '<sip:b@192.0.2.9>;tag=b', to: '<sip:a@192.0.2.1>', callId: 'c', cseqNumber: 1 },
    ...{ contact: null, extra: '', body: '' },
  };
}

/** Sends a request and lets it be answered; `again` gives the same response once more. */
function answered(method: string, status: number) {
  const { clock, layer, receive, take } = rig();
  const out = outgoing(method);
  let responses = 0;
  const text = requestText(out);
  const transaction = layer.request(out, text, peer, {
    responseReceived: () => void responses++,
    requestFailed: () => assert.fail('failed'),
  });
  take();
  /** What is sent when the response comes once more, of this callee or another fork. */
  const again = (tag = 'a') => {
    receive(plainResponse(parsed(text), status, 'Reason', tag));
    return take();
  };
  const [first] = again();
  return { clock, layer, again, first, transaction, responses: () => responses };
}

test('s.17.1.1.2: a refusal that comes again gets the same ACK again, for 32 s', () => {
  const { clock, layer, again, first, responses } = answered('INVITE', 486);
  assert.match(
    first.join(),
    /^192\.0\.2\.1:5062 ACK sip:a@192\.0\.2\.1:5062 .*To: [^\r]*;tag=a\r/s,
  );
  assert.equal(layer.sizes.transactionsFinished, 1);
  clock.advance(31_900);
  assert.deepEqual(again(), [first, []]);
  assert.equal(responses(), 1, 'the user hears of it once');
  clock.advance(200);
  assert.deepEqual([again(), layer.size], [[[], []], 0]);
});

test('s.17.1.2.2: an answer that comes again is absorbed for T4', () => {
  const { clock, layer, again, responses } = answered('BYE', 200);
  assert.deepEqual(again(), [[], []]);
  assert.equal(responses(), 1);
  assert.equal(layer.sizes.transactionsFinished, 1);
  clock.advance(5_100);
  assert.equal(layer.size, 0);
});

test('RFC 6026 s.8.4: a 2xx that comes again gets its ACK again, another fork is told', () => {
  const { clock, layer, again, transaction, responses } = answered('INVITE', 200);
  again();
  assert.equal(responses(), 2, 'without an ACK the user hears of it again');
  const ack = 'ACK sip:a@192.0.2.1 SIP/2.0\r\nTo: <sip:a@192.0.2.1>;tag=a\r\n\r\n';
  assert.equal(transaction.acknowledged(ack, { ...peer, protocol: 'tcp' }), false);
  assert.equal(transaction.acknowledged(ack, peer), true);
  assert.equal(layer.sizes.transactionsFinished, 1);
  clock.advance(31_900);
  assert.deepEqual(again(), [[`192.0.2.1:5062 ${ack}`], []]);
  assert.deepEqual(again('b'), [[], [`<sip:a@192.0.2.1>;tag=b ${ack}`]]);
  assert.equal(responses(), 2);
  clock.advance(200);
  assert.equal(layer.size, 0);
});

test('finished transactions count towards the limit', () => {
  const { receive, answer, take } = rig();
  for (let i = 0; i < 100; i++) {
    receive(request('BYE', `z9hG4bK${i}`));
    answer(200);
  }
  take();
  receive(request('BYE', 'z9hG4bKlast'));
  assert.deepEqual(take()[1], ['overloaded']);
});

test('and so do their bytes, however few they are', () => {
  const { receive, answer, take } = rig();
  const vias = ', SIP/2.0/UDP 192.0.2.1'.repeat(2_000);
  for (let i = 0; i < 40; i++) {
    receive(request('BYE', `z9hG4bK${i}${vias}`));
    if (take()[1].includes('overloaded')) break;
    answer(200);
  }
  receive(request('BYE', 'z9hG4bKlast'));
  assert.deepEqual(take()[1], ['overloaded']);
});

test('a finished transaction holds neither its messages nor itself', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const { layer, receive, server, answer } = rig();
  const messages: WeakRef<object>[] = [];
  const finish = (text: string, status: number) => {
    receive(text);
    messages.push(new WeakRef(server().request!), new WeakRef(server()));
    answer(status);
  };
  finish(bye, 200);
  finish(request('INVITE', 'z9hG4bK2'), 486);
  receive(request('ACK', 'z9hG4bK2'));
  finish(request('INVITE', 'z9hG4bK3'), 200);
  server().release();
  // The rig itself holds the latest.
  receive(request('OPTIONS', 'z9hG4bK4'));
  await turn();
  collect();
  assert.equal(layer.sizes.transactionsFinished, 3);
  assert.deepEqual(
    messages.map((message) => message.deref()),
    messages.map(() => undefined),
  );
});
