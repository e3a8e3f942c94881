// A browser's phone: it registers over WebSocket and is called on that very connection (RFC 7118).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { answerChallenge } from '../../support/phone/digest.ts';
import { parseMessage } from '../../support/phone/message.ts';
import { until } from '../../support/until.ts';
import { WebPhone } from '../support/web-phone.ts';
import { sipOptions } from './support/options.ts';
import { Notes, openWorld, request, SDP, TO_USER } from './support/world.ts';

test('a call goes back over the WebSocket of the REGISTER, and is gone with it', async (t) => {
  const { engine } = sipOptions();
  const web = { protocol: 'ws', host: '127.0.0.1', port: 0 } as const;
  const options = { engine: { ...engine, listen: [...engine.listen, web] } };
  const world = await openWorld(t, { options });
  const { port } = world.listening.find(({ protocol }) => protocol === 'ws')!;
  const phone = await WebPhone.open(t, `ws://127.0.0.1:${port}`);
  const user = { From: '<sip:1001@ringback.test>;tag=1', To: '<sip:1001@ringback.test>' };
  phone.socket.send(phone.request('REGISTER', user));
  const challenge = parseMessage(await phone.take(/^SIP\/2.0 401/));
  assert.ok(challenge !== null);
  const credentials = { username: '1001', password: 'secret' };
  const asked = { method: 'REGISTER', uri: 'sip:ringback' };
  const [name, value] = answerChallenge(challenge, asked, credentials, null);
  phone.socket.send(phone.request('REGISTER', { ...user, CSeq: '2 REGISTER', [name]: value }));
  await phone.take(/^SIP\/2.0 200/);
  const [binding] = world.sip.bindings('1001');
  assert.match(binding?.receivedFrom ?? '', /^ws\/127.0.0.1:\d+$/);
  const notes = new Notes();
  world.sip.originate(request({ target: TO_USER, offerSdp: SDP }), notes);
  const invite = await phone.take(/^INVITE sip:x7f@df7jal23ls0d.invalid;transport=ws/);
  phone.respond(invite, '486 Busy Here');
  await notes.heard('failed 486');
  phone.socket.terminate();
  await until('closed', async () => (await world.sip.stats())['tcpConnections'] === 0);
  const later = new Notes();
  world.sip.originate(request({ target: TO_USER, offerSdp: SDP }), later);
  await later.heard('failed 410');
});
