// The registrar over real UDP: proofs right and wrong, contacts, expiry, and what a restart keeps.
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteRegistrarStore } from '../../../sip/index.ts';
import type { PhoneError } from '../../support/phone.ts';
import { Baresip } from '../../support/baresip.ts';
import { answerChallenge } from '../../support/phone/digest.ts';
import { Dialog } from '../../support/phone/dialog.ts';
import { Endpoint } from '../../support/phone/endpoint.ts';
import { header } from '../../support/phone/message.ts';
import type { HeaderLines, SipText } from '../../support/phone/message.ts';
import { requireTool } from '../../support/tools.ts';
import { until } from '../../support/until.ts';
import { registrarOptions } from './support/options.ts';
import { Notes, openWorld, request, TO_USER } from './support/world.ts';
import type { World } from './support/world.ts';

const credentials = { username: '1001', password: 'secret' };

/** A bare socket that sends REGISTERs as told. */
async function registrant(t: TestContext, { address }: World, user = '1001') {
  const none = () => undefined;
  const endpoint = await Endpoint.open(
    ...([{ host: '127.0.0.1', port: 0, trace: none, delayMs: 0, ...lossless }, none] as const),
  );
  t.after(() => endpoint.close());
  const record = `sip:${user}@ringback.test`;
  const dialog = Dialog.calling(record, record, `sip:${user}@127.0.0.1`, address);
  const uri = 'sip:ringback.test';
  const send = (more: HeaderLines): Promise<SipText> => {
    const register = dialog.request('REGISTER', []);
    const bare = register.headers.filter(([name]) => name !== 'Contact');
    const headers = [...bare, ...more];
    return endpoint.request({ ...register, headers, uri, destination: address }).final;
  };
  const prove = (challenge: SipText) =>
    answerChallenge(challenge, { method: 'REGISTER', uri }, credentials, null);
  /** Challenge and answer in one go. */
  const register = async (more: HeaderLines): Promise<SipText> => {
    const challenge = await send(more);
    return send([...more, prove(challenge)]);
  };
  return { send, prove, register };
}

const lossless = { dropReceived: () => false, dropSent: () => false };

for (const algorithm of ['MD5', 'SHA-256'] as const) {
  test(`a phone registers with ${algorithm} and leaves again`, async (t) => {
    const world = await openWorld(t);
    const phone = await world.phone({ name: '1001' });
    await phone.register({ ...credentials, registrar: world.address, algorithm });
    const [binding] = world.sip.bindings('1001');
    assert.equal(binding?.receivedFrom, `udp/127.0.0.1:${phone.address.port}`);
    const { registeredUsers, registeredContacts } = await world.sip.stats();
    assert.deepEqual([registeredUsers, registeredContacts], [1, 1]);
    await phone.unregister();
    assert.deepEqual(world.sip.bindings('1001'), []);
    assert.deepEqual(world.registrations, [
      ['1001', true],
      ['1001', false],
    ]);
  });
}

test('RFC 3327 s.5.3: a Path is kept, and repeated in the answer', async (t) => {
  const world = await openWorld(t);
  const { register } = await registrant(t, world);
  const path = '<sip:edge.example.com;lr>';
  const answer = await register([
    ['Contact', '<sip:1001@192.0.2.9>'],
    ['Path', path],
    ['Require', 'path'],
  ]);
  assert.equal(answer.status, 200);
  assert.equal(header(answer, 'path'), path);
  assert.equal(world.sip.bindings('1001')[0]?.path, path);
});

test('a wrong password and an unknown user get the same 401', async (t) => {
  const world = await openWorld(t);
  const phone = await world.phone({ name: '1001' });
  const is401 = (error: PhoneError) => error.status === 401;
  const attempt = (username: string, password: string) =>
    phone.register({ username, password, registrar: world.address });
  await assert.rejects(attempt('1001', 'wrong'), is401);
  const other = await world.phone({ name: '9999' });
  const unknown = other.register({ ...credentials, username: '9999', registrar: world.address });
  await assert.rejects(unknown, is401);
  assert.deepEqual(world.sip.bindings('1001'), []);
});

test('both challenges come on lines of their own, the stronger first (RFC 8760)', async (t) => {
  const world = await openWorld(t);
  const { send } = await registrant(t, world);
  const { headers } = await send([]);
  const challenges = headers.filter(([name]) => name === 'www-authenticate');
  assert.deepEqual(
    challenges.map(([, value]) => /algorithm=([^,]+)/.exec(value)?.[1]),
    ['SHA-256', 'MD5'],
  );
});

test('an old nonce is stale: the phone may try again without asking its user', async (t) => {
  const world = await openWorld(t);
  const { send, prove } = await registrant(t, world);
  const proof = prove(await send([]));
  world.clock.step(301_000);
  const response = await send([proof]);
  assert.equal(response.status, 401);
  assert.match(header(response, 'www-authenticate'), /stale=true/);
  assert.equal((await send([prove(response)])).status, 200);
});

test('a proof sent twice is a replay', async (t) => {
  const world = await openWorld(t);
  const { send, prove } = await registrant(t, world);
  const proof = prove(await send([]));
  assert.equal((await send([proof])).status, 200);
  assert.equal((await send([proof])).status, 401);
});

test('a proof for another realm URI or another user’s record does not serve', async (t) => {
  const world = await openWorld(t);
  const { send } = await registrant(t, world);
  const challenge = await send([]);
  const elsewhere = { method: 'REGISTER', uri: 'sip:other.test' };
  assert.equal(
    (await send([answerChallenge(challenge, elsewhere, credentials, null)])).status,
    401,
  );
  world.sip.putSubscriber('1002', 'other');
  const thief = await registrant(t, world, '1002');
  assert.equal((await thief.register([['Contact', '<sip:1002@127.0.0.1>']])).status, 403);
});

test('s.10.3: contacts are listed, refreshed, limited, removed', async (t) => {
  const world = await openWorld(t);
  const { register } = await registrant(t, world);
  // A second may begin between two requests.
  const contacts = (response: SipText) =>
    header(response, 'contact')
      .replace(/=(99|199)\b/g, (_, n) => `=${Number(n) + 1}`)
      .split(', ')
      .sort();
  const put = (contact: string, expires: string) =>
    register([
      ['Contact', contact],
      ['Expires', expires],
    ]);
  assert.deepEqual(contacts(await put('<sip:a@10.0.0.1>', '100')), [
    '<sip:a@10.0.0.1>;expires=100',
  ]);
  assert.deepEqual(contacts(await put('<sip:b@10.0.0.1>;expires=200', '100')), [
    '<sip:a@10.0.0.1>;expires=100',
    '<sip:b@10.0.0.1>;expires=200',
  ]);
  assert.equal(contacts(await register([])).length, 2, 'a query lists them');
  const brief = await put('<sip:a@10.0.0.1>', '5');
  assert.equal(brief.status, 423);
  assert.equal(header(brief, 'min-expires'), '60');
  await put('<sip:c@10.0.0.1>', '300');
  assert.equal(contacts(await put('<sip:d@10.0.0.1>', '300')).length, 3, 'the limit');
  const left = contacts(await put('<sip:d@10.0.0.1>', '0'));
  assert.deepEqual(
    left.map((contact) => contact.split(';')[0]),
    ['<sip:b@10.0.0.1>', '<sip:c@10.0.0.1>'],
  );
  const none = await put('*', '0');
  assert.equal(none.status, 200);
  assert.equal(header(none, 'contact'), '');
  assert.deepEqual(world.sip.bindings('1001'), []);
});

test('a registration that is not refreshed ends by itself', async (t) => {
  const world = await openWorld(t);
  const phone = await world.phone({ name: '1001' });
  await phone.register({ ...credentials, registrar: world.address, expiresSeconds: 60 });
  world.clock.step(61_000);
  assert.deepEqual(world.sip.bindings('1001'), []);
  await until('the sweep', () => world.registrations.length === 2);
  assert.deepEqual(world.registrations[1], ['1001', false]);
});

test('removing a subscriber ends its registration and its right to one', async (t) => {
  const world = await openWorld(t);
  const phone = await world.phone({ name: '1001' });
  await phone.register({ ...credentials, registrar: world.address });
  world.sip.removeSubscriber('1001');
  assert.deepEqual(world.registrations.at(-1), ['1001', false]);
  await assert.rejects(phone.register({ ...credentials, registrar: world.address }));
});

test('a restart forgets no subscriber and no binding', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'registrar-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'registrar.db');
  const before = sqliteRegistrarStore(path);
  const first = await openWorld(t, { store: before });
  const phone = await first.phone({ name: '1001' });
  await phone.register({ ...credentials, registrar: first.address });
  await first.sip.stop();
  before.close();
  const after = sqliteRegistrarStore(path);
  const second = await openWorld(t, { store: after });
  t.after(() => after.close());
  phone.onCall((call) => call.answer());
  const notes = new Notes();
  const leg = second.sip.originate(request({ target: TO_USER }), notes);
  await notes.heard('answered');
  leg.hangUp('done');
  await notes.heard('ended us');
  assert.deepEqual(second.registrations, [], 'nothing changed by restarting');
});

test('names and passwords that cannot be hashed or written are refused', async (t) => {
  const { sip } = await openWorld(t, { options: { registrar: registrarOptions() } });
  for (const name of ['', 'a:b', 'a"b', 'a b', 'x'.repeat(65)]) {
    assert.throws(() => sip.putSubscriber(name, 'p'), { code: 'SIP_USERNAME_INVALID' });
  }
  assert.throws(() => sip.putSubscriber('a', ''), { code: 'SIP_PASSWORD_INVALID' });
});

test('a real softphone that knows only MD5 registers', async (t) => {
  if (!requireTool(t, 'baresip')) return;
  const world = await openWorld(t);
  const registration = { registrar: world.address, password: 'secret' };
  const speech = new Int16Array(8_000);
  const baresip = await Baresip.start({ username: '1001', registration, speech });
  t.after(() => baresip.close());
  await baresip.registered();
  assert.match(world.sip.bindings('1001')[0]?.userAgent ?? '', /^baresip/);
});
