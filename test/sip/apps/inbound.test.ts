// Calls that come in, over real UDP: from a trunk by address, from users by proof, from strangers.
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { SipOptions } from '../../../sip/index.ts';
import type { PhoneError } from '../../support/phone.ts';
import { Dialog } from '../../support/phone/dialog.ts';
import { Endpoint } from '../../support/phone/endpoint.ts';
import { header } from '../../support/phone/message.ts';
import type { HeaderLines, SipText } from '../../support/phone/message.ts';
import { until } from '../../support/until.ts';
import { trunkOptions } from './support/options.ts';
import { Notes, openWorld, OTHER_SDP, SDP } from './support/world.ts';
import type { World } from './support/world.ts';

/** The trunk's address; 127.0.0.1 is where users are, 127.0.0.3 where strangers are. */
const TRUNK_HOST = '127.0.0.2';
const credentials = { username: '1001', password: 'secret' };

function trunkWorld(t: TestContext, change: Partial<SipOptions> = {}): Promise<World> {
  const trunks = [trunkOptions({ name: 'carrier', inboundFrom: ['127.0.0.2/31'] })];
  return openWorld(t, { options: { trunks, ...change } });
}

function numberUri({ address }: World): string {
  return `sip:+12125550100@${address.host}:${address.port}`;
}

function hasStatus(status: number) {
  return (error: PhoneError) => error.status === status;
}

/** A bare socket that speaks SIP as told. */
async function bareSocket(t: TestContext, { address }: World, host: string) {
  const quiet = { trace: () => undefined, dropReceived: () => false, dropSent: () => false };
  const endpoint = await Endpoint.open({ host, port: 0, delayMs: 0, ...quiet }, () => undefined);
  t.after(() => endpoint.close());
  const contact = `sip:x@${host}:${endpoint.address.port}`;
  const uri = `sip:+12125550100@${address.host}:${address.port}`;
  const dialog = Dialog.calling('sip:+12125550111@carrier.test', uri, contact, address);
  const send = (method: string, without = '', more: HeaderLines = []): Promise<SipText> => {
    const plain = dialog.request(method, more);
    const headers = plain.headers.filter(([name]) => name !== without);
    return endpoint.request({ ...plain, headers }).final;
  };
  return { endpoint, dialog, send };
}

test('a call from the trunk: rung, answered, changed both ways, ended by the caller', async (t) => {
  const world = await trunkWorld(t);
  const phone = await world.phone({ name: '+12125550111', host: TRUNK_HOST });
  const placed = await phone.place({
    to: numberUri(world),
    headers: [['P-Asserted-Identity', '"Ann" <sip:2125550122@carrier.test>']],
  });
  const call = await world.call(1);
  assert.deepEqual(call.source, { kind: 'trunk', trunk: 'carrier' });
  assert.equal(call.callId, placed.callId);
  assert.equal(call.callerNumber, '+12125550122');
  assert.equal(call.calledUser, '+12125550100');
  assert.equal(call.calledNumber, '+12125550100');
  assert.match(call.offerSdp, /^v=0/);
  call.ring(null);
  await until('ringing', () => placed.ringingAtMs);
  const notes = new Notes();
  const leg = await call.answer(SDP, notes);
  await placed.answered;
  assert.match(await leg.reoffer(OTHER_SDP), /^v=0/);
  await placed.reinvite(true);
  assert.deepEqual(notes.told, ['offered']);
  assert.equal((await world.sip.stats())['liveCalls'], 1);
  await placed.hangUp('Q.850;cause=16;text="thanks"');
  await notes.heard('ended peer');
  assert.equal(notes.endReason, 'thanks');
  assert.equal((await world.sip.stats())['liveCalls'], 0);
});

test('early media goes out with 183, and we may hang up', async (t) => {
  const world = await trunkWorld(t);
  const phone = await world.phone({ name: 'x', host: TRUNK_HOST });
  const placed = await phone.place({ to: numberUri(world) });
  const call = await world.call(1);
  call.ring(SDP);
  await until('early media', () => placed.remoteAudio?.port === 40_000);
  const notes = new Notes();
  const leg = await call.answer(SDP, notes);
  await placed.answered;
  leg.hangUp('enough');
  leg.hangUp('enough');
  assert.deepEqual(await placed.ended, {
    by: 'peer',
    status: 200,
    reason: 'Q.850;cause=16;text="enough"',
  });
  assert.deepEqual(notes.told, ['ended us']);
});

test('a stranger is refused with 403 and nobody hears of it', async (t) => {
  const world = await trunkWorld(t);
  const phone = await world.phone({ name: '1001', host: '127.0.0.4' });
  await assert.rejects(phone.dial({ to: numberUri(world) }), hasStatus(403));
  assert.equal(world.inbound.length, 0);
});

test('a user proves who it is, and can call; a wrong password cannot', async (t) => {
  const world = await trunkWorld(t);
  const phone = await world.phone({ name: '1001' });
  await phone.register({ ...credentials, registrar: world.address });
  const to = numberUri(world);
  await assert.rejects(phone.dial({ to }), hasStatus(401));
  const wrong = { ...credentials, password: 'wrong' };
  await assert.rejects(phone.dial({ to, auth: wrong }), hasStatus(401));
  const placed = await phone.place({ to, auth: credentials });
  const call = await world.call(1);
  assert.deepEqual(call.source, { kind: 'user', username: '1001' });
  assert.equal(call.callerNumber, null);
  call.reject(486, 'Busy\r\nHere');
  assert.equal((await placed.ended).status, 486);
});

test('who calls in our domain is asked for proof, whether the name exists or not', async (t) => {
  const world = await trunkWorld(t);
  const phone = await world.phone({ name: 'x' });
  for (const name of ['1001', '9999']) {
    const from = `sip:${name}@ringback.test`;
    await assert.rejects(phone.dial({ to: numberUri(world), from }), hasStatus(401));
  }
});

test('a caller who gives up is told of, and cannot be answered any more', async (t) => {
  const world = await trunkWorld(t);
  const phone = await world.phone({ name: 'x', host: TRUNK_HOST });
  const placed = await phone.place({ to: numberUri(world) });
  const call = await world.call(1);
  const cancelled = Promise.withResolvers<void>();
  call.onCancelled(cancelled.resolve);
  call.ring(null);
  await until('ringing', () => placed.ringingAtMs);
  placed.cancel();
  await cancelled.promise;
  assert.equal((await placed.ended).status, 487);
  await assert.rejects(call.answer(SDP, new Notes()), { code: 'SIP_CALL_GONE' });
  assert.equal((await world.sip.stats())['liveCalls'], 0);
});

test('a call can be answered once', async (t) => {
  const world = await trunkWorld(t);
  const phone = await world.phone({ name: 'x', host: TRUNK_HOST });
  const placed = await phone.place({ to: numberUri(world) });
  const call = await world.call(1);
  const first = call.answer(SDP, new Notes());
  await assert.rejects(call.answer(SDP, new Notes()), { code: 'SIP_CALL_GONE' });
  await first;
  call.reject(486, 'too late');
  await placed.answered;
  assert.equal(placed.live, true);
});

test('rejections: any class, also with a status srf has no words for', async (t) => {
  const world = await trunkWorld(t);
  const phone = await world.phone({ name: 'x', host: TRUNK_HOST });
  for (const [nth, [status, seen]] of [
    [486, 486],
    [603, 603],
    [499, 400],
  ].entries()) {
    const placed = await phone.place({ to: numberUri(world) });
    const call = await world.call(nth + 1);
    assert.throws(() => call.reject(200, 'no'), { code: 'SIP_STATUS_INVALID' });
    call.reject(status ?? 0, 'because');
    assert.equal((await placed.ended).status, seen);
  }
});

test('more calls than allowed get 503 with Retry-After', async (t) => {
  const world = await trunkWorld(t, { maxCalls: 1 });
  const phone = await world.phone({ name: 'x', host: TRUNK_HOST });
  const first = await phone.place({ to: numberUri(world) });
  const call = await world.call(1);
  const error = await phone.dial({ to: numberUri(world) }).catch((e: unknown) => e as PhoneError);
  assert.ok(error instanceof Error);
  assert.equal(error.status, 503);
  assert.match(header(error.response, 'retry-after'), /^\d+$/);
  call.reject(480, 'No');
  await first.ended;
});

test('without a listener a call is not left waiting', async (t) => {
  const trunks = [trunkOptions({ inboundFrom: [TRUNK_HOST] })];
  const world = await openWorld(t, { options: { trunks }, listens: false });
  const phone = await world.phone({ name: 'x', host: TRUNK_HOST });
  await assert.rejects(phone.dial({ to: numberUri(world) }), hasStatus(480));
});

test('s.13.2.1: an INVITE without an offer gets one, and the ACK’s answer is told', async (t) => {
  const world = await trunkWorld(t);
  const { endpoint, dialog, send } = await bareSocket(t, world, TRUNK_HOST);
  const final = send('INVITE');
  const call = await world.call(1);
  assert.equal(call.offerSdp, '');
  const notes = new Notes();
  await call.answer(SDP, notes);
  const response = await final;
  assert.equal(response.status, 200);
  assert.equal(response.body, SDP);
  dialog.established(response);
  const ack = dialog.ack(response);
  const headers = [...ack.headers, ['Content-Type', 'application/sdp'] as const];
  endpoint.acknowledge({ ...ack, headers, body: OTHER_SDP });
  await notes.heard('late answer');
  assert.equal(notes.answerSdp, OTHER_SDP);
  assert.equal((await send('BYE')).status, 200);
  await notes.heard('ended peer');
});

test('inside a call: INFO, offers in UPDATE, and methods we do not take', async (t) => {
  const world = await trunkWorld(t);
  const { endpoint, dialog, send } = await bareSocket(t, world, TRUNK_HOST);
  const final = send('INVITE');
  const notes = new Notes();
  await (await world.call(1)).answer(SDP, notes);
  const response = await final;
  dialog.established(response);
  endpoint.acknowledge(dialog.ack(response));
  const sendBody = (method: string, type: string, body: string) =>
    endpoint.request(dialog.request(method, [['Content-Type', type]], body)).final;

  assert.equal((await sendBody('INFO', 'application/dtmf-relay', 'Signal=5')).status, 200);
  assert.deepEqual(notes.infos, [['application/dtmf-relay', 'Signal=5']]);
  const updated = await sendBody('UPDATE', 'application/sdp', SDP);
  assert.deepEqual([updated.status, updated.body], [200, OTHER_SDP]);
  assert.equal((await sendBody('UPDATE', 'text/plain', 'hello')).status, 415);
  assert.equal((await send('UPDATE')).status, 200, 'without a body it is a refresh');
  notes.answerToOffer = null;
  assert.equal((await sendBody('UPDATE', 'application/sdp', SDP)).status, 488);
  assert.equal((await send('MESSAGE')).status, 405);
  assert.equal((await send('REFER')).status, 405);
  const reinvited = await send('INVITE');
  assert.equal(reinvited.body, OTHER_SDP, 'without an offer: our last SDP is one');
  endpoint.acknowledge(dialog.ack(reinvited));
  assert.equal((await send('BYE')).status, 200);
});

test('an INVITE without Contact is malformed; OPTIONS say what we take', async (t) => {
  const world = await trunkWorld(t);
  const { send } = await bareSocket(t, world, TRUNK_HOST);
  assert.equal((await send('INVITE', 'Contact')).status, 400);
  const options = await send('OPTIONS');
  assert.equal(options.status, 200);
  assert.match(header(options, 'allow'), /INVITE.*UPDATE/);
  assert.equal(world.inbound.length, 0);
});
