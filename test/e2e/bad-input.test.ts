// What nobody should send: hostile SIP over UDP and TCP, wrong HTTP requests, and a disk that is
// full. The server answers plainly or not at all, and a call right afterwards works.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { SqliteStore } from '../../callback/index.ts';
import { silentLog } from '../../core/live.ts';
import type { Log, LogFields } from '../../core/ports.ts';
import { person } from '../support/phone/behaviours.ts';
import type { ApiAnswer, Site } from '../support/site.ts';
import { openSite } from '../support/site.ts';
import { speech } from '../support/speech.ts';
import { until } from '../support/until.ts';

const QUEUE_NUMBER = '+12025550100';
const hello = speech('person-hello');

let site: Site;
/** What was logged as an error: an engine that died, a bug. */
const faults: string[] = [];

function faultLog(): Log {
  const note = (event: string, fields?: LogFields) => {
    faults.push(`${event} ${JSON.stringify(fields ?? {})}`);
  };
  return { ...silentLog, error: note, child: faultLog };
}

before(async () => {
  site = await openSite({ log: faultLog(), callback: { callbackOnAbandon: false } });
});

after(() => site.close());

/** A call to the queue is answered and ends: the engine lives and has lost nothing. */
async function callWorks(): Promise<void> {
  const { host, port } = site.sipAddress;
  const call = await site.customer.dial({ to: `sip:${QUEUE_NUMBER}@${host}:${port}` });
  await until('sound', () => call.packets.received > 5);
  await call.hangUp();
  await until('an empty queue', async () => {
    const { body } = await site.expectOk('GET', '/api/v1/queues/support');
    return body['waitingLive'] === 0;
  });
  assert.deepEqual(faults, []);
}

interface Sip {
  readonly start?: string;
  /** Instead of the usual header of that name; null: left out. */
  readonly change?: Readonly<Record<string, string | null>>;
  readonly more?: readonly string[];
  readonly body?: string;
}

let messages = 0;

/** An INVITE to the queue that is right but for the changes. */
function sip({ start, change = {}, more = [], body = '' }: Sip = {}): string {
  messages += 1;
  const to = `sip:${QUEUE_NUMBER}@127.0.0.1`;
  const usual: Record<string, string | null> = {
    Via: `SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKbad${messages};rport`,
    From: `<sip:bad@127.0.0.1>;tag=bad${messages}`,
    To: `<${to}>`,
    'Call-ID': `bad-${messages}`,
    CSeq: '1 INVITE',
    Contact: '<sip:bad@127.0.0.1:9>',
    'Max-Forwards': '70',
    'Content-Length': String(Buffer.byteLength(body)),
    ...change,
  };
  const lines = Object.entries(usual).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}`],
  );
  return [start ?? `INVITE ${to} SIP/2.0`, ...lines, ...more, '', body].join('\r\n');
}

const many = (count: number, line: string) => Array.from({ length: count }, () => line);

/** Never answered with success; the number is the status that says what is wrong. */
const MALFORMED: readonly (readonly [what: string, bytes: string | Buffer, status?: number])[] = [
  ['nothing', Buffer.alloc(0)],
  ['line ends only', '\r\n\r\n\r\n'],
  ['zero bytes', Buffer.alloc(1_000)],
  ['random bytes', randomBytes(1_400)],
  ['as much as a datagram holds', randomBytes(65_507)],
  ['5 000 headers', sip({ more: many(5_000, 'X-A: b') }), 400],
  ['1 500 Vias', sip({ more: many(1_500, 'Via: SIP/2.0/UDP 127.0.0.1:9;branch=z') }), 400],
  ['a start line of one word', sip({ start: 'INVITE' })],
  ['another version', sip({ start: `INVITE sip:${QUEUE_NUMBER}@127.0.0.1 SIP/9.9` }), 505],
  ['no Request-URI', sip({ start: 'INVITE  SIP/2.0' })],
  ['a Request-URI that is none', sip({ start: 'INVITE <<>> SIP/2.0' })],
  ['no Via', sip({ change: { Via: null } })],
  ['no From', sip({ change: { From: null } }), 400],
  ['no To', sip({ change: { To: null } }), 400],
  ['no Call-ID', sip({ change: { 'Call-ID': null } }), 400],
  ['no CSeq', sip({ change: { CSeq: null } }), 400],
  ['no Contact', sip({ change: { Contact: null } }), 400],
  ['a CSeq beyond 2^31', sip({ change: { CSeq: '99999999999999999999 INVITE' } }), 400],
  ['a CSeq of another method', sip({ change: { CSeq: '1 BYE' } }), 400],
  ['a From without end', sip({ change: { From: '"bad <sip:bad@127.0.0.1' } })],
  ['a length beyond the end', sip({ change: { 'Content-Length': '5000' }, body: 'v=0' }), 400],
  ['a negative length', sip({ change: { 'Content-Length': '-1' } }), 400],
  ['a length in words', sip({ change: { 'Content-Length': 'ten' } }), 400],
  ['a header smuggled by CR', sip({ change: { 'Call-ID': 'x\rRoute: <sip:evil>' } })],
  ['a header smuggled by LF', sip({ change: { From: '<sip:a@b>\nVia: x;tag=1' } })],
  ['a folded header without a first line', sip({ start: ' INVITE sip:a SIP/2.0' })],
  [
    'a method of bytes that are no UTF-8',
    Buffer.from(sip().replace('INVITE', '\xff\xfe\xc0'), 'latin1'),
  ],
  ['an answer to nothing', sip({ start: 'SIP/2.0 200 OK' })],
  ['an answer of no status', sip({ start: 'SIP/2.0 99999 What' })],
  ['an ACK to nothing', sip({ start: 'ACK sip:x SIP/2.0', change: { CSeq: '1 ACK' } })],
  [
    'a description that is none',
    sip({ more: ['Content-Type: application/sdp'], body: 'x'.repeat(9) }),
  ],
];

test('malformed datagrams', async (t) => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  const { host, port } = site.sipAddress;
  const answers: string[] = [];
  socket.on('message', (bytes) => answers.push(bytes.toString('latin1')));
  for (const [what, bytes, status] of MALFORMED) {
    await t.test(what, async () => {
      answers.length = 0;
      socket.send(bytes, port, host);
      // What comes after it shows that it was read.
      const probe = options('UDP');
      socket.send(probe.text, port, host);
      await until('an answer to OPTIONS', () =>
        answers.some((text) => text.includes(probe.branch)),
      );
      const own = answers.filter((text) => !text.includes(probe.branch));
      const statuses = own.map((text) => Number(text.slice(8, 11)));
      assert.ok(
        statuses.every((one) => one < 200 || one >= 400),
        statuses.join(),
      );
      if (status !== undefined) assert.ok(statuses.includes(status), statuses.join());
    });
  }
  await callWorks();
});

function options(protocol: 'UDP' | 'TCP'): { readonly text: string; readonly branch: string } {
  const branch = `z9hG4bKprobe${(messages += 1)}`;
  const via = `SIP/2.0/${protocol} 127.0.0.1:9;branch=${branch};rport`;
  const start = 'OPTIONS sip:127.0.0.1 SIP/2.0';
  return { text: sip({ start, change: { Via: via, CSeq: '1 OPTIONS' } }), branch };
}

/** What came back on a connection that sent these pieces, each after the one before was taken. */
async function overTcp(t: TestContext, pieces: readonly (string | Buffer)[]) {
  const tcp = site.server.sip.find(({ protocol }) => protocol === 'tcp');
  assert.ok(tcp);
  const socket = connect(tcp.port, tcp.host);
  t.after(() => socket.destroy());
  const seen = { text: '', closed: false };
  socket.setEncoding('latin1').on('data', (text: string) => (seen.text += text));
  socket.on('close', () => (seen.closed = true)).on('error', () => undefined);
  await once(socket, 'connect');
  for (const piece of pieces) {
    if (socket.writable) await new Promise((done) => socket.write(piece, () => done(null)));
  }
  return seen;
}

const GARBAGE: readonly (readonly [what: string, pieces: readonly (string | Buffer)[]])[] = [
  ['random bytes', [randomBytes(100_000)]],
  ['a header that never ends', many(100, `X: ${'a'.repeat(10_000)}`)],
  ['headers that never end', ['INVITE sip:a SIP/2.0\r\n', ...many(50, 'X-A: b\r\n'.repeat(500))]],
  ['a body larger than any', [sip({ change: { 'Content-Length': '999999999' } })]],
  ['a length in words', [sip({ change: { 'Content-Length': 'ten' } }), options('TCP').text]],
  ['another protocol', ['GET / HTTP/1.1\r\nHost: a\r\n\r\n']],
];

test('garbage over TCP costs its own connection only', async (t) => {
  for (const [what, pieces] of GARBAGE) {
    await t.test(what, async () => {
      const seen = await overTcp(t, pieces);
      await until('the end of the connection', () => seen.closed);
      assert.doesNotMatch(seen.text, /^SIP\/2\.0 200/mu);
    });
  }
  await callWorks();
});

test('over TCP messages come in pieces and in heaps', async (t) => {
  const first = options('TCP');
  const second = options('TCP');
  const bytes = [...first.text];
  const slowly = await overTcp(t, bytes);
  await until('one answer', () => slowly.text.includes(first.branch));
  const heap = await overTcp(t, [`\r\n\r\n${first.text}${second.text}${first.text.slice(0, 50)}`]);
  await until('two answers', () => heap.text.includes(second.branch));
  assert.ok(!heap.closed, 'half a message waits for its rest');
  await callWorks();
});

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly field?: string;
  readonly fieldCode?: string;
}

function assertProblem(answer: ApiAnswer, wanted: Refusal): void {
  const shown = JSON.stringify(answer.body);
  const { status, code, field, fieldCode } = wanted;
  assert.equal(answer.status, status, shown);
  assert.match(answer.headers.get('Content-Type') ?? '', /^application\/problem\+json/u);
  assert.equal(answer.body['code'], code, shown);
  assert.equal(answer.body['type'], `/docs/errors#${code}`);
  assert.equal(typeof answer.body['requestId'], 'string');
  assert.doesNotMatch(shown, /\.ts:|\bat [A-Za-z]|node:internal/u, 'no stack');
  if (field === undefined) return;
  const issues = answer.body['errors'] as { field: string; code: string }[];
  const issue = issues.find((one) => one.field === field);
  assert.ok(issue, `names ${field}: ${shown}`);
  if (fieldCode !== undefined) assert.equal(issue.code, fieldCode, shown);
}

const request = { queueId: 'support', customerNumber: '+12025550123' };

const REFUSED: readonly (readonly [what: string, body: object, refusal: Refusal])[] = [
  [
    'a number that cannot exist',
    { ...request, customerNumber: '+1999' },
    { status: 400, code: 'PHONE_NUMBER_INVALID', field: 'customerNumber' },
  ],
  [
    'a number in words',
    { ...request, customerNumber: 'call me' },
    { status: 400, code: 'PHONE_NUMBER_INVALID', field: 'customerNumber' },
  ],
  [
    'a premium-rate number',
    { ...request, customerNumber: '+19002345678' },
    { status: 400, code: 'PHONE_NUMBER_REFUSED', field: 'customerNumber' },
  ],
  [
    'an unknown queue',
    { ...request, queueId: 'nobody' },
    { status: 404, code: 'CALLBACK_QUEUE_UNKNOWN', field: 'queueId' },
  ],
  [
    'a past time',
    { ...request, desiredTime: '2020-01-01T00:00:00Z' },
    { status: 400, code: 'CALLBACK_TIME_PAST', field: 'desiredTime' },
  ],
  [
    'a time without offset',
    { ...request, desiredTime: '2030-01-01T00:00:00' },
    { status: 400, code: 'REQUEST_INVALID', field: 'desiredTime' },
  ],
  [
    'a time too far away',
    { ...request, desiredTime: '2090-01-01T00:00:00Z' },
    { status: 400, code: 'CALLBACK_TIME_TOO_FAR', field: 'desiredTime' },
  ],
  [
    'an unknown field',
    { ...request, retries: 3 },
    { status: 400, code: 'REQUEST_INVALID', field: 'retries', fieldCode: 'UNKNOWN_FIELD' },
  ],
  [
    'a missing field',
    { queueId: 'support' },
    { status: 400, code: 'REQUEST_INVALID', field: 'customerNumber', fieldCode: 'REQUIRED' },
  ],
  [
    'a wrong type',
    { ...request, priority: 'high' },
    { status: 400, code: 'REQUEST_INVALID', field: 'priority', fieldCode: 'WRONG_TYPE' },
  ],
  [
    'too many attempts',
    { ...request, maxAttempts: 99 },
    { status: 400, code: 'REQUEST_INVALID', field: 'maxAttempts', fieldCode: 'OUT_OF_RANGE' },
  ],
  [
    'an oversize body',
    { ...request, userData: { text: 'x'.repeat(2_000_000) } },
    { status: 413, code: 'BODY_TOO_LARGE' },
  ],
];

for (const [what, body, refusal] of REFUSED) {
  test(`refused: ${what}`, async () => {
    assertProblem(await site.api('POST', '/api/v1/callbacks', body), refusal);
  });
}

test('refused: wrong content type, no JSON, no key, a wrong key, no such route', async () => {
  const path = '/api/v1/callbacks';
  const text = { 'Content-Type': 'text/plain' };
  const mistyped = await site.api('POST', path, request, text);
  assertProblem(mistyped, { status: 415, code: 'MEDIA_TYPE_UNSUPPORTED' });
  const anonymous = await site.api('POST', path, request, { Authorization: '' });
  assertProblem(anonymous, { status: 401, code: 'API_KEY_MISSING' });
  assert.match(anonymous.headers.get('WWW-Authenticate') ?? '', /^Bearer/u);
  const guessed = await site.api('POST', path, request, { Authorization: 'Bearer guessed' });
  assertProblem(guessed, { status: 401, code: 'API_KEY_INVALID' });
  assertProblem(await site.api('GET', '/api/v2/x'), { status: 404, code: 'ROUTE_UNKNOWN' });
  assertProblem(await site.api('PUT', path, request), { status: 405, code: 'METHOD_NOT_ALLOWED' });
  const { body } = await site.expectOk('GET', path);
  assert.deepEqual(body['items'], [], 'none of them was promised');
});

test('a full disk: 503 for new callbacks, the old ones are kept and carried out', async (t) => {
  // Only the assembly knows its store.
  const unfinished = t.mock.method(SqliteStore.prototype, 'unfinished');
  const full = await openSite({ callback: { record: false } });
  t.after(() => full.close());
  full.customer.onCall(person({ hello, stayMs: 5_000 }));
  const agent = await full.agentPhone('anna');
  agent.onCall(person({ hello, stayMs: 400 }));
  const id = await full.callBack();
  const store = unfinished.mock.calls[0]?.this;
  assert.ok(store instanceof SqliteStore);
  store.limitPages(1);
  const filling = async (n: number) =>
    full.api('POST', '/api/v1/callbacks', {
      queueId: 'support',
      customerNumber: `+120255501${String(n).padStart(2, '0')}`,
      userData: { note: 'x'.repeat(1_000) },
    });
  let refused = await filling(0);
  for (let n = 1; refused.status < 300 && n < 99; n += 1) refused = await filling(n);
  assertProblem(refused, { status: 503, code: 'STORE_UNAVAILABLE' });
  assert.ok(Number(refused.headers.get('Retry-After')) > 0);
  assert.equal((await full.callback(id))['state'], 'queued');
  await full.ready('anna');
  assert.equal((await full.api('GET', '/healthz')).status, 200);
  store.limitPages(1_000_000);
  const record = await full.callbackIn(id, 'completed');
  assert.equal(record['reason'], 'AGENT_CONNECTED', JSON.stringify(record));
  assert.equal((await filling(99)).status, 201);
});
