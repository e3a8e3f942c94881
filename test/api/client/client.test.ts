// The TypeScript client against the real HTTP server, and against faults put in between.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { ApiProblem, body, createClient, type ClientOptions } from '../../../api/client/index.ts';
import { VirtualClock } from '../../support/clock.ts';
import { until } from '../../support/until.ts';
import { KEY } from '../fakes.ts';
import { served } from '../http.ts';

const WANTED = { queueId: 'support', customerNumber: '+12025550123' };

async function site(t: TestContext, options: Partial<ClientOptions> = {}) {
  const { world, server } = await served(t);
  return { world, url: server.url, api: createClient({ url: server.url, key: KEY, ...options }) };
}

test('a callback is made, read and cancelled with its types', async (t) => {
  const { api } = await site(t);
  const made = await body(api.http.POST('/api/v1/callbacks', { body: WANTED }));
  const params = { path: { id: made.id } };
  const read = await body(api.http.GET('/api/v1/callbacks/{id}', { params }));
  assert.equal(read.customerNumber, WANTED.customerNumber);
  const ended = await body(api.http.POST('/api/v1/callbacks/{id}/cancel', { params }));
  assert.equal(ended.state, 'completed');
});

test('a refusal is thrown as its problem', async (t) => {
  const { api, url } = await site(t);
  const params = { path: { id: 'nobody' } };
  const refused = await assert.rejects(
    body(api.http.GET('/api/v1/callbacks/{id}', { params })),
    (error: unknown) => {
      assert.ok(error instanceof ApiProblem);
      assert.equal(error.code, 'CALLBACK_UNKNOWN');
      assert.equal(error.problem.fields?.['id'], 'nobody');
      return error.problem.remedy.length > 0;
    },
  );
  assert.equal(refused, undefined);
  const stranger = createClient({ url, key: 'wrong' });
  await assert.rejects(body(stranger.http.GET('/api/v1/queues')), { code: 'API_KEY_INVALID' });
});

test('what is no problem document is told by its status', async () => {
  const fetch = async (): Promise<Response> =>
    new Response('<h1>Bad gateway</h1>', { status: 502 });
  const api = createClient({ url: 'http://127.0.0.1:1', fetch });
  await assert.rejects(body(api.http.GET('/healthz')), { code: 'HTTP_502', status: 502 });
});

test('each takes every item, page after page', async (t) => {
  const { api } = await site(t);
  const made: string[] = [];
  for (let n = 0; n < 5; n++) {
    made.push((await body(api.http.POST('/api/v1/callbacks', { body: WANTED }))).id);
  }
  const listed: string[] = [];
  for await (const { id } of api.each('/api/v1/callbacks', { query: { limit: 2 } })) {
    listed.push(id);
  }
  assert.deepEqual(listed.toSorted(), made.toSorted());
});

interface Sent {
  readonly key: string | null;
  readonly method: string;
}

/** A client whose requests are answered by these, one after the other. */
function answered(answers: readonly (Response | Error)[], clock = new VirtualClock()) {
  const sent: Sent[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    sent.push({ key: request.headers.get('Idempotency-Key'), method: request.method });
    const answer = answers[sent.length - 1];
    if (answer instanceof Response) return answer;
    throw answer ?? new Error('one request too many');
  };
  const api = createClient({ url: 'http://example.test', fetch, clock, rng: { next: () => 1 } });
  return { api, sent, clock };
}

const refusal = (status: number, headers: Record<string, string> = {}): Response =>
  new Response(null, { status, headers });

test('a POST is sent again with the same idempotency key', async () => {
  const answers = [refusal(503), new TypeError('broken'), Response.json({ id: 'x' })];
  const { api, sent, clock } = answered(answers);
  const asked = body(api.http.POST('/api/v1/callbacks', { body: WANTED }));
  for (const delayMs of [250, 500]) {
    await until('a wait', () => clock.pendingCount === 1);
    clock.advance(delayMs);
  }
  assert.equal((await asked).id, 'x');
  assert.equal(sent.length, 3);
  assert.equal(new Set(sent.map(({ key }) => key)).size, 1);
  assert.match(sent[0]?.key ?? '', /^[0-9a-f-]{36}$/);
});

test('Retry-After is waited for, and not when it is too long', async () => {
  const { api, sent, clock } = answered([
    refusal(429, { 'Retry-After': '7' }),
    Response.json({ items: [], nextCursor: null }),
    refusal(429, { 'Retry-After': '3600' }),
  ]);
  const asked = body(api.http.GET('/api/v1/queues'));
  await until('the wait', () => clock.pendingCount === 1);
  clock.advance(6_999);
  assert.equal(sent.length, 1);
  clock.advance(1);
  await asked;
  await assert.rejects(body(api.http.GET('/api/v1/queues')), { status: 429 });
});

test('what might have been done is not sent twice', async () => {
  const params = { path: { id: 'x' } };
  const deleting = answered([refusal(503)]);
  await assert.rejects(body(deleting.api.http.DELETE('/api/v1/callbacks/{id}', { params })), {
    status: 503,
  });
  const making = answered([refusal(503)]);
  const key = { name: 'till', roles: ['supervisor' as const] };
  await assert.rejects(body(making.api.http.POST('/api/v1/keys', { body: key })), { status: 503 });
  const failing = answered([new TypeError('broken')]);
  await assert.rejects(failing.api.http.DELETE('/api/v1/callbacks/{id}', { params }), /broken/);
  assert.deepEqual(
    [deleting, making, failing].map(({ sent }) => sent.length),
    [1, 1, 1],
  );
});

test('a broken stream goes on after the last event, and none is told twice', async (t) => {
  const clock = new VirtualClock();
  const asked: (string | null)[] = [];
  const breaks: AbortController[] = [];
  const { api, world } = await site(t, {
    clock,
    fetch: (request) => {
      if (!request.url.includes('/events')) return fetch(request);
      asked.push(request.headers.get('Last-Event-ID'));
      const cut = new AbortController();
      breaks.push(cut);
      return fetch(request, { signal: AbortSignal.any([request.signal, cut.signal]) });
    },
  });
  const seen: string[] = [];
  const broken: string[] = [];
  const stop = new AbortController();
  t.after(() => stop.abort());
  const options = { type: 'callback', after: '0', signal: stop.signal };
  const reading = (async () => {
    const events = api.events({ ...options, onBreak: (reason) => broken.push(reason) });
    for await (const event of events) seen.push(event.id);
  })();
  await world.ask('POST', '/api/v1/callbacks', WANTED);
  await until('an event', () => seen.length > 0);
  const last = seen.at(-1);
  breaks[0]?.abort(new Error('cut'));
  await until('the break', () => broken.length === 1 && clock.pendingCount > 0);
  await world.ask('POST', '/api/v1/callbacks', WANTED);
  clock.advance(3_000);
  await until('what was missed', () => seen.at(-1) !== last);
  assert.equal(asked[1], last);
  assert.equal(new Set(seen).size, seen.length);
  stop.abort();
  await reading;
});

test('a stream that is refused for good is thrown', async (t) => {
  const { url } = await site(t);
  const events = createClient({ url, key: 'wrong' }).events();
  await assert.rejects(events.next(), { code: 'API_KEY_INVALID' });
});

test('the example does what it says', async (t) => {
  const { url } = await site(t);
  const { stdout } = await promisify(execFile)(process.execPath, ['examples/client.ts', url], {
    env: { ...process.env, RINGBACK_API_KEY: KEY },
    timeout: 60_000,
  });
  const [promised = '', listed = '', ...events] = stdout.trim().split('\n');
  assert.match(promised, /^promised \S+$/);
  assert.match(listed, /^listed \S+, \w+$/);
  assert.ok(events.length > 0 && events.every((line) => line.startsWith('event callback ')));
});
