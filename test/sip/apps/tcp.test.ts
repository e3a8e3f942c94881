// A phone behind NAT that registers over TCP: it is called on the connection it opened.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { answerChallenge } from '../../support/phone/digest.ts';
import { parseMessage, writeMessage } from '../../support/phone/message.ts';
import type { HeaderLines, SipText } from '../../support/phone/message.ts';
import { until } from '../../support/until.ts';
import { Notes, openWorld, request, SDP, TO_USER } from './support/world.ts';

test('a call goes back over the connection of the REGISTER', async (t) => {
  const world = await openWorld(t);
  const tcp = world.listening.find(({ protocol }) => protocol === 'tcp');
  assert.ok(tcp !== undefined);
  const socket = connect(tcp.port, tcp.host);
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  const messages: SipText[] = [];
  socket.on('data', (bytes: Buffer) => {
    const message = parseMessage(bytes.toString());
    if (message !== null) messages.push(message);
  });
  const uri = 'sip:ringback.test';
  const send = (cseq: number, more: HeaderLines): void => {
    const headers: HeaderLines = [
      ['Via', `SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bK${cseq}`],
      ['From', '<sip:1001@ringback.test>;tag=1'],
      ['To', '<sip:1001@ringback.test>'],
      ['Call-ID', 'over-tcp'],
      ['CSeq', `${cseq} REGISTER`],
      // Nobody can reach this address: only the connection leads back.
      ['Contact', '<sip:1001@10.0.0.1:5060;transport=tcp>'],
      ['Max-Forwards', '70'],
    ];
    socket.write(writeMessage(`REGISTER ${uri} SIP/2.0`, [...headers, ...more]));
  };
  send(1, []);
  const challenge = await until('the challenge', () => messages.find((m) => m.status === 401));
  const credentials = { username: '1001', password: 'secret' };
  send(2, [answerChallenge(challenge, { method: 'REGISTER', uri }, credentials, null)]);
  await until('the registration', () => messages.find((m) => m.status === 200));
  const notes = new Notes();
  const leg = world.sip.originate(request({ target: TO_USER, offerSdp: SDP }), notes);
  const invite = await until('the INVITE', () => messages.find((m) => m.method === 'INVITE'));
  assert.equal(invite.uri, 'sip:1001@10.0.0.1:5060;transport=tcp');
  const echo = invite.headers.filter(([name]) => /^(via|from|to|call-id|cseq)$/.test(name));
  const tagged = echo.map(([name, value]) => [name, name === 'to' ? `${value};tag=2` : value]);
  socket.write(writeMessage('SIP/2.0 486 Busy Here', tagged as [string, string][]));
  await notes.heard('failed 486');
  leg.hangUp('too late');
});
